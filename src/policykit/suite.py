"""The checks of a pack as pytest items."""

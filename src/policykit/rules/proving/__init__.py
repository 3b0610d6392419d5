"""Proving: whether the examples of a check catch every small mistake in its rule, and which rows would."""

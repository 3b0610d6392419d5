"""The handbook of a very small made-up pack, which tests of building copy and change."""

extensions = ["policykit.handbook"]

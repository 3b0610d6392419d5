"""The handbook of the small made-up pack: all that a conf.py needs."""

extensions = ["policykit.handbook"]

"""Guidance as duties with their legal basis and the checks that prove them."""

__version__ = "0.1.0"

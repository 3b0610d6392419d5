"""The version, apart from the door, so that a room can say it without going through there."""

__version__ = "0.1.0"

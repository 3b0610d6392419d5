"""What comes out of a database in place of an answer: never a message of its driver, which may quote records."""


class DatabaseRefusedError(Exception):
    """Something that was asked of a database was not done; the message is a clause in our own words."""

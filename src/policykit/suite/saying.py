"""How little the plugin says of an error: our own sentences, or the name of a class."""

from policykit.problems import PolicyError


class NotAsItShouldBeError(Exception):
    """An item that fails: the sentences are all there is to say."""


def said(error: BaseException) -> str:
    """Our own sentences; of any other error only the class, because its message might hold a row."""
    if isinstance(error, PolicyError | NotAsItShouldBeError):
        return str(error)
    return f"policykit stopped on an error of its own ({type(error).__name__})."

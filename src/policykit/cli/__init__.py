"""The command line: the only room that knows the terminal.

It comes through the door, as every program does. Every command ends with one of the exit codes. What rooms below raise
becomes plain sentences here: problems in the files as `path:line: what - remedy`, and of anything unexpected the name
of its class only, because the message of an unknown error might hold a row of somebody's records.
"""

from policykit.cli.app import describe, main

__all__ = ["describe", "main"]

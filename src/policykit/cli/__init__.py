"""The command line: the only room that knows the terminal and the clock.

Every command ends with one of tracing's exit codes. What rooms below raise becomes plain sentences here: problems in
the files as `path:line: what - remedy`, and of anything unexpected the name of its class only, because the message of
an unknown error might hold a row of somebody's records.
"""

import sys
from io import TextIOWrapper

from policykit.cli.describing import describe

__all__ = ["describe", "main"]


def main() -> None:
    """Run the command that was typed, and leave with its exit code; told to stop, with that of an interrupted run."""
    from policykit.cli.app import app
    from policykit.cli.endings import end, say_stopped
    from policykit.problems import ExitCode
    from policykit.stopping import clearing_up_first

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a mark that the terminal cannot print is no reason to stop
            stream.reconfigure(errors="replace")
    with clearing_up_first() as came:
        try:
            app()
        except BaseException as error:  # the last place before a traceback, which could show a row
            if came:
                say_stopped()
                sys.exit(ExitCode.CHECK_ERROR)
            if isinstance(error, Exception):
                sys.exit(end(error))
            raise

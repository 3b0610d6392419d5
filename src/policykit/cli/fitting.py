"""Sentences that fit the terminal: a long one goes on below, further in, so that its end is not taken for another."""

import sys
from shutil import get_terminal_size
from textwrap import wrap


def fitted(line: str) -> str:
    """The line, broken between words where the terminal ends; as it is where the output goes elsewhere."""
    if not (sys.stdout.isatty() and line.strip()):
        return line
    indent = " " * (len(line) - len(line.lstrip(" ")) + 2)
    width = max(get_terminal_size().columns, len(indent) + 30)
    return "\n".join(wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False))

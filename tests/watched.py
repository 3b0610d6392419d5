"""`watched.py NOTES FOLDER WORD...`: run `policykit` and note what it starts, fetches, or writes outside one folder.

Without words, it does each of these things once, to show that they are seen.
"""

import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

NOTES, FOLDER, *WORDS = sys.argv[1:]
STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "pty.spawn", "socket.connect"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
noted: list[tuple[str, str]] = []


def note(event: str, arguments: tuple[object, ...]) -> None:
    """Note an event, by its name and what it is about."""
    if event in STARTS:
        noted.append((event, repr(arguments[:2])))
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES:
        path = os.path.realpath(os.fsdecode(arguments[0])) if isinstance(arguments[0], str | bytes) else os.devnull
        if path != os.devnull and not path.startswith(f"{os.path.realpath(FOLDER)}/"):
            noted.append((event, path))


def do_each_once() -> None:
    """Everything that is watched for."""
    Path("PWN").write_text("x", "utf-8")
    os.system("true")  # noqa: S605 - what is watched for
    subprocess.run(["true"], check=True)
    with socket.socket() as line, suppress(OSError):
        line.connect(("127.0.0.1", 9))


sys.addaudithook(note)
sys.dont_write_bytecode = True
code: object = 0
if WORDS:
    from policykit.cli import main

    sys.argv = ["policykit", *WORDS]
    try:
        main()
    except SystemExit as ended:
        code = ended.code
else:
    do_each_once()
seen = list(noted)
Path(NOTES).write_text(json.dumps(seen), "utf-8")
sys.exit(code if isinstance(code, int) else 1)

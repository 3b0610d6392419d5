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
STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "pty.spawn"}
FETCHES = {"socket.connect", "socket.sendto", "socket.getaddrinfo", "urllib.Request"}
MAKES = {"os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
noted: list[tuple[str, str]] = []


def note(event: str, arguments: tuple[object, ...]) -> None:
    """Note an event, by its name and what it is about."""
    if event in STARTS | FETCHES:
        noted.append((event, repr(arguments[:2])))
    elif event in MAKES:
        note_outside(event, *arguments[:2])
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES:
        note_outside(event, arguments[0])


def note_outside(event: str, *names: object) -> None:
    """Note each path that is not in the folder."""
    paths = [os.path.realpath(os.fsdecode(name)) for name in names if isinstance(name, str | bytes | os.PathLike)]
    inside = (os.devnull, f"{os.path.realpath(FOLDER)}/")
    noted.extend((event, path) for path in paths if not f"{path}/".startswith(inside))


def do_each_once() -> None:
    """Everything that is watched for."""
    Path("PWN").write_text("x", "utf-8")
    Path("PWN").rename("PWNED")
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

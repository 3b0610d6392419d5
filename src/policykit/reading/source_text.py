"""The text of the guidance beside its clauses: the same digests, and every character in exactly one clause.

The text is its publisher's and no part of a pack; who has it can check that the clauses were cut from it. No word of it
is ever shown.
"""

import hashlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from policykit.model.sources import Clause, Source
from policykit.problems import Notice, Problem
from policykit.reading.pack import Pack


def source_text_problems(pack: Pack, file: Path) -> Iterator[Problem]:
    """Everything in which a text and the clauses of its source differ."""
    try:
        raw = file.read_bytes()
    except OSError:
        yield Problem(file.as_posix(), 0, "this file cannot be opened", "name the text", Notice.FILE_MISSING)
        return
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        yield Problem(file.as_posix(), 0, "this is not UTF-8", "save the text as UTF-8", Notice.FILE_ENCODING)
        return
    digest = hashlib.sha256(raw).hexdigest()
    source = next((source for source in pack.sources.values() if source.sha256 == digest), None)
    if source is None:
        yield from _other_text(pack, file)
        source = next(iter(pack.sources.values())) if len(pack.sources) == 1 else None
    if source:
        yield from _digests(pack, source, text)
        yield from _coverage(source, text, file)


def _other_text(pack: Pack, file: Path) -> Iterator[Problem]:
    what = "this is not the text that the digest of a source was made from"
    remedy = f"name the text of {', '.join(pack.sources)} as it was supplied"
    yield Problem(file.as_posix(), 0, what, remedy, Notice.SOURCE_DIGEST)


def _digests(pack: Pack, source: Source, text: str) -> Iterator[Problem]:
    for clause in source.clauses:
        if hashlib.sha256(_segment(clause, text).encode()).hexdigest()[:12] != clause.sha256:
            place = pack.places[clause.id]
            path = (pack.folder / place.path).as_posix()
            what = f"the digest of {clause.id} is not that of its span"
            yield Problem(path, place.line, what, "mend the span or the digest", Notice.SOURCE_DIGEST)


def _segment(clause: Clause, text: str) -> str:
    first, end = clause.span
    return text[first:end]


def _coverage(source: Source, text: str, file: Path) -> Iterator[Problem]:
    # Loading has seen to it that spans stand in order and none lies over another.
    edges = [0, *(edge for clause in source.clauses for edge in clause.span), len(text)]
    for number, (begin, end) in enumerate(pairwise(edges)):
        if number % 2 == 0 and (left := text[begin:end].strip()):
            at = begin + text[begin:end].index(left)
            what = f"the characters {at} to {at + len(left)} lie in no clause"
            line = text.count("\n", 0, at) + 1
            yield Problem(file.as_posix(), line, what, f"cut clauses of {source.id} there", Notice.SOURCE_COVERAGE)

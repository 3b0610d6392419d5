"""Test functions that are marked with a check: which check each carries out, and every mark that cannot be right."""

from collections.abc import Iterable, Iterator
from inspect import iscoroutinefunction, isgeneratorfunction
from pathlib import Path

import pytest

from policykit.problems import PolicyError, nearest
from policykit.rules import Check
from policykit.suite.carrying import Carrier
from policykit.suite.desk import Desk
from policykit.suite.saying import said
from policykit.suite.tally import DESKS, MARK

CARRIED = pytest.StashKey[dict[str, tuple[str, str]]]()
"""The checks that test functions carry out, each with the first function and its place."""
ITS_CHECK = pytest.StashKey[str]()
"""The check that a test function carries out."""

_HOW = '@pytest.mark.policykit(check="CHK-...")'


def wrong_marks(items: Iterable[pytest.Item], config: pytest.Config) -> str | None:
    """What is wrong with the marks of some test functions, a line for each; None where nothing is.

    A function whose mark is right knows its check from then on.
    """
    return "\n".join(line for item in items for line in _wrong(item, config)) or None


def desk_of(config: pytest.Config) -> Desk:
    """The policy whose checks test functions carry out."""
    asked: Path = config.rootpath / config.getoption("--policykit-policy")
    desks = config.stash[DESKS]
    known = next((folder for folder in desks if folder.exists() and asked.exists() and folder.samefile(asked)), asked)
    return desks.setdefault(known, Desk(known, config))


def is_carried_out(check: Check, desk: Desk, config: pytest.Config) -> bool:
    """Whether a test function was met that carries out this check."""
    return check.id in config.stash.get(CARRIED, {}) and desk is desk_of(config)


def carrier_of(item: pytest.Item) -> Carrier:
    """What carries out the check of a marked test function."""
    desk = desk_of(item.config)
    return Carrier(desk.pack.checks[item.stash[ITS_CHECK]], desk)


def _wrong(item: pytest.Item, config: pytest.Config) -> Iterator[str]:
    path, line, _ = item.location
    place = f"{path}:{(line or 0) + 1}"
    marks = list(item.iter_markers(MARK))
    check = marks[0].kwargs.get("check")
    if len(marks) > 1 or marks[0].args or marks[0].kwargs.keys() != {"check"} or not isinstance(check, str):
        yield f"{place}: the mark policykit names one check - write {_HOW}"
    elif not isinstance(item, pytest.Function) or getattr(item, "nofuncargs", False):
        yield f"{place}: {check} cannot be carried out by a test case of unittest - write a test function"
    elif iscoroutinefunction(item.obj) or isgeneratorfunction(item.obj):
        yield f"{place}: {check} cannot be carried out where a function is `async` or has a `yield` - return a Tally"
    else:
        why = _why_not(check, (item.nodeid, place), config)
        if why:
            yield f"{place}: {why}"
        else:
            item.stash[ITS_CHECK] = check


def _why_not(check: str, function: tuple[str, str], config: pytest.Config) -> str | None:
    """Why a function at its place cannot carry out a check, and what to do."""
    desk = desk_of(config)
    try:
        checks, _ = desk.pack.checks, desk.organisation
    except PolicyError as error:
        return f"the policy cannot be loaded - mend it, or name another with --policykit-policy\n{said(error)}"
    if check not in checks:
        close = nearest(check, checks)
        return f"there is no check {check} - {f'write {close}' if close else 'declare it in the policy'}"
    if checks[check].method != "python":
        return f"{check} is not carried out by a test function - write `method: python` there, or take the mark off"
    first = config.stash.setdefault(CARRIED, {}).setdefault(check, function)
    if first == function:
        return None
    once = "one function, once: it takes no parametrize" if first[1] == function[1] else "one function"
    return f"{check} is already carried out by the function at {first[1]} - one check has {once}"

"""Rules: what a check looks at and what must hold, in words, as the reference meaning, and as SQL."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlglot import exp

from policykit.rules.check import Check, Example, ForEach, Population, Typical
from policykit.rules.conditions import Condition
from policykit.rules.setting import Each, Place, Row, Setting, Values
from policykit.rules.wording import RuleWords, SettingWords, Words


@dataclass(frozen=True)
class Fault:
    loc: tuple[str | int, ...]
    what: str
    remedy: str


def words_of(check: Check, setting: Setting) -> RuleWords:
    raise NotImplementedError


def judge_unit(check: Check, row: Row, setting: Setting) -> Literal["pass", "fail", "unknown", "out"]:
    raise NotImplementedError


def scope_sql(check: Check, setting: Setting) -> exp.Expression:
    raise NotImplementedError


def must_sql(check: Check, setting: Setting) -> exp.Expression:
    raise NotImplementedError


def each_of(check: Check, setting: Setting) -> Each | None:
    raise NotImplementedError


def reads(check: Check, setting: Setting) -> Mapping[str, frozenset[str]]:
    raise NotImplementedError


def parameters_used(check: Check, setting: Setting) -> tuple[str, ...]:
    return ()


def facts_used(check: Check, setting: Setting) -> tuple[str, ...]:
    raise NotImplementedError


def quantity(operand: Any, setting: Setting) -> int | None:
    raise NotImplementedError


def faults(item: Check | Population, setting: Setting) -> Iterator[Fault]:
    return iter(())


def rule_digest(check: Check, setting: Setting, built_in: Mapping[str, Sequence[Values]]) -> str:
    raise NotImplementedError


__all__ = ["Check", "Condition", "Each", "Example", "Fault", "ForEach", "Place", "Population", "Row", "RuleWords", "Setting", "SettingWords", "Typical", "Values", "Words",
    "each_of", "facts_used", "faults", "judge_unit", "must_sql", "parameters_used", "quantity", "reads", "rule_digest", "scope_sql", "words_of"]

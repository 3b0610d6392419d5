"""Faults."""
from collections.abc import Iterator
from dataclasses import dataclass
from policykit.rules.check import Check, Population
from policykit.rules.setting import Setting

@dataclass(frozen=True)
class Fault:
    loc: tuple[str | int, ...]
    what: str
    remedy: str

def faults(item: Check | Population, setting: Setting) -> Iterator[Fault]:
    """Every."""
    return iter(())

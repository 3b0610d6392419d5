"""The reference: what rules, files, notices, commands and registers are, made from their own definitions."""

from collections.abc import Callable, Mapping

from policykit.handbook.cards.page import Page
from policykit.handbook.cards.reference.checks import checks
from policykit.handbook.cards.reference.formats import formats
from policykit.handbook.cards.reference.lists import commands, notices, parameters, populations, results
from policykit.handbook.cards.reference.registers import registers
from policykit.handbook.cards.reference.rules import rules

REFERENCES: Mapping[str, Callable[[Page, int], str]] = {
    "rules": rules,
    "formats": formats,
    "notices": notices,
    "commands": commands,
    "registers": registers,
    "parameters": parameters,
    "checks": checks,
    "results": results,
    "populations": populations,
}
"""What the reference directive can show, by its argument."""

__all__ = ["REFERENCES"]

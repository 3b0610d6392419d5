"""Folders into a pack and an organisation: every file read, every reference resolved, every problem with its line."""

from policykit.reading.examples import example_case, false_examples
from policykit.reading.ground import Ground, Organisation, Pack, Position, built_in_rows, registers_of, setting_of
from policykit.reading.lint import gaps, lint
from policykit.reading.organisation import load_organisation
from policykit.reading.pack import load_pack
from policykit.reading.proofs import Proofs

__all__ = [
    "Ground",
    "Organisation",
    "Pack",
    "Position",
    "Proofs",
    "built_in_rows",
    "example_case",
    "false_examples",
    "gaps",
    "lint",
    "load_organisation",
    "load_pack",
    "registers_of",
    "setting_of",
]

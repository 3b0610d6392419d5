"""Folders into a pack and an organisation: every file read, every reference resolved, every problem with its line."""

from policykit.reading.built_in import built_in_rows, registers_of, setting_of
from policykit.reading.examples import example_case
from policykit.reading.false_examples import false_examples
from policykit.reading.ground import Ground
from policykit.reading.lint import gaps, lint
from policykit.reading.load import load_organisation, load_pack
from policykit.reading.pack import Organisation, Pack, Place
from policykit.reading.proofs import Proofs

__all__ = [
    "Ground",
    "Organisation",
    "Pack",
    "Place",
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

"""Folders into a pack and an organisation: every file read, every reference resolved, every problem with its line."""

from policykit.loading.built_in import built_in_rows, registers_of, setting_of
from policykit.loading.examples import example_case
from policykit.loading.false_examples import false_examples
from policykit.loading.lint import gaps, lint
from policykit.loading.load import load_organisation, load_pack
from policykit.loading.pack import Organisation, Pack, Place
from policykit.loading.proofs import Proofs

__all__ = [
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

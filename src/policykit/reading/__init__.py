"""Folders into a pack and an organisation: every file read, every reference resolved, every problem with its line.

`yaml` makes data of text, `shapes` nouns of data, `files` items of nouns, each with its place. `drafts` holds a pack
before anybody asked whether its items fit together; a chapter for each kind asks. The doors are `pack` and
`organisation`; what comes in stands on `ground`, and so does every room above.
"""

from policykit.reading.examples import Proofs, example_case, false_examples
from policykit.reading.ground import Ground, Organisation, Pack, Position, built_in_rows, registers_of, setting_of
from policykit.reading.organisation import load_organisation
from policykit.reading.pack import gaps, lint, load_pack, without_checks

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
    "without_checks",
]

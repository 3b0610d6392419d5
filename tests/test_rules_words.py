"""Rules in words: every rule of both packs as it stands in a file, letter by letter."""

import pytest
from tests.sites import Sources
from tests.words_of_all import FOLDER, PACKS, words_of_all

RENEW = "`.venv/bin/python -m tests.words_of_all` writes the file again: read the difference before you keep it"


@pytest.mark.parametrize("sources", PACKS, ids=[each.name for each in PACKS])
def test_every_rule_of_a_pack_reads_as_it_did(sources: Sources) -> None:
    """No word of any of them changes without somebody reading the change."""
    assert words_of_all(sources) == (FOLDER / f"{sources.name}.txt").read_text("utf-8"), RENEW

"""Rules that nobody wrote, on records that nobody keeps: policykit and the oracle count them alike."""

import random
import shutil
from pathlib import Path

from tests import reference
from tests.chance import cases_of
from tests.judging import judged, looked_at
from tests.random_packs import write_firm, write_pack
from tests.sites import SECOND

CHECKS_A_PACK = 30


def test_random_rules_are_counted_as_the_oracle_counts_them(tmp_path: Path, chance: random.Random) -> None:
    """Every test of the rule language, nested, with blanks and unreadable values: the same outcomes and counts."""
    for number in range(cases_of(CHECKS_A_PACK)):
        policy, firm = tmp_path / f"policy-{number}", tmp_path / f"firm-{number}"
        shutil.copytree(SECOND.policy, policy)
        write_pack(policy, chance, CHECKS_A_PACK)
        write_firm(firm, chance)
        assert judged(policy, firm) == reference.judge(policy, firm), f"pack {number}"


def test_what_no_rule_looks_at_is_counted_as_the_oracle_counts_it(tmp_path: Path, chance: random.Random) -> None:
    """Few rules leave many rows in no scope: these, and rows that match nobody's, are the same number."""
    for number in range(cases_of(10)):
        policy, firm = tmp_path / f"policy-{number}", tmp_path / f"firm-{number}"
        shutil.copytree(SECOND.policy, policy)
        write_pack(policy, chance, 2)
        write_firm(firm, chance)
        seen = reference.unseen(policy, firm), reference.strangers(policy, firm)
        assert looked_at(policy, firm) == seen, f"pack {number}"

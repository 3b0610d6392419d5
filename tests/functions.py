"""A check that a test function carries out, beside the smallest pack, and what is kept of its results."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.commands import LIBRARY

CHECK = """
- id: CHK-SHELVES
  verifies: [DUTY-LIST]
  grounds: [LETTER-S1]
  title: No shelf is empty
  method: python
  register: books
  noun: shelf
  plural: shelves
  max_age_days: 31
  words: Every shelf holds a book.
  limits: Shows the list, not the shelf.
"""
GOOD = """
import pytest
from policykit.suite import Tally

@pytest.mark.policykit(check="CHK-SHELVES")
def test_shelves(policykit_records):
    shelves = {book["shelf"] for book in policykit_records.rows("books", "shelf")}
    return Tally(conform=len(shelves), violate=2 - len(shelves))
"""


@pytest.fixture(name="project")
def project_with_a_function(pytester: pytest.Pytester) -> Path:
    """A project with the smallest pack as its policy, and one check more, which a test function carries out."""
    shutil.copytree(LIBRARY, pytester.path, dirs_exist_ok=True)
    with (pytester.path / "policy" / "checks" / "books.yaml").open("a", encoding="utf-8") as checks:
        checks.write(CHECK.lstrip("\n"))
    return pytester.path


def kept(path: Path) -> dict[str, Any]:
    """Results as they were written: each check by its id, and the run."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return {"run": found["run"], **{check["id"]: check for check in found["checks"]}}

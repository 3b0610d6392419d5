"""The guide for contributors speaks of the tree as it is: each file and each name that a recipe gives is there."""

import ast
import re
from pathlib import Path

import pytest
from tests.sites import ROOT

GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
RECIPES = dict(re.findall(r"^## Recipe: (.+?)\n(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL))
TICKED = re.compile(r"`([^`\n]+)`")
TO_BE_WRITTEN = {"docs/owners.md"}
NO_NAMES = {"words", "holds", "sql", "alternatives", "mistakes", "near", "starts_with", "src"}
"""What a class has and what is made up: looked for by the tests of the language, not here."""


def paths_of(recipe: str) -> list[str]:
    """The files and folders of a recipe, but for those that are to be written."""
    return [each for each in TICKED.findall(recipe) if "/" in each and each not in TO_BE_WRITTEN]


def names_in(path: Path) -> set[str]:
    """Every name that a module defines or imports, in its classes too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.ImportFrom):
            found.update(alias.asname or alias.name for alias in node.names)
    return found


def test_there_are_four_recipes() -> None:
    """What is asked for most."""
    assert list(RECIPES) == ["a test of the rule language", "a kind of register", "a page", "an export"]


@pytest.mark.parametrize("name", RECIPES)
def test_every_file_of_a_recipe_is_there(name: str) -> None:
    """Whoever follows a recipe finds what it names."""
    paths = paths_of(RECIPES[name])

    assert len(paths) >= 4
    assert [] == [path for path in paths if not (ROOT / path).exists()]


@pytest.mark.parametrize("name", RECIPES)
def test_every_name_of_a_recipe_stands_in_a_file_that_it_names(name: str) -> None:
    """A class or a function that a recipe gives is one of those in its files."""
    files = [ROOT / path for path in paths_of(RECIPES[name]) if path.endswith(".py") and path.startswith("src/")]
    known = set[str]().union(*map(names_in, files))
    asked = {each for each in TICKED.findall(RECIPES[name]) if each.isidentifier()} - NO_NAMES

    assert asked <= known


def test_every_command_of_the_guide_is_a_target() -> None:
    """What it says to type can be typed."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    asked = set(re.findall(r"^make ([a-z]+)", GUIDE, re.MULTILINE))

    assert asked == {target for target in asked if re.search(rf"^{target}:", makefile, re.MULTILINE)} != set()

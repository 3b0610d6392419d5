"""The list of mutants fits the source as it is; `make mutants` tries them all, and that each is noticed."""

import ast

from tests.mutants.run import ROOT, mutants, places


def test_every_snippet_stands_in_the_source_once() -> None:
    """A file may move or be renamed; where a snippet is written anew, its mutant is to be written anew as well."""
    assert {mutant.id: len(places(mutant)) for mutant in mutants()} == {mutant.id: 1 for mutant in mutants()}


def test_every_mutant_changes_something_and_has_a_name_of_its_own() -> None:
    """And says in a sentence what would come of it."""
    assert [mutant.id for mutant in mutants() if mutant.was == mutant.becomes or not mutant.why] == []
    assert len({mutant.id for mutant in mutants()}) == len(mutants())


def test_every_test_that_kills_is_there() -> None:
    """A file of tests, or one test of it by its name."""
    for mutant in mutants():
        file, _, name = mutant.killed_by.partition("::")
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        named = {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
        assert not name or name in named, mutant.id

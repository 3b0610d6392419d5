"""Articles, plurals and first letters, from lists that anybody can add to."""

from collections.abc import Mapping

import pytest
from tests.people import CASES, read

from policykit.english import lowered, ordinal, plural, with_article

ARTICLES: list[str] = read(CASES / "english" / "articles.yaml")
PLURALS: Mapping[str, str] = read(CASES / "english" / "plurals.yaml")
INSIDE: Mapping[str, str] = read(CASES / "english" / "inside.yaml")


@pytest.mark.parametrize("said", ARTICLES)
def test_a_noun_takes_the_article_of_its_sound(said: str) -> None:
    """Letters that are read out one by one, words of capitals, numbers, and vowels that do not sound like one."""
    assert with_article(said.partition(" ")[2]) == said


@pytest.mark.parametrize(("one", "several"), PLURALS.items(), ids=PLURALS)
def test_several_are_called_as_written(one: str, several: str) -> None:
    """The head of the noun changes, what follows it stays."""
    assert plural(one) == several


@pytest.mark.parametrize(("begins", "inside"), INSIDE.items(), ids=INSIDE)
def test_inside_a_sentence_only_a_word_loses_its_capital(begins: str, inside: str) -> None:
    """An abbreviation keeps it."""
    assert lowered(begins) == inside


@pytest.mark.parametrize("said", ["first", "second", "third", "tenth", "11th", "12th", "13th", "21st", "22nd", "111th"])
def test_a_place_in_a_row_is_said_as_people_say_it(said: str) -> None:
    """In words up to ten; of larger numbers the teens have an ending of their own."""
    numbers = {"first": 1, "second": 2, "third": 3, "tenth": 10}
    assert ordinal(numbers.get(said) or int(said[:-2])) == said

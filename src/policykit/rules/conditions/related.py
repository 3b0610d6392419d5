"""Rows that are looked up, in words: there is a ..., there are at least 2 ..., and what is said of them."""

from policykit.rules.clauses import Clause, Says, Told, flattened
from policykit.rules.conditions.beside import OnOrBefore
from policykit.rules.conditions.comparing import AtMost
from policykit.rules.conditions.grouping import Named
from policykit.rules.conditions.lookups import Lookup
from policykit.rules.conditions.node import Node
from policykit.rules.english import listed, plural, with_article
from policykit.rules.operands import Form, OfField
from policykit.rules.phrases import (
    in_relative_clause,
    is_written,
    outer_phrase,
    phrase_of,
    possessor,
    say_operand,
    subject,
)
from policykit.rules.setting import Place
from policykit.rules.values import NUMBER, constant


def say_existence(lookup: Lookup, place: Place) -> Told:
    """There is a completed course with the same person reference."""
    unchanged = _says_unchanged(lookup, place)
    if unchanged:
        return unchanged
    there = place.into(lookup.register_)
    noun, _, rest = head_of(lookup.where, there)
    same, parts = _matched(lookup, place, there)
    if there.register.id == "organisation":
        text = (f"{noun} is one", f"{noun} is not one")
    else:
        text = (f"there is {with_article(noun)}{same}", f"there is no {noun}{same}")
    return Told(*text, parts=(*parts, *said_of(rest, there)), voice=in_relative_clause(there.register))


def say_count(lookup: Lookup, place: Place, at_least: str | Form | None, at_most: str | Form | None) -> Told:
    """There are at least 2 completed courses with the same person reference."""
    there = place.into(lookup.register_)
    noun, nouns, rest = head_of(lookup.where, there)
    same, parts = _matched(lookup, place, there)
    text, reverse = _amount(f"{noun}{same}", f"{nouns}{same}", at_least, at_most, place)
    several = text.startswith("there are")
    voice = in_relative_clause(there.register, several=several)
    return Told(text, reverse, parts=(*parts, *said_of(rest, there)), voice=voice)


def head_of(where: tuple[Node, ...], place: Place) -> tuple[str, str, tuple[Node, ...]]:
    """What the rows are called, one and several, and the conditions that the name does not say already."""
    named = next((node for node in where if isinstance(node, Named)), None)
    if named is None:
        return place.register.row, plural(place.register.row), where
    population = place.setting.populations[named.population]
    return population.noun, population.plural, tuple(node for node in where if node is not named)


def said_of(nodes: tuple[Node, ...], place: Place) -> tuple[Clause, ...]:
    """What conditions say of the rows they are about."""
    return flattened(tuple(node.words(place) for node in nodes))


def _matched(lookup: Lookup, place: Place, there: Place) -> tuple[str, tuple[Clause, ...]]:
    """Pairs of one phrase as "with the same ..."; the others as clauses."""
    own = f" ({_itself(place)} included)" if place.register.id == there.register.id else ""
    pairs = [(phrase_of(there.shape(their)), phrase_of(place.shape(our))) for their, our in lookup.match.items()]
    same = listed([their for their, our in pairs if their == our], "and")
    others = tuple(
        Says(their, f"is {possessor(place.register)} {our}", f"is not {possessor(place.register)} {our}")
        for their, our in pairs
        if their != our
    )
    return f"{own}{f' with the same {same}' if same else ''}", others


def _itself(place: Place) -> str:
    """The row that looks up rows of its own register, itself among them."""
    said = subject(place.register)
    return "itself" if said == "it" else said


def _amount(
    one: str, several: str, at_least: str | Form | None, at_most: str | Form | None, place: Place
) -> tuple[str, str]:
    """How many there are, and the opposite."""
    if at_least is not None and at_most is not None:
        return _range(one, several, at_least, at_most, place)
    if at_least is not None:
        return _end("at least", "fewer than", one, several, at_least, place)
    if at_most is not None and _known(at_most, place) == 0:
        return f"there is no {one}", f"there is {with_article(one)}"
    return _end("at most", "more than", one, several, at_most or "", place)


def _end(words: str, reverse: str, one: str, several: str, end: str | Form, place: Place) -> tuple[str, str]:
    said, number = say_operand(end, NUMBER, place), _known(end, place)
    if not is_written(end):
        more = reverse.removesuffix(" than")
        return f"there are {words} as many {several} as {said}", f"there are {more} {several} than {said}"
    if number == 1:
        less = f"there is no {one}" if words == "at least" else f"there is {reverse} {said} {one}"
        return f"there is {words} {said} {one}", less
    return f"there are {words} {said} {several}", f"there are {reverse} {said} {several}"


def _range(one: str, several: str, low: str | Form, high: str | Form, place: Place) -> tuple[str, str]:
    least, most = (_known(end, place) if is_written(end) else None for end in (low, high))
    if low == high and not is_written(low):
        same = f"exactly as many {several} as {say_operand(low, NUMBER, place)}"
        return f"there are {same}", f"there are not {same}"
    if least is None or most is None:
        both = _both_ends(several, low, high, place)
        return f"there are {both}", f"it is not so that there are {both}"
    if least == most:
        verb, noun = ("is", one) if least == 1 else ("are", several)
        said = f"exactly {say_operand(low, NUMBER, place)} {noun}"
        return f"there {verb} {said}", f"there {verb} not {said}"
    said = f"{say_operand(low, NUMBER, place)} to {say_operand(high, NUMBER, place)} {several}"
    return f"there are {said}", f"there are not {said}"


def _both_ends(several: str, low: str | Form, high: str | Form, place: Place) -> str:
    """At least 1 and at most as many council areas as our number of homes (8,400): the number that is written first."""
    ends = sorted((("at least", low), ("at most", high)), key=lambda end: not is_written(end[1]))
    first, last = ((words, end, say_operand(end, NUMBER, place)) for words, end in ends)
    if is_written(first[1]):
        return f"{first[0]} {first[2]} and {last[0]} as many {several} as {last[2]}"
    return f"{first[0]} as many {several} as {first[2]} and {last[0]} as many as {last[2]}"


def _known(end: str | Form, place: Place) -> int | None:
    number = constant(end, NUMBER, place.setting)
    return number if isinstance(number, int) else None


def _says_unchanged(lookup: Lookup, place: Place) -> Told | None:
    """The law register asked for a provision that changed last on a day of ours or earlier."""
    match lookup.where:
        case (AtMost(field="last_changed_on", value=OfField() as ours),):
            pass
        case (OnOrBefore(field="last_changed_on", other=OfField() as ours),):
            pass
        case _:
            return None
    if lookup.register_ != "law" or list(lookup.match) != ["id"]:
        return None
    since = outer_phrase(ours.field, place.into("law"))
    return Told(f"that law has not changed since {since}", f"that law has changed since {since}", voice=None)

"""Looking up rows of a register, often another one: there is a row, or so many; and what is said of them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field
from sqlglot import exp

from policykit.english import listed, plural, with_article
from policykit.model.scalars import Name
from policykit.problems import Complaint, complaint
from policykit.rules.language import (
    Node,
    Place,
    Purpose,
    Role,
    Row,
    Truth,
    all_hold,
    both,
    either,
    made,
    negated,
    visit,
)
from policykit.rules.tests.groups import Named, Not, all_of, all_sql, opposite_of
from policykit.rules.tests.order import AtMost, OnOrBefore
from policykit.rules.values import (
    NUMBER,
    Form,
    OfField,
    Operand,
    both_sql,
    case_sql,
    constant,
    is_null,
    is_over,
    shifted,
    unknown_sql,
    value_of,
    value_sql,
)
from policykit.rules.words import Clause, Says, Told, flattened, phrases

if TYPE_CHECKING:
    from policykit.rules.language import Condition

_Count = Annotated[Operand | None, Purpose(Role.COUNT), Field(description="How many rows, this number included.")]


class Lookup(Node):
    """What looks up rows of a register: which rows match, and what has to hold for them."""

    register_: Annotated[Name, Purpose(Role.REGISTER)] = Field(
        alias="register", description="The register that is looked up."
    )
    match: Annotated[Mapping[Name, Name], Purpose(Role.MATCH)] = Field(
        default={}, description="Their field and our field, which have to be the same."
    )
    where: Annotated[tuple["Condition", ...], Purpose(Role.OTHER_ROWS)] = Field(
        default=(), description="What has to hold for a row found there."
    )

    def rows(self, row: Row) -> list[Row] | None:
        """The matching rows; None where one of our own fields is blank."""
        ours = {their: row.values.get(our) for their, our in self.match.items()}
        if None in ours.values():
            return None
        return [
            row.into(values)
            for values in row.tables[self.register_]
            if all(values.get(their) == value for their, value in ours.items())
        ]

    def truths(self, row: Row, place: Place) -> list[Truth] | None:
        """What the conditions come to for each matching row; None where one of our own fields is blank."""
        rows, there = self.rows(row), place.into(self.register_)
        return None if rows is None else [all_hold(self.where, each, there) for each in rows]

    def provisions(self) -> Iterator[str]:
        """Ours that are matched with the id of a provision."""
        return (ours for theirs, ours in self.match.items() if theirs == "id")

    def where_sql(self, place: Place) -> tuple[list[exp.Expr], exp.Expr]:
        """Each pair of fields that must be equal, where a blank matches nothing; and what has to hold there."""
        there, pairs = place.into(self.register_), self.match.items()
        same: list[exp.Expr] = [exp.EQ(this=there.column(their), expression=place.column(our)) for their, our in pairs]
        return same, all_sql(self.where, there)

    def known_sql(self, place: Place, *branches: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr) -> exp.Expr:
        """The first branch that is true decides; unknown where one of our own fields is blank."""
        blank = [(is_null(*map(place.column, self.match.values())), unknown_sql())] if self.match else []
        return case_sql(*blank, *branches, otherwise=otherwise) if blank or branches else otherwise


class ExistsIn(Lookup):
    """Some row there matches and makes its conditions true."""

    mistakes: ClassVar[str] = "No row there; every row that matches in place of one."
    test: Literal["exists_in"]

    def words(self, place: Place) -> Told:
        there = place.into(self.register_)
        if self.register_ == "law" and list(self.match) == ["id"] and (unchanged := _say_unchanged(self.where, there)):
            return unchanged
        noun, _, rest = head_of(self.where, there)
        same, parts = _matched(self, place, there)
        if there.register.id == "organisation":
            text = (f"{noun} is one", f"{noun} is not one")
        else:
            text = (f"there is {with_article(noun)}{same}", f"there is no {noun}{same}")
        return Told(*text, parts=(*parts, *said_of(rest, there)), voice=phrases.in_relative_clause(there.register))

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where one of our match fields is blank, or a matching row can not be told and none is true."""
        found = self.truths(row, place)
        return None if found is None else either(found)

    def sql(self, place: Place) -> exp.Expr:
        """Two EXISTS: for a row that is true, then for one that is unknown."""
        there, (pairs, where) = place.into(self.register_), self.where_sql(place)
        branches: list[tuple[exp.Expr, exp.Expr]] = [(there.exists(both_sql([*pairs, where])), exp.true())]
        if can_be_unknown(self.where, there):
            unknown = is_null(exp.paren(where))
            branches.append((there.exists(both_sql([*pairs, unknown])), unknown_sql()))
        return self.known_sql(place, *branches, otherwise=exp.false())

    def of_every_row(self) -> Node:
        """Every row that matches makes its conditions true, and there is one."""
        wrong = (made(Not, of=self.where),)
        return all_of(self, made(CountOf, register_=self.register_, match=self.match, where=wrong, at_most="0"))

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield opposite_of(self)


class CountOf(Lookup):
    """At least, or at most, so many rows there match and make their conditions true."""

    mistakes: ClassVar[str] = "At most for at least."
    test: Literal["count_of"]
    at_least: _Count = None
    at_most: _Count = None

    def words(self, place: Place) -> Told:
        there = place.into(self.register_)
        noun, nouns, rest = head_of(self.where, there)
        same, parts = _matched(self, place, there)
        text, reverse = _amount(f"{noun}{same}", f"{nouns}{same}", self, place)
        voice = phrases.in_relative_clause(there.register, several=text.startswith("there are"))
        return Told(text, reverse, parts=(*parts, *said_of(rest, there)), voice=voice)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where one of our match fields or a number is blank, or rows that cannot be told would decide."""
        found = self.truths(row, place)
        if found is None:
            return None
        sure, possible = found.count(True), len(found) - found.count(False)
        reached = self.at_least is None or _reaches(value_of(self.at_least, NUMBER, row, place), sure, possible)
        most = None if self.at_most is None else shifted(value_of(self.at_most, NUMBER, row, place), 1)
        passed = False if self.at_most is None else _reaches(most, sure, possible)
        return both([reached, negated(passed)])

    def sql(self, place: Place) -> exp.Expr:
        """Two counts: of the rows that are true, and of those that are true or unknown."""
        there, (pairs, where) = place.into(self.register_), self.where_sql(place)
        sure = there.count(both_sql([*pairs, where]))
        possible = there.count(both_sql([*pairs, exp.Coalesce(this=where, expressions=[exp.true()])]))
        ends = []
        if self.at_least is not None:
            ends.append(_reaches_sql(value_sql(self.at_least, NUMBER, place), sure, possible))
        if self.at_most is not None:
            beyond = exp.Add(this=value_sql(self.at_most, NUMBER, place), expression=exp.convert(1))
            ends.append(exp.not_(_reaches_sql(beyond, sure, possible)))
        return self.known_sql(place, otherwise=both_sql(ends))

    def alternatives(self, place: Place) -> Iterator[Node]:
        if self.at_least is None or self.at_most is None:
            yield self.model_copy(update={"at_least": self.at_most, "at_most": self.at_least})

    def misfits(self, place: Place) -> Iterator[Complaint]:
        if self.at_least is None and self.at_most is None:
            yield complaint("rule.no-count")
        elif is_over(self.at_least, self.at_most, NUMBER, place):
            yield complaint("rule.count-nothing")


def can_be_unknown(nodes: Iterable[Node], place: Place) -> bool:
    """Whether some row could make these conditions unknown."""
    return not all(node.never_unknown for node, _ in visit(nodes, place))


def _reaches(number: object, sure: int, possible: int) -> Truth:
    """Whether so many rows are true; unknown where the number is blank, or rows that cannot be told decide."""
    if not isinstance(number, int):
        return None
    if sure >= number:
        return True
    return False if possible < number else None


def _reaches_sql(number: exp.Expr, sure: exp.Expr, possible: exp.Expr) -> exp.Expr:
    return case_sql(
        (exp.GTE(this=sure.copy(), expression=number), exp.true()),
        (exp.LT(this=possible.copy(), expression=number.copy()), exp.false()),
        otherwise=unknown_sql(),
    )


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
    row, ours = phrases.subject(place.register), phrases.possessor(place.register)
    itself = f" ({'itself' if row == 'it' else row} included)" if place.register.id == there.register.id else ""
    pairs = [(there.phrase(their), place.phrase(our)) for their, our in lookup.match.items()]
    same = listed([their for their, our in pairs if their == our], "and")
    others = tuple(Says(their, f"is {ours} {our}", f"is not {ours} {our}") for their, our in pairs if their != our)
    return f"{itself}{f' with the same {same}' if same else ''}", others


def _amount(one: str, several: str, lookup: CountOf, place: Place) -> tuple[str, str]:
    least, most = lookup.at_least, lookup.at_most
    if least is not None and most is not None:
        return _range(one, several, least, most, place)
    if least is not None:
        return _end("at least", "fewer than", one, several, least, place)
    if most is None or _known(most, place) == 0:
        return f"there is no {one}", f"there is {with_article(one)}"
    return _end("at most", "more than", one, several, most, place)


def _end(words: str, reverse: str, one: str, several: str, end: str | Form, place: Place) -> tuple[str, str]:
    said, number = phrases.say_operand(end, NUMBER, place), _known(end, place)
    if not phrases.is_written(end):
        more = reverse.removesuffix(" than")
        return f"there are {words} as many {several} as {said}", f"there are {more} {several} than {said}"
    if number == 1:
        less = f"there is no {one}" if words == "at least" else f"there is {reverse} {said} {one}"
        return f"there is {words} {said} {one}", less
    return f"there are {words} {said} {several}", f"there are {reverse} {said} {several}"


def _range(one: str, several: str, low: str | Form, high: str | Form, place: Place) -> tuple[str, str]:
    least, most = (_known(end, place) if phrases.is_written(end) else None for end in (low, high))
    if low == high and not phrases.is_written(low):
        same = f"exactly as many {several} as {phrases.say_operand(low, NUMBER, place)}"
        return f"there are {same}", f"there are not {same}"
    if least is None or most is None:
        both = _both_ends(several, low, high, place)
        return f"there are {both}", f"it is not so that there are {both}"
    if least == most:
        verb, noun = ("is", one) if least == 1 else ("are", several)
        said = f"exactly {phrases.say_operand(low, NUMBER, place)} {noun}"
        return f"there {verb} {said}", f"there {verb} not {said}"
    said = f"{phrases.say_operand(low, NUMBER, place)} to {phrases.say_operand(high, NUMBER, place)} {several}"
    return f"there are {said}", f"there are not {said}"


def _both_ends(several: str, low: str | Form, high: str | Form, place: Place) -> str:
    ends = sorted((("at least", low), ("at most", high)), key=lambda end: not phrases.is_written(end[1]))
    first, last = ((words, end, phrases.say_operand(end, NUMBER, place)) for words, end in ends)
    if phrases.is_written(first[1]):
        return f"{first[0]} {first[2]} and {last[0]} as many {several} as {last[2]}"
    return f"{first[0]} as many {several} as {first[2]} and {last[0]} as many as {last[2]}"


def _known(end: str | Form, place: Place) -> int | None:
    number = constant(end, NUMBER, place.setting)
    return number if isinstance(number, int) else None


def _say_unchanged(where: tuple[Node, ...], there: Place) -> Told | None:
    """The law register asked for a provision that changed last on a day of ours or earlier."""
    match where:
        case (AtMost(field="last_changed_on", value=OfField(field=ours)),):
            since = phrases.outer_phrase(ours, there)
        case (OnOrBefore(field="last_changed_on", other=OfField(field=ours)),):
            since = phrases.outer_phrase(ours, there)
        case _:
            return None
    return Told(f"that law has not changed since {since}", f"that law has changed since {since}")

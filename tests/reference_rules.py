"""The oracle: every test of docs/specification.md, Tests, as a function of a row. It shares no code with policykit."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from tests.reference_csv import cut
from tests.reference_reading import Cells, Item, Read, World, months_before, periods, typed

Truth = bool | None


@dataclass(frozen=True)
class At:
    """A row, the register it stands in, the value of the for_each, and the row one level out."""

    row: Cells
    register: str
    each: str | None = None
    outer: "At | None" = None


def both(truths: Iterator[Truth]) -> Truth:
    """False if any is false, else unknown if any is, else true."""
    found = list(truths)
    return False if False in found else None if None in found else True


def either(truths: Iterator[Truth]) -> Truth:
    """True if any is true, else unknown if any is, else false."""
    found = list(truths)
    return True if True in found else None if None in found else False


def opposite(truth: Truth) -> Truth:
    """Not; unknown stays unknown."""
    return None if truth is None else not truth


def holds(conditions: Read, at: At, world: World) -> Truth:
    """Whether all conditions of a list hold."""
    return both(TESTS[str(c["test"])](c, at, world) for c in conditions or [])


def value(form: Read, at: At, world: World, shape: Item | None = None) -> Read:
    """What a value form stands for; `shape` gives a literal its type."""
    match form:
        case {"parameter": name}:
            return world.parameters[name]
        case {"fact": name}:
            return world.facts[name]
        case {"each": _}:
            return at.each
        case {"as_at": _}:
            return world.as_at
        case {"field": name}:
            return at.outer.row[name] if at.outer else None
    return typed(form, shape or {"type": "integer"})


def shape_of(condition: Item, at: At, world: World) -> Item:
    """The shape of the condition's field, without its codes: a literal is compared as it stands."""
    shape = world.registers[at.register]["fields"][condition["field"]]
    return {"type": shape["type"]}


def mine(condition: Item, at: At) -> Read:
    """The value of the condition's own field."""
    return at.row[str(condition["field"])]


def theirs(form: Read, at: At, world: World) -> Read:
    """The other field of a comparison: of the same row, or of the row one level out."""
    return at.row[form] if isinstance(form, str) else value(form, at, world)


def span(condition: Item, at: At, world: World) -> Callable[[int], date] | None:
    """Days or months as a step from the as-at date (a negative one forwards); None where N is unknown."""
    unit, most = ("days", 36_500) if "days" in condition else ("months", 1_200)
    n = value(condition[unit], at, world)
    if not isinstance(n, int) or not 0 <= n <= most:
        return None
    if unit == "days":
        return lambda sign: later(world.as_at, -sign * n)
    return lambda sign: months_before(world.as_at, sign * n)


Test = Callable[[Item, At, World], Truth]


def compared(compare: Callable[[Read, Read], bool], key: str = "value") -> Test:
    """A comparison of the field with a value; unknown where either is blank."""

    def test(c: Item, at: At, world: World) -> Truth:
        left, right = mine(c, at), value(c[key], at, world, shape_of(c, at, world))
        return None if left is None or right is None else compare(left, right)

    return test


def beside(compare: Callable[[Read, Read], bool]) -> Test:
    """A comparison of the field with another field; unknown where either is blank."""

    def test(c: Item, at: At, world: World) -> Truth:
        left, right = mine(c, at), theirs(c["other"], at, world)
        return None if left is None or right is None else compare(left, right)

    return test


def around(compare: Callable[[date, date, Callable[[int], date]], bool]) -> Test:
    """A comparison of a day with the as-at date and a step of days or months from it."""

    def test(c: Item, at: At, world: World) -> Truth:
        day, step = mine(c, at), span(c, at, world)
        return None if not isinstance(day, date) or step is None else compare(day, world.as_at, step)

    return test


def starts_with(c: Item, at: At, _: World) -> Truth:
    """The first characters are those of the literal, without the white space around it."""
    left, start = mine(c, at), cut(str(c["value"]))
    return None if left is None else str(left)[: len(start)] == start


def one_of(c: Item, at: At, world: World) -> Truth:
    """In the list; an empty list, which only a parameter can be, makes it unknown."""
    values, left = c["values"], mine(c, at)
    shape = shape_of(c, at, world)
    if isinstance(values, list):
        found = [value(v, at, world, shape) for v in values]
    else:
        given = value(values, at, world, shape)
        found = list(given) if isinstance(given, (list, tuple)) else [given]
    return None if left is None or not found or None in found else left in found


def later(day: date, days: int) -> date:
    """So many days later, never past the ends of the calendar."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def soon_after(c: Item, at: At, world: World) -> Truth:
    """From the other day to N days after it."""
    day, other, n = mine(c, at), theirs(c["other"], at, world), value(c["days"], at, world)
    if not isinstance(day, date) or not isinstance(other, date) or not isinstance(n, int) or not 0 <= n <= 36_500:
        return None
    return 0 <= (day - other).days <= n


def done_by(c: Item, at: At, world: World) -> Truth:
    """Done and not later than due, or not done and the due day not over."""
    done, due = mine(c, at), due_day(c, at, world)
    if due is None:
        return None
    return bool((done or world.as_at) <= due)


def due_day(c: Item, at: At, world: World) -> Read:
    """A field, or another field and N days."""
    if "due" in c:
        return theirs(c["due"], at, world)
    other, n = theirs(c["other"], at, world), value(c["days"], at, world)
    known = isinstance(other, date) and isinstance(n, int) and 0 <= n <= 36_500
    return later(other, n) if known else None


def in_force(c: Item, at: At, world: World) -> Truth:
    """A period of the provision named holds that day; `{field: x}` is a field of the same row here."""
    name = mine(c, at)
    form = c["day"]
    day = (
        at.row[form["field"]]
        if isinstance(form, dict) and "field" in form
        else value(form, at, world, {"type": "date"})
    )
    if name is None or day is None:
        return None
    return any(first <= day <= last for p in world.provisions if p["id"] == name for first, last in periods(p))


def unique(c: Item, at: At, world: World) -> Truth:
    """No other row of the register has these values."""
    fields: list[str] = c["fields"]
    own = [at.row[name] for name in fields]
    if None in own:
        return None
    others = [row for row in world.tables[at.register] or [] if row is not at.row]
    return not any([row[name] for name in fields] == own for row in others)


def found_rows(c: Item, at: At, world: World) -> tuple[int, int] | None:
    """How many matching rows make `where` true, how many unknown; None where one of our match fields is blank."""
    pairs: dict[str, str] = c.get("match") or {}
    ours = tuple(at.row[name] for name in pairs.values())
    if None in ours:
        return None
    matching = world.index(c["register"], tuple(pairs)).get(ours, [])
    truths = Counter(holds(c.get("where"), At(row, c["register"], at.each, at), world) for row in matching)
    return truths[True], truths[None]


def exists_in(c: Item, at: At, world: World) -> Truth:
    """Some row there."""
    found = found_rows(c, at, world)
    return None if found is None else True if found[0] else None if found[1] else False


def count_of(c: Item, at: At, world: World) -> Truth:
    """At least and at most so many rows there."""
    found = found_rows(c, at, world)
    if found is None:
        return None
    true, unknown = found

    def least(n: Read) -> Truth:
        return None if not isinstance(n, int) else True if true >= n else False if true + unknown < n else None

    def most(n: Read) -> Truth:
        return None if not isinstance(n, int) else True if true + unknown <= n else False if true > n else None

    bounds = {"at_least": least, "at_most": most}
    return both(bound(value(c[name], at, world)) for name, bound in bounds.items() if name in c)


def named(c: Item, at: At, world: World) -> Truth:
    """The conditions of the population."""
    return holds(world.populations[str(c["population"])]["where"], at, world)


def listed(c: Item, key: str, at: At, world: World) -> Iterator[Truth]:
    """The truth of each condition of a list."""
    return (TESTS[str(inner["test"])](inner, at, world) for inner in c[key])


is_, at_least, at_most = (
    compared(lambda a, b: a == b),
    compared(lambda a, b: a >= b),
    compared(lambda a, b: a <= b),
)
TESTS: dict[str, Test] = {
    "is": is_,
    "is_not": lambda c, at, world: opposite(is_(c, at, world)),
    "one_of": one_of,
    "none_of": lambda c, at, world: opposite(one_of(c, at, world)),
    "at_least": at_least,
    "at_most": at_most,
    "more_than": lambda c, at, world: opposite(at_most(c, at, world)),
    "less_than": lambda c, at, world: opposite(at_least(c, at, world)),
    "between": lambda c, at, world: both(
        iter((compared(lambda a, b: a >= b, "low")(c, at, world), compared(lambda a, b: a <= b, "high")(c, at, world)))
    ),
    "starts_with": starts_with,
    "not_starts_with": lambda c, at, world: opposite(starts_with(c, at, world)),
    "recorded": lambda c, at, _: mine(c, at) is not None,
    "not_recorded": lambda c, at, _: mine(c, at) is None,
    "within": around(lambda day, now, step: step(1) <= day <= now),
    "longer_ago": around(lambda day, _, step: day < step(1)),
    "upcoming": around(lambda day, now, step: now <= day <= step(-1)),
    "past": lambda c, at, world: None if mine(c, at) is None else mine(c, at) < world.as_at,
    "not_past": lambda c, at, world: None if mine(c, at) is None else mine(c, at) >= world.as_at,
    "on_or_before": beside(lambda a, b: a <= b),
    "on_or_after": beside(lambda a, b: a >= b),
    "same_as": beside(lambda a, b: a == b),
    "soon_after": soon_after,
    "done_by": done_by,
    "in_force": in_force,
    "unique": unique,
    "exists_in": exists_in,
    "count_of": count_of,
    "named": named,
    "all": lambda c, at, world: both(listed(c, "of", at, world)),
    "any": lambda c, at, world: either(listed(c, "of", at, world)),
    "not": lambda c, at, world: opposite(both(listed(c, "of", at, world))),
    "if": lambda c, at, world: either(
        iter((opposite(both(listed(c, "when", at, world))), both(listed(c, "then", at, world))))
    ),
}

"""Sentences: clauses laid out as text, or as a lead with a list below it, with their punctuation."""

from dataclasses import dataclass
from typing import Literal

from policykit.english import joined, raised
from policykit.rules.words import Clause, Conditional, Joined, NotAll, Says, Told, Voice, flattened


@dataclass(frozen=True)
class Words:
    """A lead and, where there is more than one thing to say, a list below it.

    Commas, "and", "or" and full stops are in the texts: whoever shows them adds nothing. A lead may be empty.
    """

    lead: str
    items: tuple["Words", ...] = ()


@dataclass(frozen=True)
class Outline:
    """Words before punctuation. Items are joined by "and" or "or", or each is a sentence of its own."""

    lead: str
    items: tuple["Outline", ...] = ()
    joint: Literal["and", "or", "sentences"] = "and"

    def after(self, lead: str) -> "Outline":
        """The same with more before it."""
        return Outline(f"{lead} {self.lead}".strip(), self.items, self.joint)


def finished(outline: Outline, end: str = ".") -> Words:
    """The outline with its commas, joints and full stops; `end` closes its last line."""
    if not outline.items:
        return Words(f"{outline.lead}{end}")
    if outline.joint == "sentences":
        return Words(outline.lead, tuple(finished(Outline(raised(i.lead), i.items, i.joint)) for i in outline.items))
    last = len(outline.items) - 1
    ends = [end if place == last else f", {outline.joint}" if place == last - 1 else "," for place in range(last + 1)]
    return Words(outline.lead, tuple(map(finished, outline.items, ends)))


def outlined(parts: tuple[Clause, ...], voice: Voice) -> Outline:
    """All of these: one as it is, several as a list."""
    rows = _sharing_lines(flattened(parts))
    if len(rows) == 1:
        return _alone(rows[0], voice)
    items = tuple(_item(row, voice) for row in rows)
    # What is too long to be one item of an enumeration makes each a sentence.
    too_long = any(";" in item.lead or item.lead.startswith("either") for item in items)
    sentences = voice.plain is None and (too_long or any(isinstance(row, Conditional) for row in rows))
    return Outline("", items, "sentences" if sentences else "and")


def _sharing_lines(parts: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """The parts, where neighbours on one date or number share a line."""
    rows: list[Clause] = []
    for part in parts:
        before = rows[-1] if rows else None
        match before, part:
            case Says(subject, said, joins=True, otherwise=None), Says(of, more, joins=True, otherwise=None) if (
                subject == of
            ):
                rows[-1] = Says(subject, f"{said} and {more}", "", joins=True)
            case _:
                rows.append(part)
    return tuple(rows)


def _alone(clause: Clause, voice: Voice) -> Outline:
    """The only thing said: an "either" opens a list."""
    if isinstance(clause, Joined) and clause.joint == "or" and _as_one(clause) is None:
        return Outline("either", tuple(_item(part, voice) for part in clause.parts), "or")
    return _item(clause, voice)


def _item(clause: Clause, voice: Voice) -> Outline:
    match clause:
        case Told(parts=(_, *_) as parts, voice=Voice() as of_parts):
            return outlined(parts, of_parts).after(_lead(clause, voice))
        case Told():
            return Outline(_lead(clause, voice))
        case Conditional():
            lead, then = f"{_opened(voice)}if {_all_inline(clause.when, voice.main)}, then", flattened(clause.then)
            alone = _alone(then[0], voice.main) if len(then) == 1 else Outline(_all_inline(then, voice.main))
            return alone.after(lead)
        case NotAll():
            items = tuple(_item(part, voice.main) for part in flattened(clause.parts))
            return Outline(f"{voice.told} not all of these hold:".strip(), items)
        case Joined(joint="or") if voice.plain and any(_item(part, voice).items for part in clause.parts):
            return _alone(clause, voice)
        case _:
            return Outline(inline(clause, voice))


def _lead(clause: Told, voice: Voice) -> str:
    if voice.plain is None:
        return clause.text
    return clause.relative or f"{voice.told} {clause.text}"


def inline(clause: Clause, voice: Voice) -> str:
    """A clause as text without a list."""
    match clause:
        case Says():
            return _said(clause, voice)
        case Told():
            parts = _all_inline(clause.parts, clause.voice) if clause.parts and clause.voice else ""
            return f"{_lead(clause, voice)} {parts}".strip()
        case Joined(joint="and"):
            return _all_inline(clause.parts, voice)
        case Joined():
            return _either(clause, voice)
        case Conditional():
            when, then = (_all_inline(parts, voice.main) for parts in (clause.when, clause.then))
            return f"{_opened(voice)}if {when}, then {then}"
        case NotAll():
            return f"{voice.told} not all of these hold: {_all_inline(clause.parts, voice.main)}".strip()


def _opened(voice: Voice) -> str:
    return f"{voice.told}, " if voice.told else ""


def _said(clause: Says, voice: Voice) -> str:
    whose = f"{voice.field} {clause.subject}" if clause.subject else voice.row
    said = f"{whose} {clause.predicate}"
    return f"{said}, or {_said(clause.otherwise, voice)}" if clause.otherwise else said


def _either(clause: Joined, voice: Voice) -> str:
    one = _as_one(clause)
    if one and one.subject:
        return f"{voice.field} {one.subject} {', or '.join(_predicates(clause))}"
    if one:
        return _said(one, voice)
    *most, last = (_part_of_either(part, voice) for part in clause.parts)
    between, joint = ("; ", "; or ") if any("," in text for text in (*most, last)) else (", ", " or ")
    return f"either {joint.join(filter(None, [between.join(most), last]))}"


def _part_of_either(clause: Clause, voice: Voice) -> str:
    text = inline(clause, voice)
    is_pair = isinstance(clause, Joined) and clause.joint == "and" and len(_groups(clause.parts)) == 2  # noqa: PLR2004
    return f"both {text}" if is_pair else text


def _all_inline(parts: tuple[Clause, ...], voice: Voice) -> str:
    """All of these as text; what is said of one subject says it once, and what could be read on too far comes last."""
    groups = sorted(_groups(parts), key=lambda group: _reach(group[0]))
    if len(groups) == len(flattened(parts)) == 1:
        return inline(groups[0][0], voice)
    loosely = any(len(group) > 1 for group in groups) or _reach(groups[-2][0]) > 0
    return joined([_group_inline(group, voice) for group in groups], loosely=loosely)


def _reach(clause: Clause) -> int:
    """How far a clause would reach over an "and" behind it: nowhere, over an "or", over all that follows."""
    match clause:
        case Conditional() | NotAll():
            return 2
        case Joined(joint="or") | Says() if not _as_one(clause):
            return 1
        case _:
            return 0


def _group_inline(group: list[Clause], voice: Voice) -> str:
    """Clauses on one subject among others: what holds an "or" says "either", so that nobody reads on too far."""
    ones = [one for one in map(_as_one, group) if one]
    if ones:
        return _said(Says(ones[0].subject, joined([one.predicate for one in ones]), ""), voice)
    text = inline(group[0], voice)
    return f"either {text}" if isinstance(group[0], Says) else text


def _groups(parts: tuple[Clause, ...]) -> list[list[Clause]]:
    found: list[list[Clause]] = []
    for part in flattened(parts):
        one, before = _as_one(part), _as_one(found[-1][0]) if found else None
        if one and before and one.subject == before.subject:
            found[-1].append(part)
        else:
            found.append([part])
    return found


def _as_one(clause: Clause) -> Says | None:
    """The clause as something said of one subject, if it is."""
    match clause:
        case Says(otherwise=None):
            return clause
        case Joined(joint="or"):
            ones = [_as_one(part) for part in clause.parts]
            if None in ones or len({one.subject for one in ones if one}) > 1:
                return None
            return Says(ones[0].subject, f"either {' or '.join(_predicates(clause))}", "")  # type: ignore[union-attr]
        case _:
            return None


def _predicates(clause: Joined) -> list[str]:
    return [one.predicate for one in map(_as_one, clause.parts) if one]

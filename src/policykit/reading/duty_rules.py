"""Rules that duties keep: a reason, a strength that the text bears out, law that holds."""

from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath

from policykit.model.calendar import say_day
from policykit.model.duties import Duty, Today
from policykit.model.law import Provision
from policykit.model.strength import Strength
from policykit.problems import Notice, Problem
from policykit.reading.applying import applies_problems
from policykit.reading.draft import Draft
from policykit.reading.items import Item, mentions
from policykit.reading.references import unknown

BINDING = frozenset({"duty", "prohibition", "standard"})


def duty_problems(draft: Draft) -> Iterator[Problem]:
    """Everything wrong with duties, and clauses that ask for a duty and have none."""
    for item in draft.duties.items:
        yield from _file(item)
        yield from _reason(item)
        yield from _strength(item, draft)
        yield from _today(item, draft)
        yield from _law(item, draft)
        yield from applies_problems(item, item.model.applies, draft)
    yield from _clauses_without_duty(draft)


def _file(item: Item[Duty]) -> Iterator[Problem]:
    if PurePosixPath(item.path).name != f"{item.id}.md":
        what = f"the file of {item.id} has another name"
        yield item.problem(Notice.ID_FILE, what, f"call it {item.id}.md, or mend the id", "id")


def _reason(item: Item[Duty]) -> Iterator[Problem]:
    if not item.model.stated_in and item.model.why_here is None:
        what = f"{item.id} is stated in no clause and does not say why it is here"
        remedy = "name a clause in `stated_in`, or add `why_here`"
        yield item.problem(Notice.DUTY_WITHOUT_REASON, what, remedy, "stated_in")


def _strength(item: Item[Duty], draft: Draft) -> Iterator[Problem]:
    duty, clauses = item.model, draft.clauses.models
    if not all(id_ in clauses for id_ in duty.stated_in):
        return  # told already, or the clause itself is at fault
    said = {strength for id_ in duty.stated_in for strength in clauses[id_].strength}
    if duty.strength is not Strength.NONE:
        if duty.strength not in said:
            what = f"{item.id} says {duty.strength}, and no clause that states it does"
            remedy = "write the strength of one of its clauses, or none where the text does not ask for it"
            yield item.problem(Notice.DUTY_STRENGTH, what, remedy, "strength")
        return
    if said:
        what = f"{item.id} says none, and a clause that states it says {min(said)}"
        yield item.problem(Notice.DUTY_STRENGTH, what, f"write `strength: {min(said)}`", "strength")
    if duty.today is None:
        what = f"the text does not ask for {item.id}, and nothing says what binds today"
        yield item.problem(Notice.DUTY_TODAY, what, "add `today`", "strength")
    if duty.stated_in and not duty.prompted_by and duty.why_here is None:
        what = f"the text does not ask for {item.id}, and nothing says what leads to it"
        yield item.problem(Notice.DUTY_WITHOUT_REASON, what, "add `prompted_by` or `why_here`", "strength")


def _today(item: Item[Duty], draft: Draft) -> Iterator[Problem]:
    if (today := item.model.today) is None:
        return
    for number, id_ in enumerate(today.from_):
        if not draft.provisions.knows(id_):
            yield unknown(item, "a provision", id_, draft.provisions.ids, "today", "from", number)
        elif id_ not in item.model.rests_on:
            what = f"{item.id} takes its strength today from {id_} and does not rest on it"
            yield item.problem(Notice.DUTY_TODAY, what, f"add {id_} to `rests_on`", "today", "from", number)
    yield from _bearing(item, today, [draft.provisions.models.get(id_) for id_ in today.from_])


def _bearing(item: Item[Duty], today: Today, found: list[Provision | None]) -> Iterator[Problem]:
    """Whether the provisions that today's strength comes from can bear it."""
    provisions = [provision for provision in found if provision]
    if len(provisions) < len(found):
        return
    if all(provision.verification.level == "unverified" for provision in provisions):
        what = f"nothing that {item.id} takes its strength today from is verified"
        yield item.problem(Notice.DUTY_TODAY, what, "verify one of these provisions, or name another", "today", "from")
    if today.strength is Strength.MUST and not any(provision.kind in BINDING for provision in provisions):
        what = f"{item.id} must be done today, and nothing that says so is a duty, prohibition or standard"
        remedy = "name one in `from`, or write `strength: should`"
        yield item.problem(Notice.DUTY_TODAY, what, remedy, "today", "strength")


def _law(item: Item[Duty], draft: Draft) -> Iterator[Problem]:
    provisions = [draft.provisions.models.get(id_) for id_ in item.model.rests_on]
    found = [provision for provision in provisions if provision]
    for number, provision in enumerate(provisions):
        if provision and not provision.periods:
            what = f"{item.id} rests on {provision.id}, which is not known to have begun"
            yield item.problem(Notice.DUTY_LAW, what, "leave it out, or give it its period", "rests_on", number)
    if not found or len(found) < len(provisions):
        return
    first, last = own_days(item.model)
    if first <= last and not any(_meets(provision, first, last) for provision in found):
        what = f"nothing that {item.id} rests on is law within its own period, from {say_day(first)} on"
        remedy = "name law in force, or say in `applies` from when to when the duty counts"
        yield item.problem(Notice.DUTY_LAW, what, remedy, "rests_on")
    if all(provision.verification.level == "unverified" for provision in found):
        what = f"nothing that {item.id} rests on is verified"
        yield item.problem(Notice.DUTY_LAW, what, "verify one of these provisions, or name another", "rests_on")


def own_days(duty: Duty) -> tuple[date, date]:
    """The days of a duty's own period from its last review on, which is when somebody vouched for its law.

    A pack is read without an as-at date. So law that has ended is seen here, while a rebuild of an earlier year does
    not fail, and neither does a duty that waits for its law.
    """
    first = duty.applies.from_ if duty.applies else None
    last = (duty.applies.to if duty.applies else None) or date.max
    reviewed = min(duty.reviewed_on, last)
    return max(reviewed, first or reviewed), last


def _meets(provision: Provision, first: date, last: date) -> bool:
    return any(period.from_ <= last and first <= (period.to or date.max) for period in provision.periods)


def _clauses_without_duty(draft: Draft) -> Iterator[Problem]:
    if not draft.duties.whole:
        return
    stated = {id_ for duty in draft.duties.models.values() for id_ in duty.stated_in}
    stated |= {text for raw in draft.duties.failed for text in mentions(raw)}
    for item in draft.clauses.items:
        if item.model.treated_as == "duty" and item.id not in stated:
            what = f"{item.id} is treated as a duty, and no duty is stated in it"
            remedy = "name it in a duty's `stated_in`, or treat it as explained and say why"
            yield item.problem(Notice.CLAUSE_WITHOUT_DUTY, what, remedy, "treated_as")

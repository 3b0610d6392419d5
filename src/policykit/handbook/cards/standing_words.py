"""How a duty's strength and a provision's place in time are said."""

from policykit.english import humanised, listed, lowered
from policykit.model.calendar import say_day
from policykit.model.duties import Applies
from policykit.model.law import Period, Verification
from policykit.model.strength import Strength
from policykit.rules import Setting
from policykit.tracing.standing import DutyStanding, Force, ProvisionStanding

STRENGTHS = {Strength.MUST: "Must", Strength.SHOULD: "Should", Strength.MAY: "May", Strength.NONE: "Not asked"}
CURRENCIES = {
    "current": "Still current",
    "superseded": "Superseded",
    "wrong_today": "Wrong today",
    "fact": "No claim of law",
}
VERIFIED = {
    "text": "Read in the law or on its publisher’s page",
    "secondary": "Read in another body’s text",
    "unverified": "Not verified",
}
EXTENTS = {"E": "England", "W": "Wales", "S": "Scotland", "NI": "Northern Ireland"}


def who_says(standing: DutyStanding) -> str:
    """Whose strength it is that the margin shows."""
    duty = standing.duty
    if duty.today is None:
        return "says the guidance"
    if standing.strength == duty.strength == duty.today.strength:
        return "say the guidance and today’s law"
    if standing.strength == duty.today.strength:
        return "says today’s law"
    return "says the guidance" if standing.strength == duty.strength else "good practice today"


def first_day(period: Period) -> str:
    """A period's first day, as far as it is known: 1 March 2000; October 2026, day not seen."""
    match period.day:
        case "not_seen":
            return f"{say_day(period.from_).split(' ', 1)[1]}, day not seen"
        case "none":
            return "long ago; it has no first day"
        case None:
            return say_day(period.from_)


def in_force_words(standing: ProvisionStanding) -> str:
    """Whether a provision is law on the as-at date, and since when."""
    match standing.force:
        case Force.IN_FORCE:
            return _since(standing)
        case Force.ENDED:
            last = standing.provision.periods[-1].to
            return f"No longer in force: ended on {say_day(last)}" if last else "No longer in force"
        case Force.NOT_BEGUN:
            return f"Not in force yet: begins on {first_day(standing.provision.periods[0])}"
        case Force.UNKNOWN:
            return "Not known to have begun"


def reach_words(standing: ProvisionStanding) -> str:
    """What a provision is to this organisation; nothing where it is not law on the as-at date."""
    return standing.reach.value if standing.force is Force.IN_FORCE else ""


def _since(standing: ProvisionStanding) -> str:
    began = next((p for p in standing.provision.periods if p.from_ == standing.since), None)
    if began is not None and began.day == "none":
        said = "Long established; no first day"
    else:
        said = f"In force since {first_day(began)}" if began is not None else "In force"
    if standing.words_since is not None and standing.words_since != standing.since:
        latest = next(p for p in standing.provision.periods if p.from_ == standing.words_since)
        said += f"; in these words since {first_day(latest)}"
    return said + (f"; until {say_day(standing.until)}" if standing.until else "")


def verified_words(verification: Verification) -> str:
    """How far a provision was checked, and when."""
    said = VERIFIED[verification.level]
    return f"{said}, {say_day(verification.checked_on)}" if verification.checked_on else said


def applies_words(applies: Applies, setting: Setting) -> str:
    """For whom and when something counts: where kind of landlord is council, from 19 June 2026."""
    parts = [_fact_words(fact, values, setting) for fact, values in applies.when.items()]
    parts += [f"from {say_day(applies.from_)}"] if applies.from_ else []
    parts += [f"until {say_day(applies.to)}"] if applies.to else []
    return ", ".join(parts)


def _fact_words(fact: str, values: tuple[str, ...], setting: Setting) -> str:
    shape = setting.fact_shapes[fact]
    phrase = shape.phrase or lowered(shape.means)
    said = listed([shape.labels.get(value, humanised(value)) for value in values], "or")
    return f"where the {phrase} is {said}"

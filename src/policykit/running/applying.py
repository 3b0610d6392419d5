"""For whom and when a duty or check counts."""

from policykit.model.duties import Applies, Duty
from policykit.model.registers import read_value
from policykit.reading.ground import Ground
from policykit.rules import Check


def duty_applies(duty: Duty, ground: Ground) -> bool:
    """Whether a duty counts for this organisation on that day."""
    return _applies(duty.applies, ground)


def why_not_applicable(check: Check, ground: Ground) -> str | None:
    """Why a check does not count: by its own `applies`, or because none of its duties does; None where it counts."""
    if not _applies(check.applies, ground):
        return otherwise(check.applies)
    duties = [ground.pack.duties[duty] for duty in check.verifies]
    if any(duty_applies(duty, ground) for duty in duties):
        return None
    return otherwise(duties[0].applies)


def otherwise(part: Applies | None) -> str:
    """The sentence that says why something does not apply."""
    return (part and part.otherwise) or "It does not apply here."


def _applies(part: Applies | None, ground: Ground) -> bool:
    if part is None:
        return True
    begun = part.from_ is None or part.from_ <= ground.as_at
    over = part.to is not None and part.to < ground.as_at
    return begun and not over and all(_meets(fact, texts, ground) for fact, texts in part.when.items())


def _meets(fact: str, texts: tuple[str, ...], ground: Ground) -> bool:
    shape, value = ground.pack.policy.facts[fact], ground.organisation.facts.get(fact)
    # What an organisation has not said about itself must not excuse it: only a known fact excludes.
    return value is None or value in {read_value(shape, text) for text in texts}

"""An organisation for which checks count: what it says about itself, changed where no breach would be one otherwise."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product

from bench.made_up.original import Original

from policykit.english import say_day
from policykit.exports.example import NotMadeError
from policykit.model.registers import read_value
from policykit.rules import Check

_MOST_TRIED = 1_000


def where_all_apply(base: Original, checks: Sequence[Check]) -> Original:
    """The example with as few facts changed as make all these checks apply. Raises NotMadeError where none do."""
    for facts in islice(_combinations(base, checks), _MOST_TRIED):
        tried = _saying(base, facts)
        if all(tried.applies(check) for check in checks):
            return tried
    named = " and ".join(check.id for check in checks)
    msg = f"Breaches of {named} cannot be planted: on {say_day(base.as_at)} no organisation is bound by all of that."
    raise NotMadeError(msg)


def changed_facts(base: Original, other: Original) -> list[str]:
    """What an organisation says otherwise than the example, as sentences."""
    own, now = base.organisation.profile.facts, other.organisation.profile.facts
    return [
        f"The organisation has {fact} {text}, or not all would apply."
        for fact, text in now.items()
        if text != own[fact]
    ]


def _combinations(base: Original, checks: Iterable[Check]) -> Iterator[Mapping[str, str]]:
    """The fewest changes first; a fact that nothing asks for stays as it is."""
    wanted: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for check in checks:
        for part in (check.applies, *(base.pack.duties[duty].applies for duty in check.verifies)):
            for fact, texts in part.when.items() if part else ():
                wanted[fact].update(dict.fromkeys(texts))
    choices = [[{}, *({fact: text} for text in texts)] for fact, texts in wanted.items()]
    chosen = ({fact: text for one in parts for fact, text in one.items()} for parts in product(*choices))
    return iter(sorted(islice(chosen, _MOST_TRIED), key=len))


def _saying(base: Original, facts: Mapping[str, str]) -> Original:
    organisation, shapes = base.organisation, base.pack.policy.facts
    profile = organisation.profile.model_copy(update={"facts": {**organisation.profile.facts, **facts}})
    typed = {fact: read_value(shapes[fact], text) for fact, text in facts.items()}
    return replace(base, organisation=replace(organisation, profile=profile, facts={**organisation.facts, **typed}))

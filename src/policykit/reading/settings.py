"""Settings: parameters that fit their types and bounds, which of their values are weaker, and who accepts that.

And the posts by which those who accept, say and own something are named.
"""

from collections.abc import Iterator
from datetime import date

from policykit.english import listed, say, say_day
from policykit.model.organisation import Attestation, Departure, Profile, Waiver
from policykit.model.registers import Parameter, ParameterValue, read_parameter
from policykit.model.scalars import days_between
from policykit.problems import Problem, complaint
from policykit.reading.drafts import PackDraft, twice
from policykit.reading.files import FiledItem, Shelf
from policykit.reading.ground import Pack

LONGEST_DAYS = 365
"""What somebody accepts or says counts no longer than this."""

WEAKER = {"integer": ("more", "less"), "date": ("more", "less"), "codes": ("add", "drop")}
"""The words for what is weaker, by the types of which it can be told."""


def parameter_problems(draft: PackDraft) -> Iterator[Problem]:
    """Everything wrong with the parameters of a pack, each taken by itself."""
    for item in draft.parameters.items:
        parameter = item.model
        for key, written in (("at_least", parameter.at_least), ("at_most", parameter.at_most)):
            if written is not None and _bound(parameter, written) is None:
                yield item.problem("parameter.bound", key, key=key, id=item.id, type=parameter.type)
        if why := misfit(parameter, parameter.default):
            yield item.problem("parameter.default", "default", id=item.id, why=why, type=parameter.type)
        elif parameter.floor is not None:
            yield from _floor(item, parameter.floor)
        if parameter.weaker is not None and parameter.weaker not in WEAKER.get(parameter.type, ()):
            yield item.problem("parameter.weaker", "weaker", id=item.id, weaker=parameter.weaker, type=parameter.type)


def _floor(item: FiledItem[Parameter], floor: tuple[str, ...]) -> Iterator[Problem]:
    parameter = item.model
    if parameter.type != "codes" or parameter.weaker == "add" or not parameter.source.from_:
        yield item.problem("parameter.floor", "floor", id=item.id)
    for code in floor if parameter.type == "codes" else ():
        if code not in parameter.default:
            places = {"id": item.id, "code": code}
            yield item.unknown("parameter.floor-code", code, parameter.default, "floor", mark="`", **places)


def misfit(parameter: Parameter, written: str | tuple[str, ...]) -> str | None:
    """Why a parameter cannot have this value, in words; None where it can."""
    try:
        value = read_parameter(parameter, written)
    except ValueError as error:
        return str(error)
    least, most = _bound(parameter, parameter.at_least), _bound(parameter, parameter.at_most)
    if least is not None and value < least:  # type: ignore[operator] # both are of the parameter's type
        return say("reading.bound.less", bound=parameter.at_least)
    if most is not None and value > most:  # type: ignore[operator] # both are of the parameter's type
        return say("reading.bound.more", bound=parameter.at_most)
    return None


def _bound(parameter: Parameter, written: str | None) -> ParameterValue | None:
    """A bound of a parameter as its type; None where there is none, or none that can be read."""
    if written is None or parameter.type not in {"integer", "date"}:
        return None
    try:
        return read_parameter(parameter, written)
    except ValueError:
        return None


def setting_problems(
    item: FiledItem[Profile], departures: Shelf[Departure], pack: Pack, as_at: date
) -> Iterator[Problem]:
    """Settings that are weaker than the guidance without a departure in date, and departures that are not sound."""
    weaker = _set_weaker(item.model, pack)
    for id_ in weaker - {each.model.parameter for each in departures.items} if not departures.failed else ():
        said_by = listed(pack.parameters[id_].source.from_, "or")
        yield item.problem("setting-weaker.unaccepted", "parameters", id_, id=id_, said_by=said_by, most=LONGEST_DAYS)
    yield from twice(departures)
    accepted = {each.parameter for each in in_use(departures, item.model, pack, as_at)}
    for each in departures.items:
        name, until, places = each.model.parameter, each.model.until, {"id": each.id, "parameter": each.model.parameter}
        if name not in pack.parameters:
            message = "reference-unknown.in-pack-parameter"
            yield each.unknown(message, name, pack.parameters, "parameter", mark="`", name=name)
        elif days_between(as_at, until) > LONGEST_DAYS:
            yield each.problem("dates.too-far", "until", most=LONGEST_DAYS, day=say_day(as_at))
        elif name not in weaker:
            yield each.problem("departure-unused.not-weaker", **places)
        elif name not in accepted:
            message = "ended" if _is_of(each.model, item.model) else "another-value"
            yield each.problem(f"setting-weaker.{message}", **places, day=say_day(until))


def in_use(departures: Shelf[Departure], profile: Profile, pack: Pack, as_at: date) -> tuple[Departure, ...]:
    """The departures in date, each for exactly what a parameter is set to that is weaker than the guidance."""
    weaker = _set_weaker(profile, pack)
    in_date = (each for each in departures.models.values() if as_at <= each.until and each.parameter in weaker)
    return tuple(each for each in in_date if _is_of(each, profile))


def _set_weaker(profile: Profile, pack: Pack) -> set[str]:
    known = ((pack.parameters.get(id_), written) for id_, written in profile.parameters.items())
    fitting = ((each, written) for each, written in known if each and not misfit(each, written))
    return {each.id for each, written in fitting if each.undercuts(read_parameter(each, written))}


def _is_of(departure: Departure, profile: Profile) -> bool:
    said, is_set = departure.value, profile.parameters[departure.parameter]
    return said == is_set or (isinstance(said, tuple) and isinstance(is_set, tuple) and sorted(said) == sorted(is_set))


def post_problems(
    item: FiledItem[Profile], papers: tuple[Shelf[Waiver], Shelf[Attestation], Shelf[Departure]], pack: Pack
) -> Iterator[Problem]:
    """People who are named by a post that nobody has; where no posts are named, nobody's are looked at."""
    posts, (waivers, statements, departures) = (*pack.policy.posts, *item.model.posts), papers
    confirmed = [(name, source.confirmed) for name, source in item.model.records.items()]
    named: list[tuple[tuple[str, int], str]] = [
        *((pack.place_of(duty.id), duty.owner) for duty in pack.duties.values()),
        *((pack.place_of(each.id), each.by) for each in pack.retired.values()),
        *((item.place_of("facts_said", "by"), said.by) for said in (item.model.facts_said,) if said),
        *((item.place_of("nil_returns", n, "by"), nil.by) for n, nil in enumerate(item.model.nil_returns)),
        *((item.place_of("records", name, "confirmed", "by"), said.by) for name, said in confirmed if said),
        *((each.place_of("accepted_by"), each.model.accepted_by) for each in waivers.items),
        *((each.place_of("accepted_by"), each.model.accepted_by) for each in departures.items),
        *((each.place_of("by"), each.model.by) for each in statements.items),
    ]
    for (path, line), post in named if posts else ():
        if post not in posts:
            yield complaint("posts.unknown", post=post).or_meant(post, posts, "`").at(path, line)

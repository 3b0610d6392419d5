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
            message = "parameter.floor-code"
            yield item.unknown(message, code, parameter.default, "floor", mark="`", id=item.id, code=code)


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


def unsaid_problems(pack: Pack) -> Iterator[Problem]:
    """A notice for each parameter that may be set, and of which nobody can tell what is weaker."""
    for id_, parameter in pack.parameters.items():
        if parameter.weaker is None and parameter.may_be_set and (words := WEAKER.get(parameter.type)):
            yield pack.problem(id_, "parameter-weaker.unsaid", id=id_, words=listed(words, "or"))


# What an organisation sets weaker, and who accepts that


def departures_in_use(profile: Profile, departures: Shelf[Departure], pack: Pack, as_at: date) -> tuple[Departure, ...]:
    """The departures in date, each for exactly what a parameter is set to that is weaker than the guidance."""
    weaker = _set_weaker(profile, pack)
    return tuple(each for each in departures.models.values() if _is_of(each, weaker, pack) and as_at <= each.until)


def setting_problems(
    item: FiledItem[Profile], departures: Shelf[Departure], pack: Pack, as_at: date
) -> Iterator[Problem]:
    """Settings that are weaker than the guidance without a departure in date, and departures that are not sound."""
    weaker = _set_weaker(item.model, pack)
    accepted = {each.parameter for each in departures_in_use(item.model, departures, pack, as_at)}
    named = {each.model.parameter for each in departures.items}
    for id_ in weaker.keys() - named if departures.certain and not departures.failed else ():
        said_by = listed([_cited(each, pack) for each in pack.parameters[id_].source.from_], "or")
        yield item.problem("setting-weaker.unaccepted", "parameters", id_, id=id_, said_by=said_by, most=LONGEST_DAYS)
    yield from twice(departures)
    for each in departures.items:
        yield from _departure(each, weaker, accepted, pack, as_at)


def _cited(id_: str, pack: Pack) -> str:
    return pack.provisions[id_].cited_as if id_ in pack.provisions else id_


def _departure(
    item: FiledItem[Departure], weaker: dict[str, ParameterValue], accepted: set[str], pack: Pack, as_at: date
) -> Iterator[Problem]:
    id_, name, until = item.id, item.model.parameter, item.model.until
    if name not in pack.parameters:
        message = "reference-unknown.in-pack-parameter"
        yield item.unknown(message, name, pack.parameters, "parameter", mark="`", name=name)
    elif days_between(as_at, until) > LONGEST_DAYS:
        yield item.problem("dates.too-far", "until", most=LONGEST_DAYS, day=say_day(as_at))
    elif name not in weaker:
        yield item.problem("departure-unused.not-weaker", id=id_, parameter=name)
    elif not _is_of(item.model, weaker, pack) and name not in accepted:
        yield item.problem("setting-weaker.another-value", "value", id=id_, parameter=name)
    elif until < as_at and name not in accepted:
        yield item.problem("setting-weaker.ended", "until", id=id_, parameter=name, day=say_day(until))


def _set_weaker(profile: Profile, pack: Pack) -> dict[str, ParameterValue]:
    """The parameters that an organisation sets weaker than the guidance, with what they are set to."""
    known = ((pack.parameters.get(id_), written) for id_, written in profile.parameters.items())
    fitting = ((each, read_parameter(each, written)) for each, written in known if each and not misfit(each, written))
    return {each.id: value for each, value in fitting if each.undercuts(value)}


def _is_of(departure: Departure, weaker: dict[str, ParameterValue], pack: Pack) -> bool:
    parameter = pack.parameters.get(departure.parameter)
    if parameter is None or parameter.id not in weaker or misfit(parameter, departure.value):
        return False
    return _alike(read_parameter(parameter, departure.value)) == _alike(weaker[parameter.id])


def _alike(value: ParameterValue) -> object:
    """A value whatever the order of its codes."""
    return sorted(value) if isinstance(value, tuple) else value


# Posts


def post_problems(
    item: FiledItem[Profile], papers: tuple[Shelf[Waiver], Shelf[Attestation], Shelf[Departure]], pack: Pack
) -> Iterator[Problem]:
    """People who are named by a post that nobody has; where no posts are named, nobody's are looked at."""
    posts = (*pack.policy.posts, *item.model.posts)
    waivers, statements, departures = papers
    named: list[tuple[tuple[str, int], str]] = [
        *((pack.place_of(duty.id), duty.owner) for duty in pack.duties.values()),
        *((item.place_of("facts_said", "by"), said.by) for said in (item.model.facts_said,) if said),
        *((item.place_of("nil_returns", n, "by"), nil.by) for n, nil in enumerate(item.model.nil_returns)),
        *((each.place_of("accepted_by"), each.model.accepted_by) for each in (*waivers.items, *departures.items)),
        *((each.place_of("by"), each.model.by) for each in statements.items),
    ]
    for (path, line), post in named if posts else ():
        if post not in posts:
            yield complaint("posts.unknown", post=post).or_meant(post, posts, "`").at(path, line)

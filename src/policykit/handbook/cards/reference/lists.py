"""The short references: notices, commands, parameters, populations and what each result means."""

from collections.abc import Mapping
from dataclasses import dataclass

from policykit.handbook.cards.page import Page, Ref
from policykit.handbook.cards.rendering import render
from policykit.handbook.cards.results import MEANINGS
from policykit.handbook.cards.saying import humanised, listed, number
from policykit.model.calendar import say_day
from policykit.model.outcomes import Outcome
from policykit.model.parameters import Parameter, ParameterValue
from policykit.problems import Notice
from policykit.rules import RuleWords, Words, words_of


@dataclass(frozen=True)
class ParameterRow:
    """One parameter: what holds here, what the pack suggests, where that comes from, and who uses it."""

    parameter: Parameter
    value: str
    default: str | None
    source: Ref
    checks: tuple[Ref, ...]


def notices(page: Page, level: int) -> str:
    """Every kind of problem with its sentence; the same for every pack, so `page` and `level` are not used."""
    del page, level
    return render("notices.html", notices=sorted(Notice, key=lambda notice: notice.code))


def commands(page: Page, level: int) -> str:
    """The commands that the page was given."""
    return render("commands.html", commands=page.commands, level=level)


def results(page: Page, level: int) -> str:
    """The results there are, best known first, with mark, word and meaning."""
    del page, level
    order = [Outcome.PASS, Outcome.ATTESTED, *(o for o in Outcome if o not in {Outcome.PASS, Outcome.ATTESTED})]
    return render("results.html", results=[(outcome, MEANINGS[outcome]) for outcome in order])


def parameters(page: Page, level: int) -> str:
    """Every parameter with its value here and in the pack."""
    del level
    return render("parameters.html", rows=[_row(parameter, page) for parameter in page.pack.parameters.values()])


def populations(page: Page, level: int) -> str:
    """Every named population in words, once."""
    del level
    told = (words_of(check, page.setting) for check in page.pack.checks.values() if check.method == "rule")
    return render("populations.html", populations=list(_distinct(list(told))))


def _distinct(told: list[RuleWords]) -> Mapping[Words, None]:
    return dict.fromkeys(population for words in told for population in words.populations)


def _row(parameter: Parameter, page: Page) -> ParameterRow:
    ours = page.trace.organisation.parameters[parameter.id]
    own = parameter.id in page.setting.own_parameters
    known = parameter.source in page.pack.clauses or parameter.source in page.pack.provisions
    return ParameterRow(
        parameter=parameter,
        value=_say(ours, parameter),
        default=_said(parameter.default, parameter) if own else None,
        source=page.ground(parameter.source) if known else Ref(parameter.source, None),
        checks=page.users.get(parameter.id, ()),
    )


def _say(value: ParameterValue, parameter: Parameter) -> str:
    match value:
        case tuple():
            return listed([humanised(code) for code in value]) or "none"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{number(value)} {parameter.unit or ''}".strip()
        case str():
            return humanised(value)
        case _:
            return say_day(value)


def _said(default: str | tuple[str, ...], parameter: Parameter) -> str:
    """The pack's own value, which stands in it as text."""
    if isinstance(default, tuple):
        return listed([humanised(code) for code in default])
    return f"{humanised(default)} {parameter.unit or ''}".strip()

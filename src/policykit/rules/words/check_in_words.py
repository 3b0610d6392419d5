"""A check in words: what is looked at, what must hold, whom it names, and our settings.

Plain text; whoever shows it escapes it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from policykit.english import in_units, raised, with_article
from policykit.model.registers import FieldShape, ParameterValue, read_parameter
from policykit.rules.check import Check, parameters_used, place_of, populations_used, standing
from policykit.rules.language import Node, Place, Population, Role, Setting, parts
from policykit.rules.tests.lookups import head_of, said_of
from policykit.rules.values import ANY_CODE, OfEach, OfParameter
from policykit.rules.words.phrases import in_relative_clause, in_sentence, parameter_mark, say_value
from policykit.rules.words.sentences import Outline, Words, finished, outlined

_MARKED = re.compile(r"(\S+ \S+) \([^()]*(?:our choice|set by [^()]*|from the guidance|from the law)\)")


@dataclass(frozen=True)
class SettingWords:
    """One parameter that a rule uses: "12 months", and who set it: "set by law", "from the guidance", ..."""

    title: str
    value: str
    mark: str


@dataclass(frozen=True)
class RuleWords:
    """A check in words.

    `looked_at` and `must_hold` are the two sentences; `populations` explains, noun by noun, what the sentences name;
    `settings` lists every parameter used.
    """

    looked_at: Words
    must_hold: Words
    populations: tuple[Words, ...] = ()
    settings: tuple[SettingWords, ...] = ()


def words_of(check: Check, setting: Setting) -> RuleWords:
    """The check as a manager reads it; for a rule that has passed `faults`."""
    place = place_of(check, setting)
    return RuleWords(
        said_once(_looked_at(check, place)),
        said_once(finished(outlined(said_of(check.must, place), in_sentence(place.register)))),
        tuple(said_once(_meaning(setting.populations[each], setting)) for each in populations_used(check, setting)),
        tuple(_setting_words(each, check, setting) for each in parameters_used(check, setting)),
    )


def _looked_at(check: Check, place: Place) -> Words:
    codes = [say_each(code, check, place.setting) for code in place.each.codes] if place.each else []
    once = f", once for each {place.each.noun}: {', '.join(codes) or 'none'}" if place.each else ""
    mark = ";" if once else ","
    if place.register.id == "organisation":
        lead, where = f"{place.register.row}{once}", said_of(check.where, place)
        said = outlined(where, in_sentence(place.register)).after(f"{lead}{mark} where") if where else Outline(lead)
        return finished(said)
    noun, meant = check.noun or place.register.row, _meant(check.where, place)
    if meant in {Outline(with_article(noun)), Outline(f"every {noun} in the register")}:
        return finished(Outline(f"every {noun}{once}"))
    return finished(meant.after(f"every {noun}{once}{mark} that is,"))


def _meant(where: tuple[Node, ...], place: Place) -> Outline:
    """What a noun stands for: a person who ..."""
    head, _, rest = head_of(where, place)
    if not where:
        return Outline(f"every {head} in the register")
    return outlined(said_of(rest, place), in_relative_clause(place.register)).after(with_article(head))


def say_each(code: str, check: Check, setting: Setting) -> str:
    """One value of a for_each in words."""
    return say_value(code, _shape_of_each(check, setting), setting)


def _shape_of_each(check: Check, setting: Setting) -> FieldShape:
    return _shape_beside(lambda value: isinstance(value, OfEach), check, setting)


def _shape_beside(is_meant: Callable[[object], bool], check: Check, setting: Setting) -> FieldShape:
    """The shape of the first field that a value that is meant is compared with: it knows the labels of the codes."""
    met = (
        place.shape(getattr(node, "field", ""))
        for node, place in standing(check, setting)
        for part in parts(node)
        if part.role in {Role.VALUE, Role.VALUES} and is_meant(part.value)
    )
    return next(met, ANY_CODE)


def _meaning(population: Population, setting: Setting) -> Words:
    meant = _meant(population.where, Place(setting, setting.registers[population.register_]))
    return finished(meant.after(f"{raised(population.noun)} means"))


def _setting_words(parameter: str, check: Check, setting: Setting) -> SettingWords:
    declared, value = setting.declared[parameter], setting.parameters[parameter]
    said, mark = _said_setting(value, parameter, check, setting), parameter_mark(declared, setting)
    leaning = declared.leaning(value) if parameter in setting.own_parameters else "same"
    if leaning in {"looser", "other"}:
        default = _said_setting(read_parameter(declared, declared.default), parameter, check, setting)
        mark = f"{mark}, {'looser than' if leaning == 'looser' else 'in place of'} the pack's: {default}"
    return SettingWords(declared.title, said, mark)


def _said_setting(value: ParameterValue, parameter: str, check: Check, setting: Setting) -> str:
    unit, form = setting.declared[parameter].unit, OfParameter(parameter=parameter)
    if type(value) is int and unit:
        return in_units(value, unit)
    runs_over = check.for_each is not None and check.for_each.in_ == form
    shape = _shape_of_each(check, setting) if runs_over else _shape_beside(lambda held: held == form, check, setting)
    found = value if isinstance(value, tuple) else (value,)
    return ", ".join(say_value(each, shape, setting) for each in found) or "none"


def said_once(words: Words) -> Words:
    """The words with the mark of each number and date only where it is said first."""
    said: set[str] = set()

    def first(found: re.Match[str]) -> str:
        if found[0] in said:
            return found[1]
        said.add(found[0])
        return found[0]

    def thinned(part: Words) -> Words:
        return Words(_MARKED.sub(first, part.lead), tuple(thinned(item) for item in part.items))

    return thinned(words)


def plain(words: RuleWords) -> str:
    """A check in words as text: lists with dashes, a blank line between the parts."""
    parts = [
        _block(f"Looked at: {words.looked_at.lead}", words.looked_at.items),
        _block(f"Must hold: {words.must_hold.lead}", words.must_hold.items),
        *(_block(each.lead, each.items) for each in words.populations),
        _block("Our setting:", tuple(Words(f"{each.title}: {each.value} ({each.mark})") for each in words.settings)),
    ]
    return "\n\n".join(parts if words.settings else parts[:-1])


def _block(lead: str, items: tuple[Words, ...]) -> str:
    return "\n".join([lead.rstrip(), *_lines(items, "")])


def _lines(items: tuple[Words, ...], indent: str) -> Iterator[str]:
    for item in items:
        yield f"{indent}- {item.lead}"
        yield from _lines(item.items, f"{indent}  ")

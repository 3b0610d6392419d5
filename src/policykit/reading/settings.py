"""What an organisation says and sets, typed; and whether a parameter may have a value."""

from collections.abc import Mapping

from policykit.model.organisation import Profile
from policykit.model.parameters import Parameter, ParameterValue, read_parameter
from policykit.model.registers import Value, read_value
from policykit.reading.pack import Pack

Written = str | tuple[str, ...]


def facts_of(profile: Profile, pack: Pack) -> Mapping[str, Value | None]:
    """What the organisation says about itself, typed, in the order of the pack."""
    return {fact: read_value(shape, profile.facts.get(fact)) for fact, shape in pack.policy.facts.items()}


def parameters_of(profile: Profile, pack: Pack) -> Mapping[str, ParameterValue]:
    """Every parameter's value: the organisation's own, else the pack's."""
    return {
        id_: read_parameter(parameter, profile.parameters.get(id_, parameter.default))
        for id_, parameter in pack.parameters.items()
    }


def misfit(parameter: Parameter, written: Written) -> str | None:
    """Why a parameter cannot have this value, in words; None where it can."""
    try:
        value = read_parameter(parameter, written)
    except ValueError as error:
        return str(error)
    return _beyond(parameter, value)


def _beyond(parameter: Parameter, value: ParameterValue) -> str | None:
    least, most = bound(parameter, parameter.at_least), bound(parameter, parameter.at_most)
    if least is not None and value < least:  # type: ignore[operator] # both are of the parameter's type
        return f"is less than {parameter.at_least}"
    if most is not None and value > most:  # type: ignore[operator] # both are of the parameter's type
        return f"is more than {parameter.at_most}"
    return None


def bound(parameter: Parameter, written: str | None) -> ParameterValue | None:
    """A bound of a parameter as its type; None where there is none, or none that can be read."""
    if written is None or parameter.type not in {"integer", "date"}:
        return None
    try:
        return read_parameter(parameter, written)
    except ValueError:
        return None

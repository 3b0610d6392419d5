"""Templates: every value is escaped, every missing name is an error."""

from datetime import date
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from policykit.handbook.cards import saying
from policykit.handbook.cards.marks import mark
from policykit.handbook.cards.prose import is_web_address
from policykit.model.calendar import say_day


def say_time(day: date) -> Markup:
    """A day for people and for machines."""
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), say_day(day))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("policykit.handbook.cards", "templates"),
        autoescape=True,
        auto_reload=False,  # templates do not change while a handbook is written
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "time": say_time,
        "sentence": saying.sentence,
        "upper_first": saying.upper_first,
        "number": saying.number,
        "humanised": saying.humanised,
    }
    environment.globals["mark"] = mark
    environment.globals["counted"] = saying.counted
    environment.tests["web_address"] = is_web_address
    return environment


def render(template: str, **values: object) -> Markup:
    """The template filled in; blank lines are left out."""
    text = _environment().get_template(template).render(**values)
    return Markup("\n".join(line for line in text.splitlines() if line.strip()))  # noqa: S704 - escaped by the template

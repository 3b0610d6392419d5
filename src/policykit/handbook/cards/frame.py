"""What stands on every page: the handbook's name, the day, the edition, and what to make of it all."""

from dataclasses import dataclass
from urllib.parse import quote

from policykit.handbook.cards.prose import is_web_address
from policykit.model.calendar import say_day
from policykit.tracing.standing import Trace


@dataclass(frozen=True)
class Frame:
    """Texts of the masthead and the foot; empty where the pack does not give them. Days also as 2026-11-01."""

    name: str
    title: str
    urgent: str
    as_at: str
    as_at_words: str
    edition: str
    organisation: str
    valid_until: str
    valid_until_words: str
    disclaimer: str
    report_to: str
    report_href: str


def page_frame(trace: Trace) -> Frame:
    """The frame of every page."""
    policy = trace.pack.policy
    return Frame(
        name=policy.name or policy.title,
        title=policy.title,
        urgent=policy.urgent or "",
        as_at=trace.as_at.isoformat(),
        as_at_words=say_day(trace.as_at),
        edition=policy.edition,
        organisation=trace.organisation.profile.name,
        valid_until=trace.valid_until.isoformat() if trace.valid_until else "",
        valid_until_words=say_day(trace.valid_until) if trace.valid_until else "",
        disclaimer=policy.disclaimer or "",
        report_to=policy.report_to or "",
        report_href=report_href(policy.report_to, policy.name or policy.title),
    )


def report_href(address: str | None, subject: str) -> str:
    """The way to report a mistake: a page on the web, or a letter with that subject; empty without an address."""
    if not address:
        return ""
    return address if is_web_address(address) else f"mailto:{quote(address, safe='@')}?subject={quote(subject)}"

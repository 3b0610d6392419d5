"""Three doors: for those who have the duties, those who answer for them, and those who write checks."""

from collections import Counter
from dataclasses import dataclass

from policykit.english import with_article
from policykit.handbook.cards.page import Page, Ref
from policykit.model.outcomes import Outcome

_COMPLIANCE = (
    ("view:trace-matrix", "Trace duty, source, law and check"),
    ("view:source-ledger", "Read the guidance sentence by sentence"),
    ("view:law-register", "Look up the law and its dates"),
    ("view:gaps", "See what is not covered"),
)
_DEVELOPER = (
    ("view:reference/checks", "See all checks and their results"),
    ("view:reference/rules", "Learn the language of rules"),
    ("view:reference/registers", "See the records they read"),
    ("view:reference/formats", "Look up the file formats"),
)


@dataclass(frozen=True)
class Door:
    """Where one kind of reader comes in."""

    title: str
    about: str
    ways: tuple[Ref, ...]


def doors(page: Page) -> tuple[Door, ...]:
    """The three doors, each with the ways that there are in this handbook."""
    bearer = _bearer(page)
    return (
        Door(
            f"I am {with_article(bearer)}",
            "What to do, and whether it is being done.",
            _ways(page, *_bearers_ways(page)),
        ),
        Door("I answer for compliance", "Where each duty comes from, and what proves it.", _ways(page, *_COMPLIANCE)),
        Door("I write checks", "Rules that say in words what they run.", _ways(page, *_DEVELOPER)),
    )


def _bearer(page: Page) -> str:
    """Who has most of the duties."""
    bearers = Counter(duty.bearer for duty in page.pack.duties.values())
    return bearers.most_common(1)[0][0] if bearers else "reader"


def _bearers_ways(page: Page) -> tuple[tuple[str, str], ...]:
    not_met = (s.duty.id for s in page.trace.duties.values() if s.outcome is Outcome.FAIL)
    return (
        ("view:duties", "Read the duties"),
        (next(not_met, ""), "See what is not met"),
        ("view:duties-due", "See what is due, and when"),
        ("view:reference/results", "Learn what each result means"),
    )


def _ways(page: Page, *ways: tuple[str, str]) -> tuple[Ref, ...]:
    return tuple(Ref(text, href) for to, text in ways if to and (href := page.link(to)) is not None)

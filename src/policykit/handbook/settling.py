"""Between reading and writing: every item gets its place, its need and its label, and what is wrong is said."""

from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.util import logging

from policykit.handbook import needs
from policykit.handbook.book import Book
from policykit.handbook.placing import Fault, faults_of, places_of
from policykit.handbook.reading import placements_in_order

logger = logging.getLogger(__name__)


class Settler:
    """Settles where everything stands, once per build and in the main process."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def settle(self, app: Sphinx, made: needs.Needs) -> None:
        """On the event of `needs.FILLED`: place every item, make it a need, let pages link to it."""
        book, placements = self._book, placements_in_order(app.env)
        book.places = places_of(placements, book.known, book.trace.pack.checks)
        self._report(faults_of(placements, book.known, book.places))
        self._report(needs.take_out_strangers(app.env, made))
        needs.fill(app, made, book.known, book.places)
        self._label(app.env.domains.standard_domain)

    def _label(self, std: StandardDomain) -> None:
        # Labels are looked up in lower case; `{ref}`, `[](#ID)` and objects.inv all read them.
        for item in self._book.known.values():
            place = self._book.places.items.get(item.id)
            if place is not None:
                std.anonlabels[item.id.lower()] = place.docname, item.id
                std.labels[item.id.lower()] = place.docname, item.id, item.title

    def _report(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            location = fault.where or self._source_of(fault.item)
            code = fault.notice.code
            logger.warning("%s - %s", fault.what, fault.remedy, location=location, type="policykit", subtype=code)

    def _source_of(self, item: str) -> str | None:
        pack = self._book.trace.pack
        place = pack.places.get(item)
        return f"{Path(pack.folder, place.path)}:{place.line}" if place else None

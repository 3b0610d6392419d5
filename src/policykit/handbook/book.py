"""What one build is made from: the pack, the organisation and the results, read once; and where everything stands."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.domains.std import StandardDomain
from sphinx.util import logging

from policykit.english import say
from policykit.handbook import needs
from policykit.handbook.config import entitle
from policykit.handbook.items import Item, Misplacement, Places, faults_of, items_of, places_of
from policykit.handbook.pages import placements_in_order
from policykit.memory import Ledger, LedgerLine, ledger_of, notices, read_ledger, remembered, trouble
from policykit.model.scalars import read_day
from policykit.problems import Notice, PolicyError
from policykit.reading import Ground, Organisation, load_organisation, load_pack
from policykit.running import Clock, Results, read_results, record_digests
from policykit.tracing import Trace, trace

logger = logging.getLogger(__name__)

VALID_UNTIL = "policykit-valid-until"
"""The event that tells the last day on which all that is shown holds, where it ends, and what day a moment is."""
WRONG_INPUT = 2
"""The exit code of a build that was refused."""


class Book:
    """One build's handbook: `trace` and `known` once it is opened, `places` once every page is read.

    `results` is what was read, whether or not it may be shown, and `ledger` the memory of the runs before. What time it
    is decides only whether results may be shown that claim to be of a day to come.
    """

    trace: Trace
    results: Results | None
    ledger: Ledger
    known: Mapping[str, Item]
    places: Places

    def __init__(self, now: Clock) -> None:
        self._now = now

    def open(self, app: Sphinx, config: Config) -> None:
        """On `config-inited`: read everything, and stop the build where anything is wrong.

        As early as this, because the pack gives the project its title and edition.
        """
        _refuse_folders(app)
        self.trace, self.results, self.ledger = _read(Path(app.confdir), config, self._now())
        self.known = items_of(self.trace)
        entitle(config, self.trace.pack.policy.title, self.trace.pack.policy.edition)

    @property
    def remembered(self) -> tuple[LedgerLine, ...]:
        """The lines of the ledger that are of this pack and this organisation."""
        return self.ledger.lines_of(self.trace.pack.policy.id, self.trace.organisation.profile.id)

    def settle(self, app: Sphinx, made: needs.Needs) -> None:
        """On the event of `needs.FILLED`, once and in the main process: place every item, make it a need, and label it.

        What is placed wrongly, or was not made from the pack, is said.
        """
        placements = placements_in_order(app.env)
        self.places = places_of(placements, self.known, self.trace.pack.checks)
        self._report(faults_of(placements, self.known, self.places))
        self._report(needs.take_out_strangers(app.env, made))
        needs.fill(app, made, self.known, self.places)
        self._label(app.env.domains.standard_domain)
        if self.trace.valid_until:
            app.emit(VALID_UNTIL, self.trace.valid_until, self.trace.organisation.profile.today)

    def _label(self, std: StandardDomain) -> None:
        # Labels are looked up in lower case; `{ref}`, `[](#ID)` and objects.inv all read them.
        for item in self.known.values():
            if place := self.places.items.get(item.id):
                std.anonlabels[item.id.lower()] = place.docname, item.id
                std.labels[item.id.lower()] = place.docname, item.id, item.title

    def _report(self, faults: Iterable[Misplacement]) -> None:
        for fault in faults:
            where, code = fault.where or self._source_of(fault.item), fault.notice.code
            logger.warning("%s - %s", fault.what, fault.remedy, location=where, type="policykit", subtype=code)

    def _source_of(self, item: str) -> str | None:
        pack = self.trace.pack
        place = pack.places.get(item)
        return f"{Path(pack.folder, place.path)}:{place.line}" if place else None


def _refuse_folders(app: Sphinx) -> None:
    source, conf, out = Path(app.srcdir), Path(app.confdir), Path(app.outdir)
    if conf.is_relative_to(out):
        stop(say("handbook.stop.conf-in-output", out=out))
    # The whole project, records and all, would be taken for pages.
    if source == conf:
        stop(say("handbook.stop.pages-not-apart"))


def _read(folder: Path, config: Config, now: datetime) -> tuple[Trace, Results | None, Ledger]:
    own, file = config.policykit_organisation, folder / config.policykit_results
    try:
        pack = load_pack(folder / config.policykit_policy)
        organisation = load_organisation(folder / own if own else pack.folder / pack.policy.organisation, pack)
        results = read_results(file, now) if file.is_file() else None
        ledger = read_ledger(ledger_of(organisation, file))
    except PolicyError as error:
        stop(*map(str, error.problems))
    for problem in organisation.warnings:
        logger.info("%s", problem)  # no warning: a handbook with an orphan waiver is whole, and its gaps say so
    if results and results.run.what_if:
        logger.info("%s", say("handbook.stop.what-if", file=config.policykit_results))
        results = None
    ground = Ground.of(pack, organisation, _as_at(config, results, organisation))
    seen = trace(ground, results, record_digests(organisation), elsewhere=config.policykit_records_elsewhere)
    seen, said = remembered(seen, ledger), trouble(results, ledger.path) if results else None
    for problem in notices(seen):
        if problem.notice is not Notice.CHANGED:  # all of them stand on pages
            logger.warning("%s - %s", problem.what, problem.remedy, type="policykit", subtype=problem.notice.code)
    return replace(seen, notes=(*seen.notes, *([said] if said else []))), results, ledger


def _as_at(config: Config, results: Results | None, organisation: Organisation) -> date:
    if not config.policykit_as_at:
        return results.run.as_at if results else organisation.as_at
    try:
        return read_day(config.policykit_as_at)
    except ValueError as error:
        stop(say("handbook.stop.as-at", error=error))


def stop(*sentences: str) -> NoReturn:
    """End the build with these sentences and exit code 2."""
    for sentence in (*sentences, say("handbook.stop.not-built")):
        logger.error("%s", sentence)
    # Sphinx prints a traceback with every exception, its own included, but not with this one.
    raise SystemExit(WRONG_INPUT)

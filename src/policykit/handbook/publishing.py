"""What may be published: files of docs/ that can do nothing, never an organisation's records, and no result but ours.

Looked at twice: before anything is written, by the page and line that asks for a file; and once all is written, when
every card on every page is counted, too.
"""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from filecmp import cmp
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment

from policykit.english import listed, say
from policykit.handbook.book import Book, stop
from policykit.handbook.pages import KeptPage, Refusal, kept_pages, page_being_read
from policykit.memory import MANIFEST, manifest_of
from policykit.problems import Complaint, complaint
from policykit.tracing import Trace

PICTURES = frozenset([".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"])
"""The kinds of pictures."""

DOCUMENTS = frozenset([".pdf", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".csv", ".txt"])
"""The kinds of files, besides pictures, that a page may offer: none that a browser would run."""

ADDRESSES = frozenset(["", "http", "https", "mailto", "tel"])
"""The kinds of addresses that a link may have."""

ELEMENTS = frozenset(("svg", "g", "defs", "symbol", "use", "title", "desc", "text", "tspan")).union(
    ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
    ("linearGradient", "radialGradient", "stop", "clipPath", "mask", "marker", "pattern"),
)
"""Every element that a picture of lines and shapes (SVG) may have: a browser can run what is in one."""

_SVG = "{http://www.w3.org/2000/svg}"
_DECLARED = re.compile(
    r"""\A\ufeff?(?:<\?xml\s+version=["']1\.0["'](?:\s+encoding=["']utf-8["'])?\s*\?>)?""", re.IGNORECASE
)
_ELSEWHERE = re.compile(r"url\((?!\s*['\"]?#)|@import|javascript:|//|\\", re.IGNORECASE)
_ORGANISATION = "organisation.yaml"

# A tag to its end as a browser finds it, or to the end of the page where a quotation mark is never closed.
_TAG = re.compile(r"""<[a-z](?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|[^>"'])*+(?:>|\Z)""", re.IGNORECASE)
_SAYS_IT_IS_A_CARD = re.compile(r"""[\s"'/]data-(?:kind|outcome)\s*=""", re.IGNORECASE)
_MORE = r'(?: (?!id=|data-kind=|data-outcome=)[a-z-]+="[^"]*")*'
_CARD = re.compile(rf'<[a-z]+{_MORE} id="([^"]*)" data-kind="([a-z]*)"(?: data-outcome="([a-z-]*)")?{_MORE}>')

Card = tuple[str, str, str]
"""Id, kind and outcome, as a page shows them; blank where it shows none."""

_NO_CARD: Card = ("", "", "")
"""What says that it is a card and is not written as ours are."""


def note(app: Sphinx, doctree: nodes.document) -> None:
    """On `doctree-read`, once Sphinx knows the files of a page: keep each with its line, and where links lead."""
    page = page_being_read(app.env)
    page.files.update(_files_of(doctree, app.env))
    page.contents.update(
        (below, _line(tree)) for tree in doctree.findall(addnodes.toctree) for below in tree["includefiles"]
    )
    page.refused += _refused_addresses(doctree)


def _files_of(doctree: nodes.document, env: BuildEnvironment) -> Iterator[tuple[str, int]]:
    docname = env.current_document.docname
    for picture in doctree.findall(nodes.image):
        yield from ((file, _line(picture)) for kind, file in picture["candidates"].items() if kind != "?")
    for file in doctree.findall(addnodes.download_reference):
        if "refuri" not in file:
            yield env.relfn2path(file["reftarget"], docname)[0], _line(file)


def _refused_addresses(doctree: nodes.document) -> Iterator[Refusal]:
    for picture in doctree.findall(nodes.image):
        if "?" in picture["candidates"]:
            yield _line(picture), complaint("page-picture.elsewhere")
    for tree in doctree.findall(addnodes.toctree):
        addresses = (address for _, address in tree["entries"] if "://" in address)
        kinds = (urlsplit(address).scheme.lower() for address in addresses)
        yield from ((_line(tree), complaint("page-link.kind", kind=kind)) for kind in kinds if kind not in ADDRESSES)
    for link in chain(doctree.findall(nodes.reference), doctree.findall(addnodes.download_reference)):
        kind = urlsplit(link.get("refuri", "")).scheme.lower()
        if kind not in ADDRESSES:
            yield _line(link), complaint("page-link.kind", kind=kind)


def _line(node: nodes.Element) -> int:
    """The line of a node, or of the nearest one around it that has a line."""
    around: nodes.Element | None = node
    while around is not None and not around.line:
        around = around.parent
    return around.line or 0 if around is not None else 0


class Gatekeeper:
    """Stops a build that would publish what is not for the handbook."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def leave_out(self, app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        """On `env-before-read-docs`: read no page that is a record, since what is read is kept; `look` then says so."""
        private = self._private(app)
        docnames[:] = [name for name in docnames if not private.why_not(Path(env.doc2path(name)), name)]

    def _private(self, app: Sphinx) -> "Private":
        return Private(self._book.trace, Path(app.srcdir), Path(app.outdir))

    def look(self, app: Sphinx, env: BuildEnvironment) -> None:
        """On `env-updated`, before anything is kept or written: everything that is refused of all pages, at once."""
        refused = [(docname, refusal) for docname, page in kept_pages(env).items() for refusal in page.refused]
        refused += _circles(kept_pages(env), env.config.root_doc)
        refused += self._refused_files(app, env)
        problems = {fault.at(_shown(app, Path(env.doc2path(docname))), line) for docname, (line, fault) in refused}
        if problems:
            stop(*map(str, sorted(problems, key=lambda problem: (problem.path, problem.line, problem.what))))

    def _refused_files(self, app: Sphinx, env: BuildEnvironment) -> Iterator[tuple[str, Refusal]]:
        """Files are looked at in every build, also for pages read before: what stands under a name may change."""
        private = self._private(app)
        for docname in sorted(env.found_docs):
            page = kept_pages(env).get(docname, KeptPage())
            needed = (os.path.relpath(path, app.srcdir) for path in env.dependencies.get(docname, ()))
            for name in sorted({os.path.relpath(env.doc2path(docname), app.srcdir), *page.files, *needed}):
                file = Path(app.srcdir, name)
                shown = _shown(app, file.resolve())
                fault = private.why_not(file, shown) or (name in page.files and why_not_offered(file, shown))
                if fault:
                    yield docname, (page.files.get(name, 0), fault)

    def look_again(self, app: Sphinx, exception: Exception | None) -> None:
        """On `build-finished`: remove what is not to be published, and say so.

        That is each file that is one of an organisation's folder, byte by byte, and each page whose cards are not, one
        by one, those of the policy and its results.
        """
        wrong = dict(self._copies(app))
        if exception is None and isinstance(app.builder, StandaloneHTMLBuilder):
            wrong |= self._pages_with_other_cards(app, app.builder)
        for file in wrong:
            file.unlink(missing_ok=True)
        if wrong:
            stop(*wrong.values())

    def _copies(self, app: Sphinx) -> Iterator[tuple[Path, str]]:
        private = self._private(app)
        for file in _files_below(Path(app.outdir)):
            if original := private.original_of(file):
                shown = {"file": _shown(app, file), "original": _shown(app, original)}
                yield file, say("handbook.stop.published", **shown)

    def _pages_with_other_cards(self, app: Sphinx, builder: StandaloneHTMLBuilder) -> Iterator[tuple[Path, str]]:
        wanted: defaultdict[Path, Counter[Card]] = defaultdict(Counter)
        for id_, place in self._book.places.items.items():
            item = self._book.known[id_]
            card = (id_, item.kind, str(item.fields.get("outcome", "")))
            wanted[Path(builder.get_output_path(place.docname))][card] += 1
        pages = (file for file in _files_below(Path(app.outdir)) if "htm" in file.suffix.lower())
        for page in sorted({*wanted, *pages}):
            found = cards_on(page.read_text("utf-8", "replace")) if page.is_file() else Counter[Card]()
            if other := (found - wanted[page]) + (wanted[page] - found):
                ids = sorted({id_ if id_ in self._book.known else say("handbook.stop.no-item") for id_, _, _ in other})
                message = "other-cards" if page.is_file() else "no-page"
                yield page, say(f"handbook.stop.{message}", page=_shown(app, page), items=listed(ids))


def cards_on(html: str) -> Counter[Card]:
    """Every card of a page, as often as it stands there."""
    tags = (tag for tag in _TAG.findall(html) if _SAYS_IT_IS_A_CARD.search(tag))
    found = (_CARD.fullmatch(tag) for tag in tags)
    return Counter((card[1], card[2], card[3] or "") if card else _NO_CARD for card in found)


def seal(book: Book, app: Sphinx, exception: Exception | None) -> None:
    """On `build-finished`, after all others: write down what every file is, and which results they show."""
    if exception is None and isinstance(app.builder, StandaloneHTMLBuilder):
        out = Path(app.outdir)
        (out / MANIFEST).write_bytes(manifest_of(out, book.results, book.ledger))


class Private:
    """What is an organisation's: every folder with an organisation.yaml, in the policy folder, in docs/ or configured.

    A folder that docs/ lies in is an exception: it cannot be closed, but its records are.
    """

    def __init__(self, trace: Trace, docs: Path, out: Path) -> None:
        self._docs = docs.resolve()
        own = trace.organisation.folder
        near = (file.parent for folder in (trace.pack.folder, docs) for file in folder.rglob(_ORGANISATION))
        named = {folder.resolve() for folder in (own, trace.pack.folder / trace.pack.policy.organisation, *near)}
        self._folders = {folder for folder in named if not self._docs.is_relative_to(folder)}
        self._sizes = defaultdict(list)
        sources = (own / source.source for source in trace.organisation.profile.records.values() if source.source)
        for file in chain(sources, *(_files_below(folder) for folder in self._folders)):
            if file.is_file() and file.stat().st_size and not file.is_relative_to(out):
                self._sizes[file.stat().st_size].append(file)

    def why_not(self, file: Path, shown: str) -> Complaint | None:
        """Why a page may not show a file, wherever links lead; `shown` is what it is called."""
        real = file.resolve()
        if any(real.is_relative_to(folder) for folder in self._folders) or self.original_of(real):
            return complaint("page-file.private", file=shown)
        return None if real.is_relative_to(self._docs) else complaint("page-file.outside", file=shown)

    def original_of(self, file: Path) -> Path | None:
        """The private file that holds the same, byte by byte."""
        alike = self._sizes.get(file.stat().st_size, ()) if file.is_file() else ()
        return next((original for original in alike if cmp(file, original, shallow=False)), None)


def why_not_offered(file: Path, shown: str) -> Complaint | None:
    """Why a page may not offer a file of its kind, or with what is in it."""
    kind = file.suffix.lower()
    if kind not in PICTURES | DOCUMENTS:
        return complaint("page-file.kind", file=shown, kinds=", ".join(sorted(PICTURES | DOCUMENTS)))
    return _why_not_plain(file, shown) if kind == ".svg" and file.is_file() else None


def _why_not_plain(picture: Path, shown: str) -> Complaint | None:
    try:
        text = _DECLARED.sub("", picture.read_text("utf-8"), count=1)
        # A declaration, an entity or an instruction could bring in anything; without them the parser is safe.
        if "<!DOCTYPE" in text or "<!ENTITY" in text or "<?" in text:
            return complaint("page-file.picture-declaration", file=shown)
        root = ET.fromstring(text)  # noqa: S314 - see above
    except (ET.ParseError, UnicodeDecodeError, OSError):
        return complaint("page-file.picture-unreadable", file=shown)
    return next(_faults_of_picture(root, shown), None)


def _faults_of_picture(root: ET.Element, shown: str) -> Iterator[Complaint]:
    for element in root.iter():
        name = str(element.tag).removeprefix(_SVG)
        if name not in ELEMENTS:
            yield complaint("page-file.picture-element", file=shown, element=f"<{name.rpartition('}')[2]}>")
        for attribute, value in element.attrib.items():
            local = attribute.rpartition("}")[2].lower()
            if local.startswith("on") or _ELSEWHERE.search(value) or (local == "href" and not value.startswith("#")):
                yield complaint("page-file.picture-attribute", file=shown, attribute=local)


def _circles(kept: Mapping[str, KeptPage], root: str) -> Iterator[tuple[str, Refusal]]:
    """Every table of contents that leads back to a page above it."""
    seen: set[str] = set()
    for start in (root, *sorted(kept)):
        if start not in seen:
            yield from _circles_below(kept, (start,), seen)


def _circles_below(kept: Mapping[str, KeptPage], way: tuple[str, ...], seen: set[str]) -> Iterator[tuple[str, Refusal]]:
    seen.add(way[-1])
    for below, line in kept[way[-1]].contents.items() if way[-1] in kept else ():
        if below in way:
            yield way[-1], (line, complaint("page-circle.contents", page=below))
        elif below not in seen:
            yield from _circles_below(kept, (*way, below), seen)


def _files_below(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file())


def _shown(app: Sphinx, path: Path) -> str:
    """A path as it is typed from the folder of conf.py."""
    return Path(os.path.relpath(path, app.confdir)).as_posix()

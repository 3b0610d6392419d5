"""Pages as they are read: items are placed, never written; views are asked for by name; and what is kept of a page.

What each page places, and what is refused of it, is all that is kept between builds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from policykit.handbook.cards import REFERENCES, VIEWS
from policykit.handbook.items import KINDS, Placement
from policykit.problems import Complaint, complaint

_KEPT = "policykit_pages"

KNOWN_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(VIEWS, ()),
    "reference": tuple(REFERENCES),
}
"""Every view by its directive, with the arguments it knows; none where it takes none."""


class Placed(nodes.General, nodes.Element):
    """The place of one item or view.

    `what` is the kind of item or the name of the view, `argument` the item's id or what stands behind the view's name;
    a card carries its item's id as its own.
    """


class SearchWords(nodes.Element):
    """What the search index is to find at an anchor: a title and a text. It exists only while a page is written."""

    def __init__(self, anchor: str, title: str, text: str) -> None:
        super().__init__("", nodes.title("", title), nodes.paragraph("", text), ids=[anchor])


class _AnyOption(dict[str, object]):
    """Takes every option, so that we, and not the parser, say that there is none."""

    def __bool__(self) -> bool:
        return True

    def __contains__(self, key: object) -> bool:
        return True

    def __getitem__(self, key: str) -> object:
        return directives.unchanged


class Line(SphinxDirective):
    """A directive of one line: a name and at most one word behind it."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = _AnyOption()  # type: ignore[assignment] # parsers ask for no more than a mapping

    @property
    def argument(self) -> str:
        """What stands behind the directive's name."""
        return self.arguments[0].strip() if self.arguments else ""

    @property
    def says_more(self) -> bool:
        """Whether options or a body were written, too."""
        return bool(self.options or self.content)

    def refuse(self, fault: Complaint) -> list[nodes.Node]:
        """Nothing; the fault ends the build, by its line."""
        page_being_read(self.env).refused.append((self.lineno, fault))
        return []

    def placed(self, **attributes: object) -> list[nodes.Node]:
        """The node, with the line it was written on."""
        node = Placed("", what=self.name, argument=self.argument, **attributes)
        self.set_source_info(node)
        return [node]


class PlaceItem(Line):
    """`{duty} DUTY-TRAIN`: the card of an item stands here."""

    def run(self) -> list[nodes.Node]:
        """The card's place; none where anything but an id is written, which is refused."""
        if self.says_more or not self.argument or " " in self.argument:
            return self.refuse(complaint("page-directive.item", kind=self.name))
        return self.placed(ids=[self.argument])


class ShowView(Line):
    """`{source-ledger}`, `{reference} rules`: a view stands here."""

    def run(self) -> list[nodes.Node]:
        """The view's place; none for anything that the view does not know, which is refused."""
        known = KNOWN_ARGUMENTS[self.name]
        if self.says_more or self.argument not in (known or ("",)):
            message = "page-directive.view-of" if known else "page-directive.view"
            return self.refuse(complaint(message, view=self.name, known=", ".join(known)))
        return self.placed()


def register(app: Sphinx, _config: Config) -> None:
    """On `config-inited`, after sphinx-needs made a directive for each type: put ours in their place."""
    for names, directive in ((KINDS, PlaceItem), (KNOWN_ARGUMENTS, ShowView)):
        for name in names:
            app.add_directive(name, directive, override=True)


Refusal = tuple[int, Complaint]
"""Something that has no place on a page: its line, from 1, 0 where the whole page is meant; and why."""


@dataclass
class KeptPage:
    """What is kept of a page.

    `files` are the pictures and downloads, named from the folder of the pages, and `contents` the pages in its tables
    of contents, each with its line.
    """

    placements: list[Placement] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)
    contents: dict[str, int] = field(default_factory=dict)


def page_being_read(env: BuildEnvironment) -> KeptPage:
    """What is kept of the page that is being read."""
    return kept_pages(env).setdefault(env.current_document.docname, KeptPage())


def note(app: Sphinx, doctree: nodes.document) -> None:
    """On `doctree-read`: keep what the page places, in order of the page."""
    docname = app.env.current_document.docname
    page_being_read(app.env).placements = [placement_of(node, docname) for node in doctree.findall(Placed)]


def forget(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """On `env-purge-doc`: the page is gone, or read anew."""
    kept_pages(env).pop(docname, None)


def merge(_app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment) -> None:
    """On `env-merge-info`: take over what another process read."""
    theirs = kept_pages(other)
    kept_pages(env).update({docname: theirs[docname] for docname in docnames if docname in theirs})


def placements_in_order(env: BuildEnvironment) -> list[Placement]:
    """All that is placed, page by page in reading order; pages outside the contents come last, by name."""
    kept = kept_pages(env)
    order = dict.fromkeys([*_reading_order(env), *sorted(kept)])
    return [placement for docname in order if docname in kept for placement in kept[docname].placements]


def kept_pages(env: BuildEnvironment) -> dict[str, KeptPage]:
    """What is kept of every page, by its name."""
    kept: dict[str, KeptPage] = vars(env).setdefault(_KEPT, {})
    return kept


def placement_of(node: Placed, docname: str) -> Placement:
    """What a node places, on its page."""
    sections = tuple(_sections(node))
    return Placement(node["what"], node["argument"], docname, node.line or 0, f"{node.source}:{node.line}", sections)


def _sections(node: nodes.Node) -> Iterator[str]:
    parent = node.parent
    while parent is not None:
        if isinstance(parent, nodes.section):
            yield parent[0].astext()
        parent = parent.parent


def _reading_order(env: BuildEnvironment) -> Iterator[str]:
    relations = env.collect_relations()
    docname: str | None = env.config.root_doc
    while docname is not None:
        yield docname
        docname = relations[docname][2] if docname in relations else None

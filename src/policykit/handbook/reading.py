"""Reading pages: what each page places, and what is refused of it, is all that is kept of it between builds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from policykit.handbook.nodes import Placed
from policykit.handbook.placing import Placement
from policykit.problems import Notice

_KEPT = "policykit_pages"


@dataclass(frozen=True)
class Refusal:
    """Something on a page that has no place there; `line` counts from 1, 0 where the whole page is meant."""

    line: int
    what: str
    remedy: str
    notice: Notice


@dataclass
class Page:
    """What is kept of a page.

    `files` are the pictures and downloads, named from the folder of the pages, and `contents` the pages in its tables
    of contents, each with its line.
    """

    placements: list[Placement] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)
    contents: dict[str, int] = field(default_factory=dict)


def page_being_read(env: BuildEnvironment) -> Page:
    """What is kept of the page that is being read."""
    return _kept(env).setdefault(env.current_document.docname, Page())


def pages(env: BuildEnvironment) -> Mapping[str, Page]:
    """What is kept of every page, by its name."""
    return _kept(env)


def note(app: Sphinx, doctree: nodes.document) -> None:
    """On `doctree-read`: keep what the page places, in order of the page."""
    docname = app.env.current_document.docname
    page_being_read(app.env).placements = [_placement(node, docname) for node in doctree.findall(Placed)]


def forget(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """On `env-purge-doc`: the page is gone, or read anew."""
    _kept(env).pop(docname, None)


def merge(_app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment) -> None:
    """On `env-merge-info`: take over what another process read."""
    theirs = _kept(other)
    _kept(env).update({docname: theirs[docname] for docname in docnames if docname in theirs})


def placements_in_order(env: BuildEnvironment) -> list[Placement]:
    """All that is placed, page by page in reading order; pages outside the contents come last, by name."""
    kept = _kept(env)
    order = dict.fromkeys([*_reading_order(env), *sorted(kept)])
    return [placement for docname in order if docname in kept for placement in kept[docname].placements]


def _kept(env: BuildEnvironment) -> dict[str, Page]:
    if not hasattr(env, _KEPT):
        setattr(env, _KEPT, {})
    kept: dict[str, Page] = getattr(env, _KEPT)
    return kept


def _placement(node: Placed, docname: str) -> Placement:
    return Placement(
        what=node["what"],
        argument=node["argument"],
        docname=docname,
        line=node.line or 0,
        where=node.where,
        sections=tuple(_sections(node)),
    )


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

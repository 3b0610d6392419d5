"""Reading pages: what each page places is all that is kept of it between builds."""

from collections.abc import Iterable, Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from policykit.handbook.nodes import Placed
from policykit.handbook.placing import Placement

_KEPT = "policykit_placements"


def note(app: Sphinx, doctree: nodes.document) -> None:
    """On `doctree-read`: keep what the page places, in order of the page."""
    docname = app.env.current_document.docname
    _placements(app.env)[docname] = [_placement(node, docname) for node in doctree.findall(Placed)]


def forget(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """On `env-purge-doc`: the page is gone, or read anew."""
    _placements(env).pop(docname, None)


def merge(_app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment) -> None:
    """On `env-merge-info`: take over what another process read."""
    theirs = _placements(other)
    _placements(env).update({docname: theirs[docname] for docname in docnames if docname in theirs})


def placements_in_order(env: BuildEnvironment) -> list[Placement]:
    """All that is placed, page by page in reading order; pages outside the contents come last, by name."""
    kept = _placements(env)
    order = dict.fromkeys([*_reading_order(env), *sorted(kept)])
    return [placement for docname in order for placement in kept.get(docname, ())]


def _placements(env: BuildEnvironment) -> dict[str, list[Placement]]:
    if not hasattr(env, _KEPT):
        setattr(env, _KEPT, {})
    kept: dict[str, list[Placement]] = getattr(env, _KEPT)
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

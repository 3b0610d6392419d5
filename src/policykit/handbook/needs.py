"""Every item as a need: the only module that knows sphinx-needs.

What it uses of sphinx-needs is held by a contract test: `generate_need`, `NeedsSphinxConfig`, `SphinxNeedsData`, `Need`
and the event `needs-before-post-processing`, which passes all needs, changeable, before links are resolved.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx_needs.api import generate_need
from sphinx_needs.config import NeedsSphinxConfig
from sphinx_needs.data import SphinxNeedsData
from sphinx_needs.need_item import NeedItem
from sphinx_needs.nodes import Need

from policykit.handbook.items import Item, Misplacement, Places
from policykit.problems import complaint

EXTENSION = "sphinx_needs"

Needs = MutableMapping[str, NeedItem]
"""All needs by id, changeable."""

FILLED = "needs-before-post-processing"
"""The event in which needs are filled in: after every page is read, before any is written, never kept."""


def fill(app: Sphinx, needs: Needs, known: Mapping[str, Item], places: Places) -> None:
    """Make every item that stands somewhere a need.

    They are made when pages are written, not when they are read: so no page that was read before can hold an old one.
    """
    config, schema = NeedsSphinxConfig(app.config), SphinxNeedsData(app.env).get_schema()
    for item in known.values():
        place = places.items.get(item.id)
        if place is None:
            continue
        said: dict[str, Any] = {**item.fields, **{name: list(targets) for name, targets in item.links.items()}}
        needs[item.id] = generate_need(
            config,
            schema,
            item.kind,
            item.title,
            docname=place.docname,
            lineno=place.line,
            id=item.id,
            doctype=".md",
            content=item.text,
            sections=list(place.sections),
            allow_type_coercion=False,  # else brackets in a text would be run
            **said,
        )


def take_out_strangers(env: BuildEnvironment, needs: Needs) -> tuple[Misplacement, ...]:
    """Take out every need that is there before ours are: it did not come from the pack. Say where each came from."""
    strangers = tuple(_stranger(env, name, need) for name, need in sorted(needs.items()))
    needs.clear()
    return strangers


def _stranger(env: BuildEnvironment, name: str, need: NeedItem) -> Misplacement:
    where = f"{env.doc2path(need['docname'])}:{need['lineno']}" if need["docname"] else None
    return Misplacement(*complaint("stranger.need", name=name), where=where, item=name)


def strip(_app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """On `doctree-resolved`, before sphinx-needs: no page shows a need of its making, since our cards do."""
    for node in list(doctree.findall(Need)):
        node.parent.remove(node)

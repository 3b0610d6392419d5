"""The directives of docs/: items are placed, never written; views are asked for by name."""

from collections.abc import Mapping

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective

from policykit.handbook.cards import REFERENCES, VIEWS
from policykit.handbook.items import KINDS
from policykit.handbook.nodes import Placed

FRONT_DOOR = "front-door"
REFERENCE = "reference"

KNOWN_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    FRONT_DOOR: (),
    **dict.fromkeys(VIEWS, ()),
    REFERENCE: tuple(REFERENCES),
}
"""Every view by its directive, with the arguments it knows; none where it takes none."""


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

    def placed(self, **attributes: object) -> list[nodes.Node]:
        """The node, with the line it was written on."""
        node = Placed("", what=self.name, argument=self.argument, **attributes)
        self.set_source_info(node)
        return [node]


class PlaceItem(Line):
    """`{duty} DUTY-TRAIN`: the card of an item stands here."""

    def run(self) -> list[nodes.Node]:
        """The card's place; raises an error where anything but an id is written."""
        if self.says_more or not self.argument or " " in self.argument:
            raise self.error(
                f"{{{self.name}}} places an item and says nothing about it - "
                f"write only its id behind {{{self.name}}}, and change the item in its file of the policy folder"
            )
        return self.placed(ids=[self.argument])


class ShowView(Line):
    """`{source-ledger}`, `{reference} rules`: a view stands here."""

    def run(self) -> list[nodes.Node]:
        """The view's place; raises an error for anything that the view does not know."""
        known = KNOWN_ARGUMENTS[self.name]
        if self.says_more or self.argument not in (known or ("",)):
            wanted = f"one of {', '.join(known)}" if known else "nothing"
            raise self.error(f"{{{self.name}}} does not take this - write {wanted} behind it, no options and no body")
        return self.placed()


def register(app: Sphinx, _config: Config) -> None:
    """On `config-inited`, after sphinx-needs made a directive for each type: put ours in their place."""
    for names, directive in ((KINDS, PlaceItem), (KNOWN_ARGUMENTS, ShowView)):
        for name in names:
            app.add_directive(name, directive, override=True)

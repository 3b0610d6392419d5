"""What a page places, in its doctree: one node for each card or view, with nothing in it but what the author wrote."""

from docutils import nodes


class Placed(nodes.General, nodes.Element):
    """The place of one item or view.

    `what` is the kind of item or the name of the view, `argument` the item's id or what stands behind the view's name;
    a card carries its item's id as its own.
    """

    @property
    def where(self) -> str:
        """The line that it was written on, as messages name it: `path:line`."""
        return f"{self.source}:{self.line}"


class Words(nodes.Element):
    """What the search index is to find at an anchor: a title and a text. It exists only while a page is written."""

    def __init__(self, anchor: str, title: str, text: str) -> None:
        super().__init__("", nodes.title("", title), nodes.paragraph("", text), ids=[anchor])

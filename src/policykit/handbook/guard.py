"""What a page may hold: Markdown, and the directives and roles of short lists. All else on it is refused, by its line.

A page comes from colleagues, or with somebody else's pack, so it is plain text that says things and never code: nothing
on it is run, fetched or read from another file. conf.py is code, and whoever writes it may do what they like.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.utils import Reporter
from markdown_it.tree import SyntaxTreeNode
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.mdit import create_md_parser
from myst_parser.parsers.sphinx_ import MystParser
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.parsers import RSTParser
from sphinx.util.docutils import CustomReSTDispatcher, SphinxDirective, SphinxRole
from sphinx.util.typing import RoleFunction

from policykit.english import say
from policykit.handbook.book import stop
from policykit.handbook.items import KINDS
from policykit.handbook.pages import KNOWN_ARGUMENTS, Line, page_being_read
from policykit.problems import Complaint, complaint

FILTERED = frozenset(["needlist", "needtable"])
"""The directives of sphinx-needs that list items."""

DIRECTIVES = FILTERED.union(
    KINDS,
    KNOWN_ARGUMENTS,
    ("toctree", "contents", "glossary", "figure", "image", "table", "list-table", "code-block", "code", "rubric"),
    ("note", "tip", "hint", "important", "warning", "caution", "attention", "danger", "error", "admonition"),
    ("seealso", "topic", "sidebar", "epigraph", "versionadded", "versionchanged", "deprecated"),
)
"""Every directive that a page may use."""

COUNTING = "need_count"
"""The role whose text is a filter, or two with ` ? ` between them."""

ROLES = frozenset((COUNTING, "need", "ref", "doc", "term", "numref", "download")).union(
    ("abbr", "kbd", "sub", "sup", "file", "samp", "command")
)
"""Every role that a page may use."""

VIEW_OPTIONS = frozenset(("types", "status", "tags", "filter", "sort", "sort_by")).union(
    ("columns", "style", "max_items", "show_status", "show_tags")
)
"""What may be asked of a list of items; none of it is code but `filter`, which is looked at."""

_NO_ROLE = frozenset(["", "title-reference"])  # what text in single quotes of a .rst page is

_FILTER = (
    *(ast.Expression, ast.Name, ast.Load, ast.Constant, ast.List, ast.Tuple),
    *(ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not),
    *(ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn),
)

_SWITCHES = re.compile(r"""\{?\s*["']?(?P<key>myst|mystnb|html_meta|substitutions)["']?\s*:""")

_REFUSED: Mapping[str, str] = {
    **dict.fromkeys(("include", "literalinclude"), "page-directive.reads-files"),
    **dict.fromkeys(("needimport", "needextend", "list2need"), "page-directive.changes-items"),
    "csv-table": "page-directive.reads-tables",
}
"""Why a directive is refused; those that are not here are simply not on the list."""


def settle(_app: Sphinx, config: Config) -> None:
    """On `config-inited`: stop where conf.py lets pages fill in templates, which can run anything."""
    if "substitution" in config.myst_enable_extensions:
        stop(say("handbook.stop.substitution"))


def close(app: Sphinx) -> None:
    """On `builder-inited`: neither HTML nor another file comes into a page, whatever a directive would allow."""
    app.env.settings.update(raw_enabled=False, file_insertion_enabled=False)


class PageParser(MystParser):
    """Reads a page in Markdown. Its front matter changes nothing about how it is read."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Read the page, with what is allowed on it."""
        parser = create_md_parser(document.settings.env.myst_config, _PageRenderer)
        parser.options["document"] = document
        with _Allowing():
            parser.render(inputstring)


class PlainPageParser(RSTParser):
    """Reads a page in reStructuredText, for those who have such pages: the same is allowed."""

    def parse(self, inputstring: Any, document: nodes.document) -> None:  # noqa: ANN401 - as Sphinx has it
        """Read the page, with what is allowed on it."""
        with _Allowing():
            super().parse(inputstring, document)


class _PageRenderer(SphinxRenderer):
    """Turns Markdown into a page, without its HTML."""

    def render_html_block(self, token: SyntaxTreeNode) -> None:
        """Refuse HTML, between lines or within one; a comment, too, would be published."""
        _refuse(self.sphinx_env, _line_of(token), complaint("page-html.html"))

    def render_restructuredtext(self, token: SyntaxTreeNode) -> None:
        _refuse(self.sphinx_env, _line_of(token), complaint("page-directive.directive", name="eval-rst"))

    def render_front_matter(self, token: SyntaxTreeNode) -> None:
        """Refuse keys that would change how the page is read; they are not obeyed either way."""
        for line, text in enumerate(str(token.content).splitlines(), start=_line_of(token) + 1):
            if found := _SWITCHES.match(text):
                _refuse(self.sphinx_env, line, complaint("page-front-matter.key", key=found["key"]))
        super().render_front_matter(token)


class _Allowing(CustomReSTDispatcher):
    """While a page is read: looks up nothing but what is allowed."""

    def directive(
        self, directive_name: str, language_module: ModuleType, document: nodes.document
    ) -> tuple[type[Directive] | None, list[nodes.system_message]]:
        name = directive_name.lower()
        if name not in DIRECTIVES:
            return _RefusedDirective, []
        found, messages = super().directive(directive_name, language_module, document)
        return (_with_plain_filter(found) if found and name in FILTERED else found), messages

    def role(
        self, role_name: str, language_module: ModuleType, lineno: int, reporter: Reporter
    ) -> tuple[RoleFunction, list[nodes.system_message]]:
        name = role_name.lower()
        if name not in ROLES | _NO_ROLE:
            return _RefusedRole(), []
        found, messages = super().role(role_name, language_module, lineno, reporter)
        return (_PlainCount(found) if name == COUNTING else found), messages


class _RefusedDirective(Line):
    """Stands in for every directive that is not for pages."""

    def run(self) -> list[nodes.Node]:
        return self.refuse(complaint(_REFUSED.get(self.name, "page-directive.directive"), name=self.name))


class _RefusedRole(SphinxRole):
    """Stands in for every role that is not for pages."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        _refuse(self.env, self.lineno, complaint("page-directive.role", name=self.name))
        return [], []


class _PlainCount(SphinxRole):
    """The role that counts items, which counts only where its text is plain comparisons."""

    def __init__(self, count: RoleFunction) -> None:
        super().__init__()
        self._count = count

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        if all(is_plain(condition) for condition in self.text.split(" ? ")):
            return self._count(self.name, self.rawtext, self.text, self.lineno, self.inliner)
        _refuse(self.env, self.lineno, _not_plain(self.name))
        return [], []


def _with_plain_filter(view: type[Directive]) -> type[Directive]:
    """The directive, which lists items only where nothing of it would be run."""

    def run(directive: SphinxDirective) -> Sequence[nodes.Node]:
        faults = list(_faults_of_view(directive))
        for fault in faults:
            _refuse(directive.env, directive.lineno, fault)
        return [] if faults else view.run(directive)

    return type(view.__name__, (view,), {"run": run})


def _faults_of_view(view: SphinxDirective) -> Iterator[Complaint]:
    for option in sorted(set(view.options) - VIEW_OPTIONS):
        yield complaint("page-directive.option", option=option, view=view.name)
    if view.content:
        yield complaint("page-filter.content", view=view.name)
    if not is_plain(view.options.get("filter") or "True"):
        yield _not_plain(view.name)


def _not_plain(view: str) -> Complaint:
    return complaint("page-filter.filter", view=view, less="<")


def is_plain(condition: str) -> bool:
    """Whether a filter is made of names, values and comparisons alone, so that it can do nothing but compare."""
    try:
        tree = ast.parse(condition, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(isinstance(node, _FILTER) for node in ast.walk(tree))


def _refuse(env: BuildEnvironment, line: int, fault: Complaint) -> None:
    page_being_read(env).refused.append((line, fault))


def _line_of(token: SyntaxTreeNode) -> int:
    """The line of a token, or of the nearest one around it that has a line."""
    while not token.map and token.parent:
        token = token.parent
    return token.map[0] if token.map else 0

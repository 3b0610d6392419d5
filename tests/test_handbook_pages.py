"""The pages as written: menus, search, settings, and nothing in them that a strict policy would refuse."""

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from tests.ladders import Built, Project


def test_without_results_every_check_is_not_checked(own: Project) -> None:
    """No results file is no mistake: the handbook runs no check and says of each that it was not checked."""
    (own.folder / "build" / "results.json").unlink()
    built = own.build()
    assert built.warnings == ""
    assert {need["outcome"] for need in built.needs.values() if need["type"] == "check"} == {"not-run"}


def test_results_are_never_searched_for(own: Project) -> None:
    """The search index knows titles and summaries, and is the same with results and without."""
    own.replace("docs/records.md", ":columns: id, title, outcome, verifies\n", ":columns: id, title, verifies\n")
    index = (own.build().folder / "searchindex.js").read_text("utf-8")
    (own.folder / "build" / "results.json").unlink()
    assert index == (own.build().folder / "searchindex.js").read_text("utf-8")
    assert '"Look at every ladder four times a year": [[' in index.replace('":[[', '": [[')


def test_settings_of_conf_py_are_followed(own: Project) -> None:
    """Another policy folder, another organisation and another day can be named, relative to conf.py."""
    shutil.move(own.folder / "policy", own.folder / "elsewhere")
    shutil.move(own.folder / "street", own.folder / "road")
    own.replace("road/organisation.yaml", "Our street", "Our road")
    built = own.build(
        policykit_policy="elsewhere",
        policykit_organisation="road",
        policykit_results="none.json",
        policykit_as_at="2027-05-01",
    )
    assert "Our road (made up)" in built.page("index")
    assert "As at <time" in built.page("index")
    assert "1 May 2027" in built.page("index")


def test_menus_show_chapters_and_short_titles(built: Built) -> None:
    """The handbook's menu has every page, this one marked; the page's menu its sections, and duties by short title."""
    page = built.page("lending")
    site = page.split('aria-label="Handbook"')[1].split("</nav>")[0]
    here = page.split('aria-label="On this page"')[1].split("</nav>")[0]
    assert re.findall(r'<a href="([^"]*)"', site) == [
        *("index.html", "looking.html", "#", "guidance.html", "law.html", "records.html", "search.html"),
    ]
    assert 'aria-current="page">Lending ladders' in site
    assert re.findall(r'<a href="#([^"]*)">([^<]*)<', here) == [
        ("at-the-door", "At the door"),
        ("DUTY-LEND", "Back on the day"),
        ("in-the-garden", "In the garden"),
        ("DUTY-SHOW", "Show how"),
    ]


def test_menus_open_the_way_down_to_the_page(own: Project) -> None:
    """Pages inside a chapter show in the menu of that chapter and of each other, and in the path; nowhere else."""
    own.write("docs/shed.md", "# The shed\n\n```{toctree}\nrungs\n```\n")
    own.write("docs/rungs.md", "# Rungs\n")
    own.replace("docs/index.md", "looking\n", "looking\nshed\n")
    built = own.build()
    assert built.warnings == ""
    assert '<a href="#" aria-current="page">Rungs</a>' in built.page("rungs")
    assert '<li><a href="shed.html">The shed</a></li><li aria-current="page">Rungs</li>' in built.page("rungs")
    assert '<a href="rungs.html">Rungs</a>' in built.page("shed").split('aria-label="Handbook"')[1]
    assert "Rungs" not in built.page("looking")


def test_front_matter_shapes_the_page(built: Built) -> None:
    """`description` becomes the page's description, `frame: wide` takes the page's menu away."""
    assert '<meta name="description" content="Looking at ladders.">' in built.page("looking")
    assert '<div class="wrap frame wide">' in built.page("records")
    assert "On this page" not in built.page("records")


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def loaded(self) -> Iterator[str]:
        """What the browser loads for the page."""
        for tag, attrs in self.tags:
            if tag in {"script", "img"} or (tag == "link" and attrs["rel"] in {"stylesheet", "icon"}):
                yield attrs.get("src") or attrs.get("href") or ""


def test_pages_load_own_files_only_and_carry_nothing_inline(built: Built) -> None:
    """No script, style or handler stands in a page, a strict policy says so, and each file lies in the folder."""
    for page in built.pages:
        html = page.read_text("utf-8")
        tags = Tags(html)
        assert not [tag for tag, attrs in tags.tags if tag == "style" or (tag == "script" and "src" not in attrs)], page
        assert not [attrs for _, attrs in tags.tags if any(name == "style" or name[:2] == "on" for name in attrs)], page
        assert "content=\"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';" in html, page
        assert all((page.parent / name.split("?")[0]).is_file() for name in tags.loaded()), page


def test_pages_load_the_stylesheet_and_the_script_and_no_more(built: Built) -> None:
    """jQuery, Pygments and the scripts of Sphinx and sphinx-needs stay away from pages that do not need them."""
    names = {Path(name.split("?")[0]).name for name in Tags(built.page("looking")).loaded()}
    assert names == {"icon.svg", "handbook.css", "handbook.js"}
    searching = {Path(name.split("?")[0]).name for name in Tags(built.page("search")).loaded()}
    assert searching - names == {
        *("documentation_options.js", "doctools.js", "sphinx_highlight.js"),
        *("searchtools.js", "language_data.js", "searchindex.js"),
    }


def test_nothing_is_published_beside_the_handbook(built: Built) -> None:
    """Neither sources, times, pickles nor a page with an inline script lie in the published folder."""
    names = {path.name for path in built.folder.rglob("*")}
    assert not names & {"schema_violations.json", "permalink.html", ".doctrees", ".buildinfo.bak"}
    assert not [path for path in built.folder.rglob("*") if path.suffix in {".txt", ".md", ".pickle", ".doctree"}]

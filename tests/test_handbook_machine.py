"""What the Sphinx side of the handbook promises: items placed, needs made, pages framed, and nothing forged."""

import inspect
import json
import re
import shutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from sphinx.util.inventory import InventoryFile
from sphinx_needs.api import generate_need
from sphinx_needs.data import SphinxNeedsData
from sphinx_needs.needsfile import check_needs_file
from tests.ladders import Built, Project

CASES = Path(__file__).parent / "cases" / "handbook"

LINKS = {"stated_in", "prompted_by", "rests_on", "verifies", "grounds", "reads"}
COUNTS = {"in_scope", "conform", "violate", "unknown", "out", "unreadable"}
TEXTS = {
    *("strength", "strength_today", "bearer", "owner", "outcome", "clause_class", "currency", "treated_as"),
    *("in_force_from", "in_force_to", "verification", "method", "severity", "examples"),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The ladders pack, checked."""
    project = Project.copied_to(tmp_path_factory.mktemp("machine") / "ladders")
    project.check()
    return project


@pytest.fixture(scope="module")
def built(project: Project) -> Built:
    """Its handbook."""
    return project.build()


@pytest.fixture
def own(project: Project, tmp_path: Path) -> Project:
    """A copy of the checked pack that a test may change."""
    shutil.copytree(project.folder, tmp_path / "own", ignore=shutil.ignore_patterns("out", "read"))
    return Project(tmp_path / "own")


def needs_of(built: Built) -> dict[str, dict[str, Any]]:
    """The needs of needs.json by id."""
    exchanged = json.loads((built.folder / "needs.json").read_text("utf-8"))
    needs: dict[str, dict[str, Any]] = exchanged["versions"][exchanged["current_version"]]["needs"]
    return needs


def test_the_extension_is_all_that_a_conf_py_needs(project: Project, built: Built) -> None:
    """A conf.py that names the extension, and nothing else, builds the handbook without a warning."""
    assert 'extensions = ["policykit.handbook"]' in project.read("conf.py")
    assert built.warnings == ""
    assert "Ladders for all" in built.page("index")


def test_every_item_is_a_need_with_its_links(built: Built) -> None:
    """Duties, clauses, provisions, checks and registers, also those built in, stand in needs.json with links."""
    needs = needs_of(built)
    assert {kind: sorted(name for name in needs if needs[name]["type"] == kind) for kind in ("duty", "register")} == {
        "duty": ["DUTY-LEND", "DUTY-LOOK", "DUTY-SHOW"],
        "register": ["REG-LADDERS", "REG-LAW", "REG-LOANS", "REG-ORGANISATION"],
    }
    assert needs["DUTY-LOOK"]["stated_in"] == ["LL-S1"]
    assert needs["CHK-LOOKED"]["verifies"] == ["DUTY-LEND", "DUTY-LOOK"]
    assert needs["CHK-LOOKED"]["grounds"] == ["LA1999-S1", "LL-S1"]
    assert needs["CHK-LOOKED"]["reads"] == ["REG-LADDERS"]
    assert needs["LL-S1"]["stated_in_back"] == ["DUTY-LOOK"]


def test_needs_carry_what_was_found(built: Built) -> None:
    """Outcomes and counts are those of the run; a count is a number, or null where nothing was counted."""
    needs = needs_of(built)
    late = needs["CHK-BACK"]
    assert (late["outcome"], late["severity"], late["in_scope"], late["violate"]) == ("fail", "should", 2, 1)
    assert (needs["CHK-SHOWN"]["outcome"], needs["CHK-SHOWN"]["in_scope"]) == ("attested", None)
    assert (needs["DUTY-LOOK"]["outcome"], needs["DUTY-LOOK"]["strength_today"]) == ("pass", "must")
    assert (needs["LA1999-S1"]["in_force_from"], needs["LA1999-S1"]["in_force_to"]) == ("1999-05-01", "")


def test_fields_of_needs_are_of_one_type_each(built: Built) -> None:
    """Whatever a need's kind: links are lists, counts integers or null, all else text."""
    for name, need in needs_of(built).items():
        assert all(isinstance(need[link], list) for link in LINKS), name
        assert all(need[count] is None or type(need[count]) is int for count in COUNTS), name
        assert all(isinstance(need[text], str) for text in TEXTS), name


def test_every_need_points_at_its_card(built: Built) -> None:
    """The page and id that needs.json gives an item are those of its card, and no other page has that id."""
    pages = {page.stem: page.read_text("utf-8") for page in built.pages}
    for name, need in needs_of(built).items():
        with_card = [page for page, html in pages.items() if f' id="{name}"' in html]
        assert with_card == [need["docname"]], name
        assert re.search(rf'<\w+[^>]* id="{name}"[^>]* data-kind="{need["type"]}"', pages[need["docname"]]), name


def test_a_check_stands_with_its_first_duty_unless_it_is_placed(built: Built) -> None:
    """CHK-LOOKED stands in the card of DUTY-LOOK, and DUTY-LEND links to it; CHK-BACK stands where it was placed."""
    assert 'id="CHK-LOOKED"' in built.page("looking")
    assert 'href="looking.html#CHK-LOOKED"' in built.page("lending")
    assert built.page("lending").index('id="CHK-BACK"') > built.page("lending").index('href="#CHK-BACK"')


def test_a_provision_placed_singly_is_linked_from_the_register(built: Built) -> None:
    """The law register shows every provision but the one that has a place of its own, and links to that."""
    law = built.page("law")
    assert law.index('href="#LA1999-S2"') < law.index('id="LA1999-S2"')


def test_items_are_linked_in_every_way_that_sphinx_has(built: Built) -> None:
    """`[](#ID)`, `{ref}`, `{need}` and a link with words of its own all lead to the card."""
    assert '<a class="reference internal" href="guidance.html#LL-S1">' in built.page("looking")
    assert '<a class="reference internal" href="law.html#LA1999-S1">' in built.page("looking")
    assert re.search(r'href="looking.html#DUTY-LOOK"[^>]*>\s*<em[^>]*>Look at every', built.page("lending"))
    assert re.search(r'href="records.html#REG-LOANS"><span[^>]*>the records</span>', built.page("lending"))


def test_other_projects_can_link_to_items(built: Built) -> None:
    """objects.inv has every item with its page, its id and its title."""
    with (built.folder / "objects.inv").open("rb") as file:
        item = InventoryFile.load(file, "", lambda _, path: path)["std:label"]["duty-look"]
    assert (item.uri, item.display_name) == ("looking.html#DUTY-LOOK", "Look at every ladder four times a year")


def test_tables_of_sphinx_needs_show_items(built: Built) -> None:
    """`{needtable}` lists the checks with their outcomes and links to their cards."""
    table = built.page("records").split("NEEDS_TABLE")[1].split("</table>")[0]
    assert '<a class="reference internal" href="lending.html#CHK-BACK">' in table
    assert "<p>fail</p>" in table


@pytest.mark.parametrize("case", sorted(CASES.glob("*.md")), ids=lambda path: path.stem)
def test_mistakes_and_forgeries_are_refused_with_the_remedy(own: Project, case: Path) -> None:
    """Each page of tests/cases/handbook says in its head what the build must answer; no tick is typed by hand."""
    for file in CASES.iterdir():
        if file == case or file.suffix == ".json":
            shutil.copy(file, own.folder / "docs")
    says = yaml.safe_load(case.read_text("utf-8").split("---\n")[1])["says"]
    built = own.build()
    assert f"{case.name}:" in built.warnings
    assert says in built.warnings
    needs = needs_of(built)
    assert set(needs) == {
        name for name in needs if name.startswith(("DUTY-L", "DUTY-SHOW", "LL-", "LA", "CHK-", "REG-"))
    }
    assert not {"CHK-FORGED", "CHK-STRANGER", "DUTY-LOK"} & set(needs)
    assert (needs["DUTY-LOOK"]["title"], needs["DUTY-LOOK"]["outcome"]) == (
        "Look at every ladder four times a year",
        "pass",
    )


def test_what_is_placed_nowhere_is_said(own: Project) -> None:
    """A duty on no page is named with its file; so are the clauses where no ledger shows them; with what to write."""
    own.replace("docs/lending.md", "```{duty} DUTY-SHOW\n```\n", "")
    own.replace("docs/guidance.md", "```{source-ledger}\n```\n", "")
    warnings = own.build().warnings
    assert "policy/duties/DUTY-SHOW.md" in warnings
    assert "DUTY-SHOW is on no page - write {duty} DUTY-SHOW on the page where it belongs" in warnings
    assert "5 items of kind clause are on no page, first LL-T1 - write {source-ledger} on a page" in warnings


def test_a_build_of_the_whole_folder_is_refused(own: Project) -> None:
    """Without `-c`, conf.py's folder would be taken for the pages: the build ends with a sentence and no traceback."""
    shutil.copy(own.folder / "docs" / "index.md", own.folder / "index.md")
    ended = own.run(sys.executable, "-m", "sphinx", ".", "out")
    assert ended.code == 2
    assert "build with `-c . docs OUT`" in ended.said
    assert "Traceback" not in ended.said


def test_the_folder_of_conf_py_is_no_output_folder(own: Project) -> None:
    """What lies in an output folder is replaced, so the folder that holds conf.py and its policy is refused."""
    ended = own.build_apart(out=".")
    assert ended.code == 2
    assert "build into a folder of its own" in ended.said
    assert (own.folder / "policy" / "policy.yaml").is_file()


def test_results_that_are_none_end_the_build(own: Project) -> None:
    """A results file that is not one is said to be wrong, and nothing is shown for it."""
    own.write("build/results.json", '{"schema": "policykit-results/1", "checks": "all well"}')
    ended = own.build_apart()
    assert ended.code == 2
    assert "results.json" in ended.said
    assert "Traceback" not in ended.said


def test_problems_of_the_policy_end_the_build_each_with_its_line(own: Project) -> None:
    """Two mistakes in two files are both said as path and line; the build ends in failure, without a traceback."""
    own.replace("policy/policy.yaml", "edition: 2026.1", "edtion: 2026.1")
    own.replace("policy/duties/DUTY-SHOW.md", "strength: may", "strength: shall")
    ended = own.build_apart()
    assert ended.code == 2
    assert re.search(r"policy/policy\.yaml:4: .+ - ", ended.said)
    assert re.search(r"policy/duties/DUTY-SHOW\.md:6: .+ - ", ended.said)
    assert "Traceback" not in ended.said


def test_a_day_that_is_none_ends_the_build(own: Project) -> None:
    """`policykit_as_at` must be a real day."""
    ended = own.build_apart("-D", "policykit_as_at=2026-02-30")
    assert ended.code == 2
    assert "policykit_as_at is not a day of the calendar - write it as 2026-11-01" in ended.said


def test_without_results_every_check_is_not_checked(own: Project) -> None:
    """No results file is no mistake: the handbook runs no check and says of each that it was not checked."""
    (own.folder / "build" / "results.json").unlink()
    built = own.build()
    assert built.warnings == ""
    assert {need["outcome"] for need in needs_of(built).values() if need["type"] == "check"} == {"not-run"}


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


def test_sphinx_needs_keeps_what_we_rest_on(built: Built) -> None:
    """The functions of sphinx-needs that we call are there, with the arguments that we give them."""
    taken = inspect.signature(generate_need).parameters
    given = {"docname", "lineno", "id", "doctype", "content", "sections", "allow_type_coercion"}
    assert given <= set(taken)
    assert list(taken)[:4] == ["needs_config", "needs_schema", "need_type", "title"]
    assert callable(SphinxNeedsData.get_schema)
    assert len(needs_of(built)) == 3 + 5 + 2 + 3 + 4


def test_needs_json_is_what_sphinx_needs_exchanges(built: Built) -> None:
    """Its own test of the structure accepts the file, and the edition of the pack is the version in it."""
    file = built.folder / "needs.json"
    assert check_needs_file(str(file)).schema == []
    assert json.loads(file.read_text("utf-8"))["current_version"] == "2026.1"

"""Items as sphinx-needs and Sphinx see them: each has its place, is a need, and can be linked to."""

import inspect
import json
import re

from sphinx.util.inventory import InventoryFile
from sphinx_needs.api import generate_need
from sphinx_needs.data import SphinxNeedsData
from sphinx_needs.needsfile import check_needs_file
from tests.ladders import Built, Project

LINKS = {"stated_in", "prompted_by", "rests_on", "verifies", "grounds", "reads"}
COUNTS = {"in_scope", "conform", "violate", "unknown", "out", "unreadable"}
TEXTS = {
    *("strength", "strength_today", "bearer", "owner", "outcome", "clause_class", "currency", "treated_as"),
    *("in_force_from", "in_force_to", "verification", "method", "severity", "examples"),
}


def test_the_extension_is_all_that_a_conf_py_needs(ladders: Project, built: Built) -> None:
    """A conf.py that names the extension, and nothing else, builds the handbook without a warning."""
    assert 'extensions = ["policykit.handbook"]' in ladders.read("conf.py")
    assert built.warnings == ""
    assert "Ladders for all" in built.page("index")


def test_every_item_is_a_need_with_its_links(built: Built) -> None:
    """Duties, clauses, provisions, checks and registers, also those built in, stand in needs.json with links.

    What tests two parts of a sentence leads to the sentence, once.
    """
    needs = built.needs
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
    needs = built.needs
    late = needs["CHK-BACK"]
    assert (late["outcome"], late["severity"], late["in_scope"], late["violate"]) == ("fail", "should", 2, 1)
    assert (needs["CHK-SHOWN"]["outcome"], needs["CHK-SHOWN"]["in_scope"]) == ("attested", None)
    assert (needs["DUTY-LOOK"]["outcome"], needs["DUTY-LOOK"]["strength_today"]) == ("pass", "must")
    assert (needs["LA1999-S1"]["in_force_from"], needs["LA1999-S1"]["in_force_to"]) == ("1999-05-01", "")


def test_fields_of_needs_are_of_one_type_each(built: Built) -> None:
    """Whatever a need's kind: links are lists, counts integers or null, all else text."""
    for name, need in built.needs.items():
        assert all(isinstance(need[link], list) for link in LINKS), name
        assert all(need[count] is None or type(need[count]) is int for count in COUNTS), name
        assert all(isinstance(need[text], str) for text in TEXTS), name


def test_every_need_points_at_its_card(built: Built) -> None:
    """The page and id that needs.json gives an item are those of its card, and no other page has that id."""
    pages = {page.stem: page.read_text("utf-8") for page in built.pages}
    for name, need in built.needs.items():
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


def test_sphinx_needs_keeps_what_we_rest_on(built: Built) -> None:
    """The functions of sphinx-needs that we call are there, with the arguments that we give them."""
    taken = inspect.signature(generate_need).parameters
    given = {"docname", "lineno", "id", "doctype", "content", "sections", "allow_type_coercion"}
    assert given <= set(taken)
    assert list(taken)[:4] == ["needs_config", "needs_schema", "need_type", "title"]
    assert callable(SphinxNeedsData.get_schema)
    assert len(built.needs) == 3 + 5 + 2 + 3 + 4


def test_needs_json_is_what_sphinx_needs_exchanges(built: Built) -> None:
    """Its own test of the structure accepts the file, and the edition of the pack is the version in it."""
    file = built.folder / "needs.json"
    assert check_needs_file(str(file)).schema == []
    assert json.loads(file.read_text("utf-8"))["current_version"] == "2026.1"

"""docs/specification.md is true: what it says of files, rules, outcomes and interfaces is what the code knows."""

import json
import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import get_args

import pytest
from pydantic import BaseModel
from tests.sites import POLICY, ROOT
from tests.specification import (
    FILES,
    SPECIFICATION,
    blocks,
    chapter,
    conditions,
    keys,
    models,
    rows,
    samples,
    shown,
    ticked,
    words,
)

from policykit.engines.files import csv_records, excel
from policykit.engines.in_place import SECONDS
from policykit.english import say
from policykit.exports.schemas import LISTS, MAPPINGS
from policykit.handbook.config import VALUES
from policykit.handbook.items import KINDS, LINKS, fields
from policykit.handbook.pages import KNOWN_ARGUMENTS
from policykit.model import scalars
from policykit.model.registers import FieldType, Parameter
from policykit.model.results import Counts, Outcome
from policykit.model.scalars import FIRST_YEAR, LAST_YEAR
from policykit.problems import NOTICES, ExitCode, Notice, Severity
from policykit.reading import load_organisation, load_pack, registers_of, setting_of, yaml
from policykit.reading.checks import ASKED
from policykit.reading.files import MOST_BYTES
from policykit.reading.pack import HEADINGS, LONGEST_SENTENCE
from policykit.reading.settings import LONGEST_DAYS
from policykit.rules import Population, fits, plain, words_of
from policykit.rules.language import Node, Purpose, Role
from policykit.running import MOST_KEYS, Results
from policykit.running.in_effect import NIL_RETURN_MONTHS
from policykit.running.output_file import COLUMNS
from policykit.running.results_file import as_json
from policykit.tracing import GATEABLE, Gate

FORMATS = {**MAPPINGS, **LISTS}
SHARED = {"FieldShape": "registers", "Applies": "duty"}
"""Models that stand in several formats, and the one that shows all their keys."""
NAMED = {
    "a pack": "PolicyFile",
    "a provision": "Provision",
    "a list": "ListOfRows",
    "a field or fact": "FieldShape",
    "a duty": "FrontMatter",
    "a typical row": "Typical",
    "a decision table": "Decision",
    "a row of a table": "DecisionRow",
    "an outcome of a table": "DecisionOutcome",
    "a register": "DeclaredRegister",
    "rows outside": "Outside",
    "rows expected of a fact": "ExpectedOfFact",
    "rows expected": "Expected",
    "a watch": "Watched",
    "a confirmation": "Confirmed",
    "an organisation": "Profile",
    "a for_each": "ForEach",
    "something retired": "Retired",
}
"""What the table of required keys calls a model, where it is not the model's own name in small letters."""


def model_called(words: str) -> str:
    """The name of the model that the table of required keys calls so."""
    return NAMED.get(words) or words.removeprefix("a ").removeprefix("an ").title().replace(" ", "")


def all_models() -> dict[str, type[BaseModel]]:
    """Every model of every file format, by its name."""
    return {each.__name__: each for model in FORMATS.values() for each in models(model)}


def test_every_file_format_has_its_chapter() -> None:
    """The files of the table are those that have a schema, and each is said to hold what it holds."""
    listed = {path: cells[1] for cells in rows("Reading", "Which files there are") for path in ticked(cells[0])}
    holds = {path.split("/")[0].removesuffix(".yaml"): "list" in held.split(" in ")[0] for path, held in listed.items()}

    assert FORMATS.keys() == FILES.keys()
    assert holds == {
        "law" if name == "law" else name if name in LISTS else plural(name): name in LISTS for name in FILES
    }


def plural(name: str) -> str:
    """The folder of a format that has several files."""
    return name if name in {"policy", "organisation"} else "duties" if name == "duty" else f"{name}s"


@pytest.mark.parametrize("schema", FILES)
def test_the_sample_of_a_file_is_accepted_and_shows_every_key_that_it_can_have(schema: str) -> None:
    """The format accepts what the chapter shows, and knows no key that does not stand there."""
    ours = [model for model in models(FORMATS[schema]) if SHARED.get(model.__name__, schema) == schema]
    standing = {(model, key) for sample in samples(schema) for model, key in shown(sample) if model in ours}

    assert {(model, key) for model in ours for key in keys(model)} == standing


@pytest.mark.parametrize("schema", FILES)
def test_every_word_that_a_key_may_have_stands_in_its_chapter(schema: str) -> None:
    """Where a key takes one of several words, the chapter names them all."""
    said = chapter(*FILES[schema]) + chapter("Registers and records", "Values")
    wanted = {word for model in models(FORMATS[schema]) for word in words(model)}

    assert [] == sorted(word for word in wanted if not re.search(rf"(?<![\w-]){word}(?![\w-])", said))


def test_the_required_keys_are_those_of_the_code() -> None:
    """Of every part of every file: the keys that it needs, no more and no fewer."""
    told = {model_called(of): set(ticked(listed)) for of, listed in rows("Reading", "Required keys")}

    assert {name: keys(model, required=True) for name, model in all_models().items()} == told
    (rule,) = re.findall(r"^- A rule also has (.*?)\.", chapter("Checks"), re.MULTILINE | re.DOTALL)
    assert set(ASKED) == set(ticked(rule))


def test_the_types_of_fields_and_parameters_are_those_of_the_code() -> None:
    """Six types of fields, five of parameters."""
    said = re.search(r"The types are (.*?)\.", chapter("The files of a pack", "parameters.yaml"))

    assert [kind.value for kind in FieldType] == [
        ticked(cells[0])[0] for cells in rows("Registers and records", "Values")
    ]
    assert said
    assert set(re.findall(r"\w+", said[1])) - {"and"} == set(get_args(Parameter.model_fields["type"].annotation))


def test_every_test_of_the_rule_language_stands_there_with_its_keys_and_fields() -> None:
    """The table has each test, what it takes and which types of fields it is for."""
    told = {
        name: (set(ticked(taken)), types)
        for names, taken, types, _ in rows("The rule language", "Tests")
        for name in ticked(names)
    }
    known = {name: (keys(node) - {"test"}, next(types_of_fields(node), "none")) for name, node in conditions().items()}

    assert known == told


def types_of_fields(node: type[Node]) -> Iterator[str]:
    """The types of fields that each key of a test takes, as the table says them."""
    marks = (mark for info in node.model_fields.values() for mark in info.metadata if isinstance(mark, Purpose))
    for mark in marks:
        if mark.role in {Role.FIELD, Role.FIELDS}:
            yield "all" if mark.types == set(FieldType) else ", ".join(sorted(mark.types))


def test_every_form_of_a_value_stands_there() -> None:
    """The forms of values are those of the code."""
    parts = Population.model_json_schema(by_alias=True)["$defs"].values()
    forms = {key for part in parts if len(part.get("properties", ())) == 1 for key in part["properties"]}

    assert forms - {"of"} == {ticked(cells[0])[0] for cells in rows("The rule language", "Value forms")}


def test_every_test_has_its_pattern_and_the_rules_of_the_pack_read_as_shown() -> None:
    """What rules read like: a pattern for each test, and eight rules word for word."""
    pack = load_pack(POLICY.policy)
    organisation = load_organisation(POLICY.organisation, pack)
    setting = setting_of(pack, organisation, organisation.as_at)
    read = re.findall(r"^`(CHK-[A-Z0-9-]+)`\n\n```text\n(.*?)```$", SPECIFICATION, re.MULTILINE | re.DOTALL)

    assert {
        name for cells in rows("What rules read like", "Patterns") for name in ticked(cells[0])
    } == conditions().keys()
    assert len(read) == 8
    assert [] == [name for name, text in read if text.strip() not in plain(words_of(pack.checks[name], setting))]


def test_the_columns_of_the_law_are_those_of_the_code() -> None:
    """The built-in register of law has the fields that the chapter names."""
    (said,) = re.findall(r"one row for each period, with (.*?);", chapter("Registers and records"), re.DOTALL)

    assert list(registers_of(load_pack(POLICY.policy))["law"].fields) == ticked(said)


def test_outcomes_counts_and_the_gate_are_those_of_the_code() -> None:
    """Every outcome in its order with its word, every count, and what trips the gate."""
    gate = chapter("Outcomes", "The gate")
    (trips,) = re.findall(r"all of these: (.*?)\.", gate, re.DOTALL)
    table = [cells for cells in rows("Outcomes") if ticked(cells[0])]

    assert [(outcome.code, outcome.word) for outcome in Outcome] == [(ticked(code)[0], word) for code, word in table]
    assert keys(Counts) == {ticked(cells[0])[0] for cells in rows("Scope and counts")}
    assert [outcome.code for outcome in GATEABLE] == re.findall(r"[a-z]+(?:-[a-z]+)?", trips.replace(" and ", " "))
    (check,) = [command for command in described() if command.name == "check"]
    (default,) = [means for name, means in check.options if name.startswith("--fail-on")]
    assert default.endswith("Default: all that is not well.")
    assert Gate().fail_on == set(GATEABLE)


def described() -> tuple:  # type: ignore[type-arg] # what an entry point gives
    """Every command as the command line describes itself."""
    (found,) = entry_points(group="policykit.commands")
    return found.load()()  # type: ignore[no-any-return] # as above


def test_every_command_option_and_exit_code_stands_there() -> None:
    """The commands with what they take, and the codes that they end with."""
    told = {ticked(name)[0]: set(ticked(taken)) for name, taken in rows("Published interfaces", "Commands")}
    codes = [int(code) for code, _ in rows("Published interfaces", "Exit codes")]

    assert {each.name: {name.split()[0] for name, _ in each.options} for each in described()} == told
    assert sorted(ExitCode) == codes


def test_every_setting_warning_and_directive_stands_there() -> None:
    """What conf.py and pages may say."""
    settings = {ticked(name)[0]: default.strip("`") for name, default in rows("Published interfaces", "conf.py")}
    used = {path.read_text("utf-8") for path in (ROOT / "src" / "policykit" / "handbook").glob("*.py")}
    messages = {name for text in used for name in re.findall(r'"([a-z-]+)\.[a-z-]+"', text)}
    notices = [NOTICES[name] for name in messages & NOTICES.keys()]
    warnings = re.findall(r"`policykit\.([a-z-]+)`", chapter("Published interfaces", "conf.py"))
    placing, *views = rows("Published interfaces", "Directives")

    assert settings.keys() == VALUES.keys()
    assert all(settings[name] == default for name, default in VALUES.items() if default)
    of_earlier_runs = {Notice.GONE.code, Notice.WEAKENED.code}
    assert {notice.code for notice in notices if notice.severity is Severity.WARNING} | of_earlier_runs == set(warnings)
    assert ticked(placing[0]) == list(KINDS)
    assert {ticked(name)[0]: tuple(ticked(takes)) for name, takes, _ in views} == KNOWN_ARGUMENTS


def test_every_key_of_needs_json_stands_there() -> None:
    """Types, links and fields of what other tools read."""
    text, table = chapter("Published interfaces", "needs.json"), rows("Published interfaces", "needs.json")
    (kinds,) = re.findall(r"Its\s+types\s+are\s+(.*?)\.", text, re.DOTALL)
    links = [
        cells[0] for cells in table if cells[2] in {"clause", "provision", "duty", "register", "clause or provision"}
    ]

    assert set(ticked(kinds)) == set(KINDS)
    assert [name for cell in links for name in ticked(cell)] == list(LINKS)
    assert {name for cells in table if cells[0] not in links for name in ticked(cells[0])} == fields().keys()


def test_results_json_is_as_shown() -> None:
    """The sample is read, and written again with the same keys and nothing else."""
    (sample,) = blocks("json", "Published interfaces", "results.json")
    written = json.loads(sample.replace("sha256:...", "sha256:" + "0" * 64))

    assert json.loads(as_json(Results.model_validate(written))) == written


def test_the_list_of_keys_and_the_options_of_pytest_are_as_shown(pytestconfig: pytest.Config) -> None:
    """What else other tools read and say."""
    (columns,) = re.findall(
        r"with the columns (.*?), every", chapter("Published interfaces", "The list of keys"), re.DOTALL
    )
    options = {ticked(cells[0])[0] for cells in rows("Published interfaces", "pytest")}

    assert ticked(columns) == list(COLUMNS)
    assert options == {
        f"--{name.replace('_', '-')}" for name in vars(pytestconfig.option) if name.startswith("policykit_")
    }


def test_every_limit_is_that_of_the_code() -> None:
    """Numbers are said as the code has them, and so are the headings that a duty needs."""
    said = " ".join(SPECIFICATION.split())
    limits = (
        f"at most {MOST_BYTES >> 20} MiB each",
        f"at most {yaml.DEEPEST} levels deep",
        f"a record over {csv_records.LONGEST >> 20} MiB",
        f"more than {excel.LARGEST // 1_000_000} MB unpacked",
        f"A statement may take {SECONDS} seconds",
        f"from {FIRST_YEAR} to {LAST_YEAR}",
        f"0 to {scalars.LONGEST_DAYS:,} days or 0 to {scalars.LONGEST_MONTHS:,} months",
        f"at most {fits.DEEPEST} deep",
        f"at most {LONGEST_DAYS} days after `from`",
        f"at most {LONGEST_DAYS} days after it was said",
        f"begins at least {NIL_RETURN_MONTHS} months before",
        f"more than {LONGEST_SENTENCE} words",
        f"At most {MOST_KEYS:,} units",
        *(f"`## {say(f'format.duty-heading.{name}')}`" for name in HEADINGS),
    )

    assert [] == [limit for limit in limits if limit not in said]


def test_what_cites_a_chapter_cites_one_that_exists() -> None:
    """Code and tests cite the specification, and name its chapters as they are called."""
    sources = [path for room in ("src", "tests", "bench") for path in (ROOT / room).rglob("*.py")]
    told = [path.read_text("utf-8") for path in sources if path.name != "test_specification.py"]
    cited = {name for text in told for name in re.findall(r"specification\.md, ([\w][\w .']*\w)[,.]", text)}

    assert len(cited) > 3
    assert cited <= set(re.findall(r"^##+ (.+)$", SPECIFICATION, re.MULTILINE))


def test_every_attempt_names_tests_that_there_are() -> None:
    """The table says where each of the 54 attempts is met, and no test in it was ever only planned."""
    attempts = rows("Attempts to get a tick that nobody earned")
    named = {name for *_, tests in attempts for name in ticked(tests)}
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    numbers = [int(number) for first, *_ in attempts for number in _counted(first)]

    assert [] == sorted(name for name in named if f"def {name}(" not in sources)
    assert sorted(numbers) == list(range(1, 55))


def _counted(text: str) -> list[int]:
    """The numbers that a cell means: 8 to 11, 13, 14."""
    found: list[int] = []
    for part in text.split(", "):
        first, _, last = part.partition(" to ")
        found += range(int(first), int(last or first) + 1)
    return found

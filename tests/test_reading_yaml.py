"""The composer: every scalar stays text, every value keeps its line, and no text makes it fail."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.chance import drawing

from policykit.problems import Notice, PolicyError
from policykit.reading import load_pack
from policykit.reading.duties import parts_of
from policykit.reading.yaml import Data, compose

YAMLISH = st.text(alphabet=st.sampled_from("ab:-?!&*<>|'\"[]{}#,~%@`\\ \t\n\r0.x\x00\x85\u202e\ufeff"), max_size=60)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("on: yes", {"on": "yes"}),
        ("edition: 2026.10", {"edition": "2026.10"}),
        ("code: 007", {"code": "007"}),
        ("day: 2026-02-30", {"day": "2026-02-30"}),
        ("time: 12:30:00", {"time": "12:30:00"}),
        ("a: null\nb: ~\nc:\n", {"a": None, "b": None, "c": None}),
        ("a: 'null'\nb: \"~\"\nc: ''\nd: NULL", {"a": "null", "b": "~", "c": "", "d": "NULL"}),
        ("- [1, {a: true}]", [["1", {"a": "true"}]]),
        ("null: x\n~: y", {"null": "x", "~": "y"}),
        ("a: |\n  one\n  two\n", {"a": "one\ntwo\n"}),
        ("# nothing\n", None),
        ("", None),
    ],
)
def test_every_scalar_stays_text(text: str, data: Data) -> None:
    """Only an empty value, ~ and null are blank; nothing becomes a number, a truth or a day by itself."""
    composed = compose(text)
    assert composed.data == data
    assert composed.flaws == ()


def test_every_value_keeps_its_line() -> None:
    """A line is found by keys and numbers of items; parts of the way that do not exist are passed over."""
    lines = compose("a: 1\nb:\n  - x\n  - c: 2\n    d:\n      3\n", first_line=10).lines
    found = [
        lines.at(loc) for loc in ((), ("a",), ("b",), ("b", 0), ("b", 1, "c"), ("b", 1, "d"), ("b", 1, "tag", "d"))
    ]
    assert found == [10, 10, 11, 12, 13, 14, 14]


def test_an_escaped_tab_is_read() -> None:
    """Only a tab that nobody can see is refused."""
    assert compose('a: "x\\ty"\n').data == {"a": "x\ty"}


UNSEEN = """00AD 034F 115F 1160 17B4 17B5 180B-180F 200B 2060-2064 2800 3164 FFA0 FFF9-FFFB E0000-E0FFF
E000-F8FF F0000-FFFFD 100000-10FFFD"""


def test_what_nobody_sees_is_refused_exactly() -> None:
    """Each such character, raw and escaped, at both ends of each range; and its neighbours are not."""
    for part in UNSEEN.split():
        first, last = (int(number, 16) for number in (part.split("-") * 2)[:2])
        for number in (first, last):
            for text in (f"a: x{chr(number)}y", f'a: "x\\U{number:08X}y"'):
                assert [flaw.said.notice for flaw in compose(text).flaws] == [Notice.CHARACTER], text
    for number in (0x00AC, 0x00AE, 0x034E, 0x115E, 0x1161, 0x17B3, 0x180A, 0x1810, 0x27FF, 0x2801, 0xFE0F, 0xFFFC):
        assert compose(f"a: x{chr(number)}y").flaws == (), hex(number)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", False),  # Persian, in which it parts two letters
        ("\u0915\u094d\u200d\u0937", False),  # Hindi: a letter has its mark before the joiner
        ("x\u200cy", False),
        ("\u200cx", True),
        ("x\u200d", True),
        ("x\u200d y", True),
        ("1\u200c2", True),
        ("x\u200d\u200dy", True),
        ("\U0001f469\u200d\U0001f4bb", True),
        ("e\u0301\u0302\u0303\u0304", False),
        ("e\u0301\u0302\u0303\u0304\u0305", True),
        ("e\u0301\u0302\u0303\u0304o\u0301\u0302\u0303\u0304", False),
    ],
)
def test_joiners_and_marks_belong_to_letters(text: str, refused: bool) -> None:  # noqa: FBT001 - a column of a table
    """What parts or joins letters stands between two, and a letter has at most four marks; escaped or not."""
    escaped = "".join(f"\\U{ord(each):08X}" for each in text)
    for written in (f"a: {text}", f'a: "{escaped}"'):
        assert [flaw.said.notice for flaw in compose(written).flaws] == [Notice.CHARACTER] * refused


def test_several_flaws_of_one_file_are_all_told() -> None:
    """The composer goes on after what it can go on after."""
    composed = compose("a: &x 1\nb: *x\na: !t 2\nc: \u202e\n<<: {d: 1}\n")
    notices = sorted(flaw.said.notice.code for flaw in composed.flaws)
    assert notices == ["character", "yaml-alias", "yaml-alias", "yaml-duplicate-key", "yaml-merge", "yaml-tag"]


def test_a_tower_of_brackets_stops_at_32_levels() -> None:
    """Depth is told once, and a million brackets cost nothing."""
    composed = compose("[" * 1_000_000)
    assert [flaw.said.notice for flaw in composed.flaws] == [Notice.YAML_DEPTH]
    assert compose("[" * 32 + "]" * 32).flaws == ()


@given(st.text())
@drawing(1)
def test_no_text_makes_the_composer_fail(text: str) -> None:
    """Whatever a file holds, reading it ends in data or in flaws, never in an exception."""
    assert compose(text).flaws is not None
    parts_of(f"---\n{text}\n---\n{text}")


@given(YAMLISH)
@drawing(1)
def test_nothing_that_looks_like_yaml_makes_the_composer_fail(text: str) -> None:
    """The same for texts full of what YAML gives a meaning to."""
    composed = compose(text)
    assert composed.whole or composed.flaws


@given(st.binary(max_size=200))
@drawing(2)
def test_no_bytes_make_loading_fail_otherwise_than_by_problems(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    """A pack whose files hold anything at all gives problems."""
    folder = tmp_path_factory.mktemp("any")
    for name in ("policy.yaml", "law.yaml", "sources/a.yaml", "duties/DUTY-A.md", "decisions/a.yaml", "lists/a.yaml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(raw)
    with pytest.raises(PolicyError):
        load_pack(Path(folder))

"""A generated pack of any size: N duties, N checks, 50 provisions and 22 sentences on 20 pages, and its handbook.

Everything in it is made up, and says so. The same text can be written as a plain Sphinx project and as a plain
sphinx-needs project (`bench.handbooks`), so that the three builds differ in nothing but the tool.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGES, PROVISIONS, SENTENCES, ROWS = 20, 50, 22, 1_000
AS_AT, TAKEN_ON, LAST_DONE = "2026-11-01", "2026-10-30", "2026-09-01"

PROSE = {
    "What good looks like": (
        "Everybody in post knows what this duty asks, and where it is written down.",
        "The records are complete on the last day of each month.",
        "Whoever is not sure asks the owner, and the answer is written down.",
    ),
    "What to do this week": (
        "Open the list of records with a missing or late entry and speak to each owner.",
        "Ask three people in your team meeting whom they would tell first, and why.",
    ),
    "What to do when it is not met": (
        "Agree a day with the owner and tell the head of the service.",
        "If the day cannot be kept, ask for a waiver before it has passed.",
    ),
}
WORDS = ("The day it was done is recorded.", "It was done within the last 12 months: on or after 1 November 2025.")


@dataclass(frozen=True)
class Duty:
    """One made-up duty with the check that proves it, the sentence it is stated in and the law it rests on."""

    number: int

    @property
    def id(self) -> str:
        """Its id; the check's is the same with CHK."""
        return f"DUTY-G{self.number:05}"

    @property
    def check(self) -> str:
        """The id of its check."""
        return f"CHK-G{self.number:05}"

    @property
    def title(self) -> str:
        """What it asks."""
        return f"Do the made-up thing number {self.number} and write down the day it was done"

    @property
    def summary(self) -> str:
        """The summary of its card."""
        return f"Every record shows the day on which thing {self.number} was done. Nothing here is real guidance."

    @property
    def sentence(self) -> str:
        """The sentence of the guidance that states it."""
        return sentence_id(self.number % SENTENCES)

    @property
    def provisions(self) -> tuple[str, str]:
        """The law it rests on."""
        return provision_id(self.number % PROVISIONS), provision_id((self.number * 7 + 1) % PROVISIONS)


def sentence_id(number: int) -> str:
    """The id of a sentence of the guidance."""
    return f"GUIDE-P{number + 1}"


def provision_id(number: int) -> str:
    """The id of a provision."""
    return f"ACT-S{number + 1}"


def gist(number: int) -> str:
    """What a sentence of the guidance asks, in our words."""
    return f"Sentence {number + 1} of a made-up guide asks for several things to be done and dated."


def effect(number: int) -> str:
    """What a provision does, in our words."""
    return f"Section {number + 1} of a made-up Act says who must keep records, and for how long."


def page_of(duties: int) -> Iterator[tuple[str, range]]:
    """Give each page's name and the numbers of its duties."""
    on_each = -(-duties // PAGES)
    for page in range(PAGES):
        yield f"p{page:02}", range(page * on_each, min(duties, (page + 1) * on_each))


def write_pack(folder: Path, duties: int) -> None:
    """Write the pack, its organisation with records, its handbook and its conf.py into a new folder."""
    for name, content in {**_policy(), **_checks(duties), **_organisation()}.items():
        _write(folder / "policy" / name, json.dumps(content, indent=1))
    for number in range(duties):
        _write(folder / "policy" / "duties" / f"{Duty(number).id}.md", _duty(Duty(number)))
    rows = "".join(f"R{number},{LAST_DONE}\n" for number in range(ROWS))
    _write(folder / "policy" / "example" / "records.csv", f"ref,done_on\n{rows}")
    _write(folder / "conf.py", 'project = "A generated handbook"\nextensions = ["policykit.handbook"]\n')
    for name, text in _docs(duties).items():
        _write(folder / "docs" / f"{name}.md", text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _policy() -> dict[str, object]:
    return {
        "policy.yaml": {"id": "GENERATED", "title": "A generated pack", "edition": "1", "organisation": "example"},
        "sources/guide.yaml": _source(),
        "law.yaml": [_provision(number) for number in range(PROVISIONS)],
        "registers.yaml": [
            {
                "id": "records",
                "title": "Records",
                "about": "event",
                "key": "ref",
                "fields": {
                    "ref": {"type": "ref", "means": "Reference"},
                    "done_on": {"type": "date", "phrase": "the day it was done", "means": "The day it was done"},
                },
            }
        ],
    }


def _source() -> dict[str, object]:
    clauses = [
        {
            "id": sentence_id(number),
            "at": f"P{number + 1}",
            "span": [number * 100, number * 100 + 100],
            "sha256": hashlib.sha256(str(number).encode()).hexdigest()[:12],
            "class": "obligation",
            "strength": ["must"],
            "gist": gist(number),
            "currency": "current",
            "treated_as": "duty",
        }
        for number in range(SENTENCES)
    ]
    about = {"id": "GUIDE", "title": "A made-up guide", "publisher": "Nobody", "url": "https://example.org/guide"}
    whole = {"sha256": hashlib.sha256(b"guide").hexdigest(), "length": SENTENCES * 100}
    return {**about, "published": "2026-01", **whole, "clauses": clauses}


def _provision(number: int) -> dict[str, object]:
    return {
        "id": provision_id(number),
        "cited_as": f"Made-up Act section {number + 1}",
        "instrument": "Made-up Act 2000",
        "title": f"Records of kind {number + 1}",
        "uri": f"https://example.org/act/section/{number + 1}",
        "kind": "duty",
        "effect": effect(number),
        "binds": ["any_person"],
        "extent": ["E"],
        "periods": [{"from": "2000-01-01", "change": "came into force"}],
        "verification": {"level": "text", "checked_on": AS_AT, "where": "https://example.org/act"},
    }


def _checks(duties: int) -> dict[str, object]:
    return {f"checks/{page}.yaml": [_check(Duty(number)) for number in numbers] for page, numbers in page_of(duties)}


def _check(duty: Duty) -> dict[str, object]:
    return {
        "id": duty.check,
        "verifies": [duty.id],
        "grounds": [duty.sentence],
        "title": f"Thing {duty.number} was done in the last year",
        "register": "records",
        "noun": "record",
        "plural": "records",
        "key": "ref",
        "where": [],
        "must": [{"test": "recorded", "field": "done_on"}, {"test": "within", "field": "done_on", "months": 12}],
        "max_age_days": 92,
        "limits": "Shows that a day was written down, not that anything was done.",
        "examples_at": AS_AT,
        "typical": {"row": {"ref": "R1", "done_on": LAST_DONE}},
        "examples": [
            {"expect": "pass", "because": "done two months ago"},
            {"expect": "fail", "row": {"done_on": None}, "because": "the day is not recorded"},
        ],
    }


def _organisation() -> dict[str, object]:
    return {
        "example/organisation.yaml": {
            "id": "MADE-UP",
            "name": "A made-up organisation",
            "as_at": AS_AT,
            "facts": {},
            "records": {"records": {"source": "records.csv", "taken_on": TAKEN_ON}},
        }
    }


def _duty(duty: Duty) -> str:
    front = {
        "id": duty.id,
        "title": duty.title,
        "bearer": "anybody",
        "strength": "must",
        "stated_in": [duty.sentence],
        "rests_on": list(dict.fromkeys(duty.provisions)),
        "owner": "Nobody",
        "reviewed_on": AS_AT,
        "review_every": "12 months",
        "summary": duty.summary,
    }
    return f"---\n{json.dumps(front, indent=1)}\n---\n\n{prose('## {}')}"


def prose(heading: str) -> str:
    """The three parts of a duty, each with a heading of the given form."""
    parts = (
        f"{heading.format(title)}\n\n" + "".join(f"- {line}\n" for line in lines) for title, lines in PROSE.items()
    )
    return "\n".join(parts)


def _docs(duties: int) -> dict[str, str]:
    pages = {
        name: f"# Page {name}\n\n" + "".join(f"```{{duty}} {Duty(number).id}\n```\n\n" for number in numbers)
        for name, numbers in page_of(duties)
    }
    views = {
        "guide": "# The guide\n\n```{source-ledger}\n```\n",
        "law": "# The law\n\n```{law-register}\n```\n",
        "registers": "# Registers\n\n```{reference} registers\n```\n",
    }
    return {"index": contents([*pages, *views]), **pages, **views}


def contents(names: list[str]) -> str:
    """A first page that leads to all others."""
    return "# A generated handbook\n\n```{toctree}\n" + "\n".join(names) + "\n```\n"

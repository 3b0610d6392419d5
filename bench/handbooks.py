"""The text of the generated handbook as people write it without policykit: admonitions, and sphinx-needs directives."""

from collections.abc import Callable
from pathlib import Path

from bench.made_pack import (
    AS_AT,
    PROVISIONS,
    SENTENCES,
    WORDS,
    Duty,
    contents,
    effect,
    gist,
    page_of,
    prose,
    provision_id,
    sentence_id,
)

Item = Callable[[str, str, str, dict[str, tuple[str, ...]]], str]

PLAIN_CONF = """project = "A generated handbook"
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence"]
"""
NEEDS_CONF = """project = "A generated handbook"
extensions = ["myst_parser", "sphinx_needs"]
myst_enable_extensions = ["colon_fence"]
needs_id_regex = "^[A-Z][A-Z0-9-]*$"
needs_build_json = True
needs_types = [
    {"directive": kind, "title": kind, "prefix": "", "color": "#ffffff", "style": "node"}
    for kind in ("duty", "check", "clause", "provision")
]
needs_links = {name: {"description": name} for name in ("stated_in", "rests_on", "verifies", "grounds")}
"""


def admonition(kind: str, item: str, body: str, links: dict[str, tuple[str, ...]]) -> str:
    """An item as an admonition with a name to link to, and its links as references."""
    lines = "".join(
        f"{name}: " + ", ".join(f"[{end}](#{end.lower()})" for end in ends) + "\n\n" for name, ends in links.items()
    )
    return f"({item.lower()})=\n\n::::{{admonition}} {_title(kind, item)}\n{body}\n{lines}::::\n\n"


def need(kind: str, item: str, body: str, links: dict[str, tuple[str, ...]]) -> str:
    """An item as a sphinx-needs directive with typed links."""
    options = "".join(f":{name}: {', '.join(ends)}\n" for name, ends in links.items())
    return f"::::{{{kind}}} {_title(kind, item)}\n:id: {item}\n{options}\n{body}\n::::\n\n"


def write_plain(folder: Path, duties: int) -> None:
    """Write the handbook as a plain Sphinx project of admonitions."""
    _write_project(folder, duties, PLAIN_CONF, admonition)


def write_needs(folder: Path, duties: int) -> None:
    """Write the handbook as a plain sphinx-needs project."""
    _write_project(folder, duties, NEEDS_CONF, need)


def _title(kind: str, item: str) -> str:
    return Duty(int(item[-5:])).title if kind == "duty" else f"{kind.capitalize()} {item}"


def _write_project(folder: Path, duties: int, conf: str, write: Item) -> None:
    pages = {name: "".join(_duty(Duty(number), write) for number in numbers) for name, numbers in page_of(duties)}
    pages["guide"] = "".join(write("clause", sentence_id(number), gist(number), {}) for number in range(SENTENCES))
    pages["law"] = "".join(_provision(number, write) for number in range(PROVISIONS))
    docs = folder / "docs"
    docs.mkdir(parents=True)
    (folder / "conf.py").write_text(conf, "utf-8")
    (docs / "index.md").write_text(contents(list(pages)), "utf-8")
    for name, text in pages.items():
        (docs / f"{name}.md").write_text(f"# Page {name}\n\n{text}", "utf-8")


def _duty(duty: Duty, write: Item) -> str:
    body = f"The guidance says you must.\n\n{duty.summary}\n\n{prose('**{}**')}\nOwner: Nobody. Reviewed on {AS_AT}.\n"
    links = {"stated_in": (duty.sentence,), "rests_on": tuple(dict.fromkeys(duty.provisions))}
    rule = "".join(f"- {line}\n" for line in WORDS)
    shown = "1000 of 1000 records conform. Records of 30 October 2026.\n\nShows that a day was written down.\n"
    check = write("check", duty.check, f"{rule}\n{shown}", {"verifies": (duty.id,), "grounds": (duty.sentence,)})
    return write("duty", duty.id, body, links) + check


def _provision(number: int, write: Item) -> str:
    return write("provision", provision_id(number), f"{effect(number)}\n\nIn force since 1 January 2000.\n", {})

"""Pictures of lines and shapes (SVG): a browser can run what is in one, so ours hold shapes, text and titles alone."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

ELEMENTS = frozenset(("svg", "g", "defs", "symbol", "use", "title", "desc", "text", "tspan")).union(
    ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
    ("linearGradient", "radialGradient", "stop", "clipPath", "mask", "marker", "pattern"),
)
"""Every element that a picture may have."""

_SVG = "{http://www.w3.org/2000/svg}"
_DECLARED = re.compile(
    r"""\A\ufeff?(?:<\?xml\s+version=["']1\.0["'](?:\s+encoding=["']utf-8["'])?\s*\?>)?""", re.IGNORECASE
)
_ELSEWHERE = re.compile(r"url\((?!\s*['\"]?#)|@import|javascript:|//|\\", re.IGNORECASE)


def why_not_plain(file: Path) -> str | None:
    """Why a picture is not shown, as the end of a sentence that begins with its name; None where it is plain."""
    try:
        text = _DECLARED.sub("", file.read_text("utf-8"), count=1)
        # A declaration, an entity or an instruction could bring in anything; without them the parser is safe.
        if "<!DOCTYPE" in text or "<!ENTITY" in text or "<?" in text:
            return "has a declaration or an instruction in it"
        root = ET.fromstring(text)  # noqa: S314 - see above
    except (ET.ParseError, UnicodeDecodeError, OSError):
        return "is not a picture that can be read"
    return next(_faults(root), None)


def _faults(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        name = str(element.tag).removeprefix(_SVG)
        if name not in ELEMENTS:
            yield f"has <{name.rpartition('}')[2]}> in it"
        for attribute, value in element.attrib.items():
            local = attribute.rpartition("}")[2].lower()
            if local.startswith("on") or _ELSEWHERE.search(value) or (local == "href" and not value.startswith("#")):
                yield f"has {local} in it, which can run something or lead elsewhere"

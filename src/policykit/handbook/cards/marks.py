"""The marks of results: one shape for each outcome, kept in one sprite per page that holds only those in use.

A circle was counted from records, a square was said by a person, a diamond is not met, a triangle is a fault; an open
shape is undecided.
"""

import re

from markupsafe import Markup

_TICK = '<path class="k" d="M6.8 12.6l3.6 3.6 7-7.6"/>'
_RING = '<circle class="l" cx="12" cy="12" r="10"/>'

SHAPES = {
    "fail": '<path class="f" d="M12 .2L23.8 12 12 23.8.2 12z"/>'
    '<path class="k" d="M8.7 8.7l6.6 6.6M15.3 8.7l-6.6 6.6"/>',
    "error": '<path class="f" d="M12 1.4L23.6 22.4H.4z"/><path class="k" d="M12 9.2v6M12 18.9v.1"/>',
    "stale": f'{_RING}<path class="l" d="M12 6.2V12l4 2.6"/>',
    "unknown": f'{_RING}<path class="l" d="M9 9.4a3 3 0 1 1 4.4 2.7c-1 .6-1.4 1.1-1.4 2.1M12 17.3v.1"/>',
    "no-data": '<circle class="l d" cx="12" cy="12" r="10"/>',
    "not-run": f'{_RING}<path class="l" d="M8 12h8"/>',
    "no-check": f'{_RING}<path class="l" d="M5.2 18.8L18.8 5.2"/>',
    "attestation-due": '<rect class="l" x="2" y="2" width="20" height="20" rx="4"/>'
    '<path class="l" d="M12 7v5.4M12 16.6v.1"/>',
    "attested": f'<rect class="f" x="1" y="1" width="22" height="22" rx="4.5"/>{_TICK}',
    "pass": f'<circle class="f" cx="12" cy="12" r="11"/>{_TICK}',
    "not-applicable": '<path class="l" d="M4 12h16"/>',
}
"""What is drawn for each outcome's code, in a box of 24 by 24."""

_USE = re.compile(r'<use href="#m-([a-z-]+)"/>')


def mark(code: str, colour: str = "") -> Markup:
    """The mark of one outcome; the word always stands beside it. `colour` is its class where nothing around has it."""
    classes = f"mark {colour}".strip()
    return Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="#m-{}"/></svg>').format(
        classes, code
    )


def sprite(html: str) -> str:
    """The shapes of the marks that a page's body uses, to stand first in it; nothing where it uses none."""
    used = set(_USE.findall(html))
    symbols = "".join(
        f'<symbol id="m-{code}" viewBox="0 0 24 24">{shape}</symbol>' for code, shape in SHAPES.items() if code in used
    )
    return f'<svg class="sprite" aria-hidden="true" focusable="false">{symbols}</svg>' if symbols else ""

"""The figures as a picture: one panel for each case, one bar for each contender, drawn as plain SVG."""

from collections.abc import Iterator, Mapping
from html import escape

from bench.rule_run import Figure

Panels = Mapping[str, Mapping[str, Figure | None]]

WIDTH, LABELS, BARS, LINE, HEAD = 720, 180, 360, 22, 34
OURS, OTHERS = "#1d5a8a", "#8a8f98"

_FRAME = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t d">
<title id="t">{title}</title>
<desc id="d">{desc}</desc>
<rect width="{width}" height="{height}" fill="#fff"/>
<g font-family="sans-serif" font-size="13" fill="#1b1f24">
{body}
</g>
</svg>
"""


def picture(size: str, panels: Panels) -> str:
    """Draw the seconds of computing at one size; what was left out has no bar and says so."""
    title = f"Seconds of computing, whole processes, {size}: shorter is better"
    body = [f'<text x="8" y="24" font-size="15">{escape(title)}</text>']
    top = 36
    for case, figures in panels.items():
        body.extend(_panel(case, figures, top))
        top += HEAD + LINE * len(figures) + 8
    return _FRAME.format(width=WIDTH, height=top, title=title, desc=_described(panels), body="\n".join(body))


def _panel(title: str, figures: Mapping[str, Figure | None], top: int) -> Iterator[str]:
    longest = max(figure.computing for figure in figures.values() if figure)
    yield f'<text x="8" y="{top + 20}" font-weight="bold">{escape(title)}</text>'
    for number, (name, figure) in enumerate(figures.items()):
        middle = top + HEAD + LINE * number
        yield f'<text x="8" y="{middle + 13}">{escape(name)}</text>'
        length = BARS * figure.computing / longest if figure else 0
        fill = OURS if name.startswith("policykit") else OTHERS
        yield f'<rect x="{LABELS}" y="{middle}" width="{length:.0f}" height="17" fill="{fill}"/>'
        yield f'<text x="{LABELS + length + 6:.0f}" y="{middle + 13}">{_said(figure)}</text>'


def _said(figure: Figure | None) -> str:
    return f"{figure.computing:.1f} s, {figure.mebibytes:,.0f} MB" if figure else "not measured"


def _described(panels: Panels) -> str:
    return escape(
        " ".join(
            f"{title}: " + "; ".join(f"{name} {_said(figure)}" for name, figure in figures.items()) + "."
            for title, figures in panels.items()
        )
    )

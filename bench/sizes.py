"""How big the package is: files, lines, the longest function, and what a page of the handbook weighs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

KIB = 1024


def functions_of(path: Path) -> Iterator[tuple[int, str]]:
    """Each function of a file with its length in lines, its docstring left out."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            documented = len(node.body) > 1 and ast.get_docstring(node) is not None
            first = node.body[1 if documented else 0]
            yield (node.end_lineno or first.lineno) - first.lineno + 1, f"{path.name}:{node.lineno} {node.name}"


def size_lines(source: Path) -> Iterator[str]:
    """Say how many files and lines the package has, and which of them are the longest."""
    files = {path: len(path.read_text("utf-8").splitlines()) for path in sorted(source.rglob("*.py"))}
    lengths = sorted(length for path in files for length, _ in functions_of(path))
    yield f"{len(files)} files, {sum(files.values())} lines; the longest: {max((n, p.name) for p, n in files.items())}"
    longest = max(found for path in files for found in functions_of(path))
    middle, ninetieth = lengths[len(lengths) // 2], lengths[len(lengths) * 9 // 10]
    yield f"{len(lengths)} functions: median {middle} lines, nine in ten at most {ninetieth}; the longest: {longest}"


def weight_lines(site: Path) -> Iterator[str]:
    """Say what the heaviest pages of a built handbook weigh, each with its stylesheets and scripts."""
    weights = sorted(((weight_of(page), page.relative_to(site)) for page in site.rglob("*.html")), reverse=True)
    for weight, page in weights[:3]:
        yield f"{page}: {weight / KIB:.0f} KiB with stylesheet and script"


def weight_of(page: Path) -> int:
    """The bytes of a page and of every stylesheet and script it names."""
    text = page.read_text("utf-8")
    named = re.findall(r'<(?:link|script)[^>]*?(?:href|src)="([^"?#:]+\.(?:css|js))', text)
    beside: set[str] = set(named)
    return len(text.encode()) + sum((page.parent / name).stat().st_size for name in beside)

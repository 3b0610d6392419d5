"""The output folder: after every build the same as after a clean one.

Every build writes every page from the policy as it is; only the reading of pages is remembered. What a build before
left behind, and writing would not replace, is removed here.
"""

import shutil
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.util.fileutil import copy_asset

_STATIC = Path(__file__).parent / "static"

# Folders of Sphinx's own that every build fills anew.
_FILLED_ANEW = ("_images", "_downloads", "_sources", "_static")

# The index is loaded and pruned where it is found, and keeps words that no page has any more.
_INDEX = "searchindex.js"
_INDEX_STORES = (
    "titles",
    "filenames",
    "mapping",
    "title_mapping",
    "all_titles",
    "index_entries",
    "objtypes",
    "objnames",
)

# Written beside the pages, of no use to readers: one holds times, one an inline script.
_LEFT_OVER = ("schema_violations.json", ".buildinfo.bak", "permalink.html")


def remove_pages(
    app: Sphinx,
    _env: BuildEnvironment,
    _added: AbstractSet[str],
    _changed: AbstractSet[str],
    removed: Iterable[str],
) -> list[str]:
    """On `env-get-outdated`: remove the files of pages that are gone. No further page is to be read."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        for docname in removed:
            Path(app.builder.get_output_path(docname)).unlink(missing_ok=True)
    return []


def write_all(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """On `env-updated`, before any other extension fills them: empty the folders. Every page is to be written."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        for folder in _FILLED_ANEW:
            shutil.rmtree(app.outdir / folder, ignore_errors=True)
    return sorted(env.found_docs)


def begin(app: Sphinx, builder: Builder) -> None:
    """On `write-started`: forget the old index and bring our own files."""
    if not isinstance(builder, StandaloneHTMLBuilder):
        return
    (app.outdir / _INDEX).unlink(missing_ok=True)
    for store in _INDEX_STORES:
        getattr(app.env, f"_search_index_{store}").clear()
    copy_asset(_STATIC, app.outdir / "_static", force=True)


def tidy(app: Sphinx, _exception: Exception | None) -> None:
    """On `build-finished`: remove what is written beside the pages and not meant for readers."""
    for name in _LEFT_OVER:
        (app.outdir / name).unlink(missing_ok=True)

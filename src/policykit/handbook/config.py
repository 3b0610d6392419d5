"""What a conf.py may say, and all that it need not say."""

from collections.abc import Mapping
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from policykit.handbook.items import KINDS, LINKS, fields

VALUES: Mapping[str, str | bool] = {
    "policykit_policy": "policy",
    "policykit_organisation": "",  # the pack's
    "policykit_results": "build/results.json",
    "policykit_as_at": "",  # the results', else the organisation's
    "policykit_records_elsewhere": False,
}
"""Our own conf values and their defaults; folders and files are relative to conf.py."""

_THEME = "policykit"

# Taken unless conf.py or -D says otherwise.
_USUAL: Mapping[str, object] = {
    "html_theme": _THEME,
    "language": "en_GB",
    "locale_dirs": [],  # else a folder among the pages could change their words, and would be written to
    "myst_enable_extensions": ["colon_fence"],
    "myst_heading_anchors": 3,
}

# What the theme, the exchange file and byte-identical builds rest on: not for conf.py to change.
_FIXED: Mapping[str, object] = {
    "html_copy_source": False,
    "html_show_sourcelink": False,
    "html_use_index": False,
    "html_domain_indices": False,
    "html_permalinks": False,
    "html_show_search_summary": False,  # it would fetch pages, which does not work from a disk
    "needs_build_json": True,
    "needs_reproducible_json": True,
    "needs_id_required": True,
    "needs_id_regex": "^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$",
    "needs_types": [{"directive": kind, "title": kind.capitalize(), "prefix": ""} for kind in KINDS],
    "needs_links": {name: {"outgoing": out, "incoming": back} for name, (out, back) in LINKS.items()},
    "needs_fields": fields(),
}

# What sphinx-needs keeps of how a need was written; ours are not written in pages, and these would only be blanks.
_NOT_EXCHANGED = (
    *("arch", "completion", "constraints", "constraints_error", "constraints_passed", "constraints_results"),
    *("duration", "external_css", "external_url", "has_dead_links", "has_forbidden_dead_links", "is_external"),
    *("is_import", "is_modified", "jinja_content", "layout", "modifications", "parent_need", "parent_needs"),
    *("parent_needs_back", "parts", "post_content", "post_template", "pre_content", "pre_template", "signature"),
    *("style", "template"),
)


def declare(app: Sphinx) -> None:
    """Make our conf values and our theme known."""
    for name, default in VALUES.items():
        # No rebuild category: every page is written by every build, and no doctree holds anything of the policy.
        app.add_config_value(name, default, "", frozenset({type(default)}))
    app.add_html_theme(_THEME, str(Path(__file__).parent / "theme"))


def settle(_app: Sphinx, config: Config) -> None:
    """On `config-inited`, before any other extension looks: set what a conf.py need not say."""
    for name, value in _FIXED.items():
        setattr(config, name, value)
    config.needs_json_exclude_fields = [*config.needs_json_exclude_fields, *_NOT_EXCHANGED]
    for name, value in _USUAL.items():
        if _is_silent(config, name):
            setattr(config, name, value)


def entitle(config: Config, title: str, edition: str) -> None:
    """Name the project after the pack where conf.py does not name it."""
    for name, value in {"project": title, "version": edition, "release": edition}.items():
        if _is_silent(config, name):
            setattr(config, name, value)


def _is_silent(config: Config, name: str) -> bool:
    return bool(getattr(config, name) == config.values[name].default)

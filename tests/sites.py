"""The handbooks that page tests read: the real one and the second pack's, each built once by the real commands."""

import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))


@dataclass(frozen=True)
class Sources:
    """Where a handbook is made from: its conf.py's folder, its text, its policy and the organisation it is about."""

    name: str
    conf: Path
    policy: Path
    organisation: Path
    as_at: str

    @property
    def docs(self) -> Path:
        """The handbook as written."""
        return self.conf / "docs"


@dataclass(frozen=True)
class Site:
    """A built handbook: what it was made from, the folder with its pages, and the results that it shows."""

    sources: Sources
    folder: Path
    results: Path

    @property
    def pages(self) -> tuple[str, ...]:
        """Every page, as its address below the folder."""
        return tuple(sorted(page.relative_to(self.folder).as_posix() for page in self.folder.rglob("*.html")))


_KITCHENS = ROOT / "tests" / "packs" / "kitchens"
POLICY = Sources("policy", ROOT, ROOT / "policy", ROOT / "policy" / "example", "2026-11-01")
SECOND = Sources("kitchens", _KITCHENS, _KITCHENS / "policy", _KITCHENS / "larkrise", "2026-10-15")


def run(command: str, *options: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a console command of this environment as a user would, and keep what it says."""
    words = [str(SCRIPTS / command), *map(str, options)]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def build(sources: Sources, into: Path) -> Site:
    """Check the records and build the handbook; any warning of the build fails the test that asked for it."""
    results = into / "results.json"
    options = ("--policy", sources.policy, "--organisation", sources.organisation, "--as-at", sources.as_at)
    checked = run("policykit", "check", *options, "--results", results)
    assert checked.returncode in {0, 1, 3}, checked.stdout + checked.stderr
    return build_with(sources, into, results)


def build_with(sources: Sources, into: Path, results: Path) -> Site:
    """Build the handbook with results that are there already."""
    site = Site(sources, into / "html", results)
    settings = ("-D", f"policykit_results={results}", "-D", f"policykit_organisation={sources.organisation}")
    built = run(
        "sphinx-build", "-n", "-W", "-q", "-c", sources.conf, *settings, "-d", into / "read", sources.docs, site.folder
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return site

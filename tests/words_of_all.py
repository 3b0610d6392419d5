"""Every rule of a pack in words, as one text; `python -m tests.words_of_all` writes the files that the tests hold."""

from datetime import date

from tests.people import CASES
from tests.sites import POLICY, SECOND, Sources

from policykit.reading import load_organisation, load_pack, setting_of
from policykit.rules import plain, words_of

FOLDER = CASES / "words_of_all"
PACKS = (POLICY, SECOND)


def words_of_all(sources: Sources) -> str:
    """The words of every rule, under its check's id, as the example organisation of the pack reads them."""
    pack = load_pack(sources.policy)
    organisation = load_organisation(sources.organisation, pack)
    setting = setting_of(pack, organisation, date.fromisoformat(sources.as_at))
    rules = (check for check in pack.checks.values() if check.method == "rule")
    return "\n".join(f"# {check.id}\n{plain(words_of(check, setting))}\n" for check in rules)


if __name__ == "__main__":
    for each in PACKS:
        (FOLDER / f"{each.name}.txt").write_text(words_of_all(each), "utf-8")

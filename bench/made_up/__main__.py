"""`python -m bench.made_up OUT --size N --as-at DATE --seed N --plant CHECK=N`: an organisation to measure with.

`--size` copies the whole example until its largest register has at least so many rows; references get new endings, and
what is in them stays together. `--seed` gives another order of the rows and other examples to plant. `--plant`
(repeatable) adds rows that breach a check, made from its failing examples; nothing else breaches then.
"""

import argparse
import sys
from datetime import date
from pathlib import Path

from bench.made_up.making import make_organisation
from bench.made_up.original import read_original
from bench.made_up.planning import Wish

from policykit.exports import NotMadeError
from policykit.reading import load_organisation, load_pack


def _wish(text: str) -> Wish:
    check, _, number = text.partition("=")
    return Wish(check, int(number))


def main() -> None:
    """Make it, and say what is otherwise than one might expect."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--policy", type=Path, default=Path("policy"))
    parser.add_argument("--as-at", type=date.fromisoformat)
    parser.add_argument("--size", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plant", type=_wish, action="append", default=[])
    given = parser.parse_args()
    pack = load_pack(given.policy)
    organisation = load_organisation(given.policy / pack.policy.organisation, pack)
    day = given.as_at or organisation.as_at
    try:
        base = read_original(pack, organisation)
        said = make_organisation(base, given.out, as_at=day, size=given.size, seed=given.seed, wishes=given.plant)
    except NotMadeError as error:
        sys.exit(str(error))
    print("\n".join(said) or "as asked")


if __name__ == "__main__":
    main()

"""Days in words."""

import os
import subprocess
import sys
from pathlib import Path

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SPEAK = """
import calendar, locale
from datetime import date
from policykit.english import say_day, say_days

locale.setlocale(locale.LC_ALL, "")
days = [date(2026, month, 1) for month in range(1, 13)]
print(calendar.month_name[5], *map(say_day, days), say_days(days), sep="\\n")
"""


def test_months_are_english_whatever_the_machine_speaks(locales: Path) -> None:
    """On a machine that says Mai for May, every day is said as on any other."""
    environment = os.environ | {"LC_ALL": "de_DE.UTF-8", "LOCPATH": str(locales)}
    spoken = subprocess.run([sys.executable, "-c", SPEAK], env=environment, capture_output=True, text=True, check=True)
    theirs, *days, together = spoken.stdout.splitlines()
    said = [f"1 {month}" for month in MONTHS]

    assert theirs == "Mai"
    assert days == [f"{day} 2026" for day in said]
    assert together == f"{', '.join(said[:-1])} and {said[-1]} 2026"

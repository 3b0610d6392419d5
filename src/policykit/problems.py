"""Problems: where, what and what to do. All of a run's problems are reported at once, never only the first."""

import errno
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, IntEnum, StrEnum
from pathlib import Path
from typing import NamedTuple

from policykit.english import say

LONGEST_SHOWN = 60
MOST_OF_A_FILE, MOST_IN_ALL = 50, 500
"""So many problems are shown."""


class ExitCode(IntEnum):
    """What a command says to the shell; bad input comes before a check error, a check error before a gated outcome."""

    OK = 0
    GATED = 1
    BAD_INPUT = 2
    CHECK_ERROR = 3


class Severity(StrEnum):
    """How much a notice weighs: an error stops the command, a warning is only shown."""

    ERROR = "error"
    WARNING = "warning"


class Notice(Enum):
    """Every kind of problem policykit reports: its name, and one sentence that says what it is.

    The page of notices in the handbook is generated from these members.
    """

    # Files
    FILE_MISSING = ("file-missing", "A file or folder that the format asks for is not there.")
    FILE_UNREADABLE = ("file-unreadable", "A file cannot be opened or read.")
    FILE_OUTSIDE = ("file-outside", "A link leads out of the folder.")
    FILE_TOO_LARGE = ("file-too-large", "A file is larger than 1 MiB.")
    FILE_ENCODING = ("file-encoding", "A file is not UTF-8.")
    FILE_ENDING = ("file-ending", "A file has an ending that is not read where it stands.")
    FILE_SHAPE = ("file-shape", "A file does not hold what its kind holds: a list, or one mapping of keys.")
    FILE_IGNORED = ("file-ignored", "A file of a pack is read by nobody.", Severity.WARNING)
    MORE = ("more", "There are more problems than are shown.")
    CHARACTER = ("character", "A character that cannot be seen, or that changes the text around it.")

    # YAML
    YAML_SYNTAX = ("yaml-syntax", "A file cannot be read as YAML from some line on.")
    YAML_TAB = ("yaml-tab", "A tab in a file of a pack or an organisation.")
    YAML_ALIAS = ("yaml-alias", "An anchor or an alias.")
    YAML_TAG = ("yaml-tag", "A tag.")
    YAML_MERGE = ("yaml-merge", "A merge key.")
    YAML_KEY = ("yaml-key", "A key that is not a text.")
    YAML_DUPLICATE_KEY = ("yaml-duplicate-key", "A key stands twice in one place.")
    YAML_DEPTH = ("yaml-depth", "Lists and keys are nested more than 32 deep.")
    YAML_DOCUMENTS = ("yaml-documents", "More than one YAML document in a file.")
    FRONT_MATTER = ("front-matter", "A duty does not begin with front matter between two lines of `---`.")
    HTML = ("html", "HTML in a text.")

    # Keys and values
    KEY_MISSING = ("key-missing", "A required key is missing or blank.")
    KEY_UNKNOWN = ("key-unknown", "A key that the format does not know.")
    VALUE_WRONG = ("value-wrong", "A value of the wrong type, or not one of those allowed.")

    # Names
    ID_TWICE = ("id-twice", "An id is used twice.")
    ID_FILE = ("id-file", "A file is not named after the item in it.")
    REFERENCE_UNKNOWN = ("reference-unknown", "A reference to something that does not exist.")
    RETIRED = ("retired", "Something that is said to be retired is still there.")

    # Guidance and law
    CLAUSE_SPAN = ("clause-span", "Spans of clauses are out of order, overlap, or leave out a part of the text.")
    CLAUSE_TREATMENT = ("clause-treatment", "What a clause says about itself is not complete.")
    CLAUSE_WITHOUT_DUTY = ("clause-without-duty", "A clause is treated as a duty, and no duty is stated in it.")
    CLAUSE_EXPLAINED = (
        "clause-explained",
        "A duty is stated in a clause that is not treated as a duty.",
        Severity.WARNING,
    )
    SOURCE_DIGEST = ("source-digest", "The text of a source is not the one that its digests were made from.")
    SOURCE_COVERAGE = ("source-coverage", "A part of the text of a source lies in no clause.")
    PERIODS = ("periods", "Periods are out of order or overlap.")
    VERIFICATION = ("verification", "How far a provision was verified is not complete.")
    ROLE_UNBOUND = ("role-unbound", "No provision binds a role.", Severity.WARNING)

    # Duties
    DUTY_WITHOUT_REASON = ("duty-without-reason", "A duty is stated in no clause and says no reason.")
    DUTY_STRENGTH = ("duty-strength", "The strength of a duty is not that of its clauses.")
    DUTY_TODAY = ("duty-today", "What binds today does not rest on what the duty rests on.")
    DUTY_LAW = ("duty-law", "A duty rests, within its own period, only on law not in force or not verified.")
    DUTY_PERIOD = ("duty-period", "A duty or check ends before it begins.")
    DUTY_HEADINGS = ("duty-headings", "A heading that every duty has is missing.", Severity.WARNING)
    DUTY_SUMMARY = ("duty-summary", "A sentence of a summary is longer than 25 words.", Severity.WARNING)
    DUTY_REVIEW = ("duty-review", "The review of a duty is overdue.", Severity.WARNING)
    DUTY_LAW_ENDED = ("duty-law-ended", "On the as-at date a duty rests only on law not in force.", Severity.WARNING)

    # Registers, parameters, facts and roles
    FIELD = ("field", "A field is not described as its type asks.")
    REGISTER = ("register", "A register or list is not described as the format asks.")
    LIST_ROW = ("list-row", "A row of a list does not fit the fields of the list.")
    PARAMETER = ("parameter", "A parameter does not fit its type or its bounds.")
    PARAMETER_WEAKER = ("parameter-weaker", "A parameter does not say which values are weaker.", Severity.WARNING)
    PARAMETER_EMPTY = ("parameter-empty", "A parameter is an empty list.", Severity.WARNING)
    ROLES = ("roles", "The roles do not fit the kinds of organisation.")

    # Checks
    CHECK_KEYS = ("check-keys", "A check has not the keys that its method asks for.")
    CHECK_NONE = ("check-none", "A pack has no check at all.")
    CHECK_SEVERITY = ("check-severity", "A check is more severe than its duties are strong.")
    RULE = ("rule", "A condition does not fit the register it is about.")
    EXAMPLE = ("example", "An example does not fit its check.")
    EXAMPLE_OUTCOME = ("example-outcome", "An example does not come to the outcome that it claims.")

    GROUND_UNSPOKEN = (
        "ground-unspoken",
        "No word of a check speaks of a sentence or provision that it is said to test.",
        Severity.WARNING,
    )
    EXAMPLE_GAP = ("example-gap", "The examples of a check would miss a small mistake in its rule.", Severity.WARNING)

    # Decision tables
    TABLE_GAP = ("table-gap", "A combination of answers has no row.")
    TABLE_ROW = ("table-row", "A row of a decision table can never be reached.")
    TABLE_OUTCOME = ("table-outcome", "Nobody reaches an outcome of a decision table.")
    TABLE_VALUES = ("table-values", "Two answers of a decision table never lead to different outcomes.")
    TABLE_SIZE = ("table-size", "A decision table is too large to be proven complete.")
    TABLE_REDUNDANT = ("table-redundant", "A row of a decision table changes nothing.", Severity.WARNING)

    # Organisations
    FACTS = ("facts", "An organisation does not say what the pack asks it to say about itself.")
    STATUTORY = ("statutory", "A parameter that the law sets cannot be set otherwise.")
    SETTING_WEAKER = ("setting-weaker", "A setting is weaker than the guidance, and no departure in date says so.")
    DEPARTURE_UNUSED = ("departure-unused", "A departure for a setting that is not weaker.", Severity.WARNING)
    POSTS = ("posts", "Somebody is named by a post that neither the pack nor the organisation has.")
    POSTS_UNSAID = ("posts-unsaid", "Neither the pack nor the organisation names its posts.", Severity.WARNING)
    DATES = ("dates", "A last day is before the first, or more than 365 days after it.")
    RECORDS_APART = ("records-apart", "A check reads registers that are kept in different places.")
    WAIVERS_OVERLAP = ("waivers-overlap", "Two waivers are in date for one check.")
    WAIVER_COVERS = ("waiver-covers", "A waiver accepts more than there was when it began.", Severity.WARNING)
    WAIVER_ORPHAN = ("waiver-orphan", "A waiver for a check that does not exist.", Severity.WARNING)
    ATTESTATION_UNUSED = (
        "attestation-unused",
        "A statement about a check that is not confirmed by statements.",
        Severity.WARNING,
    )

    # Records and what is carried out on them
    RECORDS_MISSING = ("records-missing", "The records of a register are not there, or not where they may be.")
    RECORDS_DAMAGED = ("records-damaged", "The records of a register cannot be read as what they are.")
    RECORDS_COLUMNS = ("records-columns", "A column of a register is missing, or holds something else than it should.")
    RECORDS_HEADER = ("records-header", "The names of the columns are not in the first line of the records.")
    RECORDS_SEPARATOR = ("records-separator", "Something else than commas stands between the values of a CSV file.")
    RECORDS_NAMES = ("records-names", "A column is nearly called as a register has it, and not quite.")
    RECORDS_SHEET = ("records-sheet", "The first sheet of a workbook is not the one with the records.")
    RECORDS_ENCODING = ("records-encoding", "A file of records is not UTF-8.")
    RECORDS_KEYS = ("records-keys", "A key of a register is blank, or there twice.")
    RECORDS_UNREACHABLE = (
        "records-unreachable",
        "A database or cluster with records cannot be reached, or what reads them is not installed.",
    )
    RECORDS_VALUES = ("records-values", "Values of a register cannot be read as what they should be.")
    RECORDS_TOTAL = ("records-total", "A key of a register is a word for a total.", Severity.WARNING)
    RECORDS_CASE = ("records-case", "Keys of two registers differ only by capital letters.", Severity.WARNING)
    RECORDS_UNSEEN = ("records-unseen", "Records were not looked at.", Severity.WARNING)
    RECORDS_CHANGED = ("records-changed", "The records of a register changed while they were read.")
    RECORDS_CONTRADICT = ("records-contradict", "A nil return is for a time of which a register has rows.")
    CHECK_STOPPED = ("check-stopped", "A check could not be carried out on records that were opened.")
    FUNCTION_STOPPED = ("function-stopped", "The test function of a check did not come to an end with numbers.")

    # Results
    RESULTS = ("results", "A file of results is missing, broken or of another format.")
    LEDGER = ("ledger", "The memory of runs is not whole, or cannot be kept where it is asked for.")

    # What the ledger knows of earlier runs
    GONE = ("gone", "Something that an earlier run had is gone, and nobody said that it is retired.", Severity.WARNING)
    WEAKENED = ("weakened", "Something asks for less than in an earlier run.", Severity.WARNING)
    CHANGED = ("changed", "Something is not as it was in an earlier run.", Severity.WARNING)

    # Pages of the handbook
    ITEM_UNKNOWN = ("item-unknown", "A page places an item that the pack does not have.", Severity.WARNING)
    PLACED_TWICE = ("placed-twice", "An item is placed on two lines of the pages.", Severity.WARNING)
    PLACED_NOWHERE = ("placed-nowhere", "An item of the pack is on no page.", Severity.WARNING)
    PAGE_HTML = ("page-html", "HTML on a page.")
    PAGE_DIRECTIVE = ("page-directive", "A directive, a role or an option that is not for pages.")
    PAGE_FILTER = ("page-filter", "A filter on a page is more than names, values and comparisons.")
    PAGE_FRONT_MATTER = ("page-front-matter", "The front matter of a page changes how the page is read.")
    PAGE_FILE = ("page-file", "A page would publish a file that is not for the handbook.")
    PAGE_PICTURE = ("page-picture", "A picture comes from elsewhere, or holds more than shapes and text.")
    PAGE_LINK = ("page-link", "A link on a page leads to an address of a kind that is not for pages.")
    PAGE_CIRCLE = ("page-circle", "A table of contents leads back to a page above it.")
    STRANGER = ("stranger", "A need that is not an item of the pack; it is left out.", Severity.WARNING)

    def __init__(self, code: str, sentence: str, severity: Severity = Severity.ERROR) -> None:
        self.code = code
        self.sentence = sentence
        self.severity = severity


NOTICES = {notice.code: notice for notice in Notice}


class Complaint(NamedTuple):
    """What is wrong, wherever that is: its kind, what, and the remedy."""

    notice: Notice
    what: str
    remedy: str

    def at(self, path: str, line: int) -> "Problem":
        """The same at a place."""
        return Problem(path, line, self.what, self.remedy, self.notice)

    def or_meant(self, word: str, known: Iterable[str], mark: str = "") -> "Complaint":
        """The same of a word that nobody knows: its remedy is the one that was probably meant, where there is one."""
        return self._replace(remedy=suggest(word, known, self.remedy, mark))


def complaint(message: str, /, **places: object) -> Complaint:
    """A message of the catalogue's problems: `table-gap.no-row` is of the notice `table-gap`, and has both parts."""
    notice, _, _ = message.partition(".")
    what, remedy = (say(f"problems.{message}.{part}", **places) for part in ("what", "remedy"))
    return Complaint(NOTICES[notice], what, remedy)


@dataclass(frozen=True, order=True)
class Problem:
    """One problem at one place.

    `path` is the folder as it was given and the file in it, with forward slashes; `line` counts from 1, 0 where a
    whole file or folder is meant.
    """

    path: str
    line: int
    what: str
    remedy: str
    notice: Notice

    @staticmethod
    def at(path: str, line: int, message: str, /, **places: object) -> "Problem":
        """What a message of the catalogue says of a place."""
        return complaint(message, **places).at(path, line)

    def __str__(self) -> str:
        """`path:line: what - remedy`."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.what} - {self.remedy}"


class PolicyError(Exception):
    """Bad input: carries the problems that were found, in order of place; of very many the first, and how many more."""

    def __init__(self, problems: Iterable[Problem], more: Mapping[str, int] | None = None) -> None:
        self.problems = the_first(sorted(problems, key=lambda p: (p.path, p.line, p.what)), more or {})
        super().__init__("\n".join(map(str, self.problems)))


NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The errors of a system that has no room for a file: a full disk, what one user may have, how large a file may be."""


def why_of(error: OSError) -> str:
    """Why the system did not do something, as a clause."""
    if error.errno in NO_ROOM and error.strerror == os.strerror(error.errno):  # else it was said in words already
        return say("system.too-large" if error.errno == errno.EFBIG else "system.full")
    return error.strerror or type(error).__name__


def the_first(problems: Iterable[Problem], more: Mapping[str, int]) -> tuple[Problem, ...]:
    """At most so many problems of each file and in all, and how many more there are, with `more` of them by path."""
    found: list[Problem] = []
    of_file, left = Counter[str](), Counter(more)
    for problem in problems:
        is_shown = of_file[problem.path] < MOST_OF_A_FILE and len(found) < MOST_IN_ALL
        found += [problem] * is_shown
        of_file[problem.path] += is_shown
        left[problem.path] += not is_shown
    if n := left.total():
        where = os.path.commonpath([path for path in left if left[path]])
        found.append(Problem.at(Path(where).as_posix(), 0, "more.problems", n=n))
    return tuple(found)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The word of those known that was probably meant; None where none is like it."""
    return next(iter(get_close_matches(word, list(known), 1)), None)


def suggest(word: str, known: Iterable[str], otherwise: str, mark: str = "") -> str:
    """What to do about a word that nobody knows: the one that was probably meant, between marks; else `otherwise`."""
    found = nearest(word, known)
    return f"did you mean {mark}{found}{mark}?" if found else otherwise


def shown(value: object) -> str:
    """A value of the pack, shortened; never a value of a record."""
    if not isinstance(value, str):
        return "this" if value is not None else "blank"
    text = " ".join(value.split())
    return f"`{text}`" if len(text) <= LONGEST_SHOWN else f"`{text[: LONGEST_SHOWN - 1]}…`"

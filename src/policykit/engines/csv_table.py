"""From the copy of a CSV file to a typed table, as one statement for DuckDB."""

from collections.abc import Mapping

from sqlglot import exp

from policykit.engines.csv_intake import Intake
from policykit.engines.names import column_named, named
from policykit.engines.typed import column_type, typed, unreadable, without_spaces
from policykit.model.registers import FieldType, Register
from policykit.rules import marker

_ALWAYS_READ = {FieldType.REF, FieldType.TEXT}
_LEAST_LINE = 2 * 1024 * 1024


def markable(register: Register) -> tuple[str, ...]:
    """The fields that can hold something that cannot be read; each has a marker column beside it."""
    return tuple(name for name, shape in register.fields.items() if shape.type not in _ALWAYS_READ)


def create_from_copy(register: Register, intake: Intake) -> exp.Create:
    """Create the table of a register from the copy of its file."""
    return create_typed(register, _read_csv(intake), {name: f"c{place}" for name, place in intake.places.items()})


def create_typed(register: Register, texts: exp.Table, columns: Mapping[str, str]) -> exp.Create:
    """Create the table of a register from text, in the column of each field: typed, and marked where unreadable."""
    marked = markable(register)
    values = [named(column_named(name), name) for name in register.fields]
    markers = [named(unreadable(column_named(_text(name)), column_named(name)), marker(name)) for name in marked]
    typed_rows = _typed(register, texts, columns).subquery("typed", copy=False)
    rows = exp.select(*values, *markers).from_(typed_rows, copy=False)
    return rows.ctas(exp.table_(register.id, quoted=True), copy=False)


def create_empty(register: Register) -> exp.Create:
    """Create the table of a register whose rows do not come from a file."""
    columns = [
        exp.ColumnDef(this=exp.to_identifier(name, quoted=True), kind=column_type(shape))
        for name, shape in register.fields.items()
    ]
    table = exp.Schema(this=exp.table_(register.id, quoted=True), expressions=columns)
    return exp.Create(this=table, kind="TABLE")


def _typed(register: Register, rows: exp.Table, columns: Mapping[str, str]) -> exp.Select:
    """Each field's value and, where it can be unreadable, the text it was read from."""
    values = [named(typed(shape, column_named(name)), name) for name, shape in register.fields.items()]
    texts = [named(column_named(name), _text(name)) for name in markable(register)]
    return exp.select(*values, *texts).from_(_stripped(rows, columns).subquery("stripped", copy=False), copy=False)


def _stripped(rows: exp.Table, columns: Mapping[str, str]) -> exp.Select:
    """The text of each field; other columns are not read."""
    fields = [named(without_spaces(column_named(column)), name) for name, column in columns.items()]
    return exp.select(*fields).from_(rows)


def _read_csv(intake: Intake) -> exp.Table:
    """DuckDB's reader with nothing left for it to guess.

    It is not strict, because that refuses files in good order: those with a carriage return in quotes. What is not in
    order never gets here. A quoted value over several lines must not be read by several threads.
    """
    names = [
        exp.PropertyEQ(this=exp.to_identifier(f"c{number}"), expression=exp.Literal.string("VARCHAR"))
        for number in range(intake.columns)
    ]
    options = {
        "auto_detect": exp.false(),
        "header": exp.true(),
        "columns": exp.Struct(expressions=names),
        "delim": exp.Literal.string(","),
        "quote": exp.Literal.string('"'),
        "escape": exp.Literal.string('"'),
        "strict_mode": exp.false(),
        "max_line_size": exp.Literal.number(max(_LEAST_LINE, intake.longest)),
        "parallel": exp.convert(not intake.folded),
    }
    settings = [exp.EQ(this=exp.column(name), expression=value) for name, value in options.items()]
    return exp.Table(this=exp.ReadCSV(this=exp.Literal.string(str(intake.copy)), expressions=settings))


def _text(field: str) -> str:
    return f"{field} text"

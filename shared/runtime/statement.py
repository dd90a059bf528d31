"""A SQLAlchemy statement that is compiled once for each store and then run by the driver's own execute.

SQLAlchemy's own execution costs several times what a small statement costs the database. The statement is still
SQLAlchemy's: its text, the values it fixes itself, and the conversions of its column types.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, Dialect, Executable, Float, Insert
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from shared.runtime.rows import row_maker

_FEW = 8

Values = tuple[Any, ...]
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """`names` are the parameters in the order of the text; `fixed` are those whose value the statement gives itself."""

    text: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]
    converts: Mapping[str, Convert]
    make_row: Callable[[Sequence[Any]], Any]
    row_converts: tuple[tuple[int, Convert], ...]
    places: tuple[tuple[int, Convert], ...]  # of parameters, with their conversions

    def values(self, given: Mapping[str, Any]) -> Values:
        """What the driver is given for one execution; KeyError names a parameter that is missing."""
        converts, fixed = self.converts, self.fixed
        if not (converts or fixed):
            return tuple([given[name] for name in self.names])
        return tuple(
            fixed[name] if name in fixed else converts[name](given[name]) if name in converts else given[name]
            for name in self.names
        )

    def many_values(self, rows: Sequence[Values]) -> list[Values]:
        """`rows` as the driver wants them."""
        if not self.places:
            return list(rows)
        if len(rows) < _FEW:
            return [self._converted(row) for row in rows]
        return list(zip(*self.converted(list(zip(*rows, strict=True))), strict=True))

    def converted(self, columns: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
        """`columns` as the driver wants them; each distinct value of a column is converted once."""
        return [
            _converted(column, self.converts[name]) if name in self.converts else column
            for name, column in zip(self.names, columns, strict=True)
        ]

    def _converted(self, row: Values) -> Values:
        values = list(row)
        for place, convert in self.places:
            values[place] = convert(values[place])
        return tuple(values)

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """What the driver found, as named tuples."""
        if not self.row_converts:
            return list(map(self.make_row, found))
        rows = []
        for row in found:
            values = list(row)
            for place, convert in self.row_converts:
                values[place] = convert(values[place])
            rows.append(self.make_row(values))
        return rows


class Statement:
    """Make one at import, of a statement whose parameters are `bindparam`s.

    An INSERT takes its table's columns in order, but those in `omit`; `ON CONFLICT` is spelt with PostgreSQL's
    `insert`, which SQLite understands.
    """

    def __init__(self, executable: Executable, *, omit: Sequence[str] = ()) -> None:
        self._executable = executable
        self._omit = frozenset(omit)
        self._compiled: dict[tuple[Dialect, str | None], Compiled] = {}

    def on(self, dialect: Dialect, without_schema: str | None) -> Compiled:
        """For a store of this dialect; `without_schema` is the schema that its tables are not in."""
        key = dialect, without_schema
        if key not in self._compiled:
            self._compiled[key] = self._compile(dialect, without_schema)
        return self._compiled[key]

    def _compile(self, dialect: Dialect, without_schema: str | None) -> Compiled:
        statement: Any = self._executable
        options: dict[str, Any] = {}
        if isinstance(statement, Insert) and statement.select is None:
            options["column_keys"] = [c.name for c in statement.table.columns if c.name not in self._omit]
        if without_schema:
            options |= {"schema_translate_map": {without_schema: None}, "render_schema_translate": True}
        compiled: SQLCompiler = statement.compile(dialect=dialect, **options)
        names = tuple(compiled.positiontup or ())
        converts = _bind_converts(compiled, names, dialect)
        return Compiled(
            text=str(compiled),
            names=names,
            fixed={name: compiled.binds[name].effective_value for name in names if not compiled.binds[name].required},
            converts=converts,
            places=tuple((place, converts[name]) for place, name in enumerate(names) if name in converts),
            **_result(statement, dialect),
        )


def _bind_converts(compiled: SQLCompiler, names: Sequence[str], dialect: Dialect) -> dict[str, Convert]:
    found = {name: _bind_convert(compiled.binds[name].type, dialect) for name in names}
    return {name: convert for name, convert in found.items() if convert}


def _bind_convert(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """On SQLite not SQLAlchemy's own of dates, whose text is the same, nor of truth, which the driver takes."""
    if dialect.name == "sqlite" and type(kind) is Date:
        return _written
    if dialect.name == "sqlite" and type(kind) is Boolean:
        return None
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _result(statement: Any, dialect: Dialect) -> dict[str, Any]:
    columns = list(getattr(statement, "exported_columns", ()))
    if not columns:  # text, or nothing to give
        return {"make_row": tuple, "row_converts": ()}
    converts = []
    for place, column in enumerate(columns):
        if isinstance(column.type, Float):
            continue  # both drivers give floats already
        convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if convert:
            converts.append((place, convert))
    return {"make_row": row_maker([column.key for column in columns]), "row_converts": tuple(converts)}


def _converted(values: Sequence[Any], convert: Convert) -> list[Any]:
    try:
        known = {value: convert(value) for value in set(values)}
    except TypeError:  # lists and the like, for a JSON column
        return [convert(value) for value in values]
    return [known[value] for value in values]

"""Many rows through one INSERT, with the driver's own executemany.

SQLAlchemy's executemany builds dictionaries in Python for each row, which costs more than the database does. The
statement is still SQLAlchemy's: compiled once for each engine, with the conversions of its column types.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Row = tuple[Any, ...]
Convert = Callable[[Any], Any]


class BulkInsert:
    """INSERT into all columns of `table` but those in `omit`, in the table's order.

    `replace` names the columns that take the new values where a row with the same primary key exists.
    """

    def __init__(self, table: Table, *, omit: Sequence[str] = (), replace: Sequence[str] = ()) -> None:
        self._table = table
        self._columns = [column for column in table.columns if column.name not in omit]
        self._replace = tuple(replace)

    async def run(self, connection: AsyncConnection, rows: Sequence[Row]) -> None:
        """Insert `rows`: tuples of values in the order of the columns."""
        if not rows:
            return
        options = connection.sync_connection.get_execution_options() if connection.sync_connection else {}
        text, converts = self._compiled(connection.dialect, bool(options.get("schema_translate_map")))
        await connection.exec_driver_sql(text, _convert(rows, converts))

    @lru_cache(maxsize=64)  # noqa: B019 - an instance belongs to its module and lives as long
    def _compiled(self, dialect: Dialect, without_schema: bool) -> tuple[str, dict[int, Convert]]:
        insert = (sqlite.insert if dialect.name == "sqlite" else postgresql.insert)(self._table)
        if self._replace:
            new = {name: insert.excluded[name] for name in self._replace}
            insert = insert.on_conflict_do_update(index_elements=list(self._table.primary_key), set_=new)
        translated: dict[str, Any] = {
            "schema_translate_map": {self._table.schema: None},
            "render_schema_translate": True,
        }
        names = [column.name for column in self._columns]
        text = str(insert.compile(dialect=dialect, column_keys=names, **(translated if without_schema else {})))
        processors = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in self._columns]
        return text, {place: process for place, process in enumerate(processors) if process}


def _convert(rows: Sequence[Row], converts: dict[int, Convert]) -> list[Row]:
    """Values as the driver wants them; each distinct value of a column is converted once."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for place, convert in converts.items():
        known = {value: convert(value) for value in set(columns[place])}
        columns[place] = [known[value] for value in columns[place]]
    return list(zip(*columns, strict=True))

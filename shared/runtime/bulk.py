"""Many rows through one INSERT, for the asynchronous stores: the driver's own executemany."""

from collections.abc import Sequence

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.runtime.statement import Statement, Values


class BulkInsert:
    """INSERT into all columns of `table` but those in `omit`, in the table's order.

    `replace` names the columns that take the new values where a row with the same primary key exists.
    """

    def __init__(self, table: Table, *, omit: Sequence[str] = (), replace: Sequence[str] = ()) -> None:
        statement = insert(table)
        if replace:
            new = {name: statement.excluded[name] for name in replace}
            statement = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=new)
        self._statement = Statement(statement, omit=omit)
        self._schema = table.schema

    async def run(self, connection: AsyncConnection, rows: Sequence[Values]) -> None:
        """Insert `rows`: tuples of values in the order of the columns."""
        if rows:
            absent = self._schema if connection.dialect.name == "sqlite" else None
            compiled = self._statement.on(connection.dialect, absent)
            await connection.exec_driver_sql(compiled.text, compiled.many_values(rows))

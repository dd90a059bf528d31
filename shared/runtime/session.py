"""The inside of a transaction, for plain functions: the same ones serve SQLite, where they run in the thread of the
connection, and PostgreSQL, where they run in a greenlet that awaits each statement for them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Dialect

from shared.runtime.outbox import NOTIFY_CHANNEL, Publisher, insert_into
from shared.runtime.statement import Statement, Values


class Session(ABC, Publisher):
    """An open transaction. Nothing in it waits for anything but the store."""

    def __init__(self, dialect: Dialect, schema: str) -> None:
        super().__init__(schema)
        self.is_sqlite = dialect.name == "sqlite"
        self._dialect = dialect
        self._without_schema = schema if self.is_sqlite else None

    def fetch(self, statement: Statement, **values: Any) -> list[Any]:
        """Run it once; its rows as named tuples, none for a statement that gives none."""
        compiled = statement.on(self._dialect, self._without_schema)
        return compiled.rows(self._execute(compiled.text, compiled.values(values)))

    def run(self, statement: Statement, rows: Sequence[Values]) -> None:
        """Run it for each of `rows`, which hold the values in the order of the statement's parameters."""
        if rows:
            compiled = statement.on(self._dialect, self._without_schema)
            self._execute_many(compiled.text, compiled.many_values(rows))

    def run_columns(self, statement: Statement, columns: Sequence[Sequence[Any]]) -> None:
        """As `run` of an INSERT, for rows by the hundred thousand, given as columns of one length."""
        compiled = statement.on(self._dialect, self._without_schema)
        self._execute_columns(compiled.text, compiled.converted(columns))

    def store(self, said: Sequence[Values]) -> None:
        """Put what was said into the outbox. The last thing before the commit."""
        if said:
            self.run(insert_into(self._schema), said)
            if not self.is_sqlite:
                self._execute(f"NOTIFY {NOTIFY_CHANNEL.format(schema=self._schema)}", ())

    def _execute_columns(self, text: str, columns: Sequence[Sequence[Any]]) -> None:
        self._execute_many(text, list(zip(*columns, strict=True)))

    @abstractmethod
    def _execute(self, text: str, values: Values) -> Sequence[Sequence[Any]]: ...

    @abstractmethod
    def _execute_many(self, text: str, rows: list[Values]) -> None: ...


class ConnectionSession(Session):
    """Over SQLAlchemy's own connection, inside `AsyncConnection.run_sync`."""

    def __init__(self, connection: Connection, schema: str) -> None:
        super().__init__(connection.dialect, schema)
        self._connection = connection

    def _execute(self, text: str, values: Values) -> Sequence[Sequence[Any]]:
        result = self._connection.exec_driver_sql(text, values)
        return result.all() if result.returns_rows else ()

    def _execute_many(self, text: str, rows: list[Values]) -> None:
        self._connection.exec_driver_sql(text, rows)

"""Rows put and taken by primary key, many at once."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Table, bindparam, delete
from sqlalchemy.dialects.postgresql import insert

from shared.runtime.session import Session
from shared.runtime.statement import Statement, Values


def put(session: Session, table: Table, rows: Sequence[Values]) -> None:
    """Store whole rows, in the place of those with the same key; values in the order of the table's columns."""
    session.run(_upsert(table), rows)


def put_named(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """As `put`, of rows that give each column by name."""
    put(session, table, list(map(_in_order(table), rows)))


def take(session: Session, table: Table, keys: Sequence[Values]) -> None:
    """Delete by primary key, its columns in the order of the table."""
    session.run(_delete(table), keys)


@lru_cache
def _in_order(table: Table) -> Any:
    return itemgetter(*(column.name for column in table.columns))


@lru_cache
def _upsert(table: Table) -> Statement:
    statement = insert(table)
    keys = table.primary_key.columns
    new = {column.name: statement.excluded[column.name] for column in table.columns if column not in set(keys)}
    if not new:
        return Statement(statement.on_conflict_do_nothing())
    return Statement(statement.on_conflict_do_update(index_elements=list(keys), set_=new))


@lru_cache
def _delete(table: Table) -> Statement:
    return Statement(delete(table).where(*(column == bindparam(f"key_{column.name}") for column in table.primary_key)))

"""Rows put and taken by primary key, many at once."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Delete, Table, bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite

from shared.runtime.db import Tx


async def put(tx: Tx, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Store whole rows, in the place of those with the same key."""
    if rows:
        await tx.execute(_upsert(table, tx.connection.dialect.name), rows)


async def take(tx: Tx, table: Table, keys: Sequence[tuple[str, ...]]) -> None:
    """Delete by primary key, its columns in the order of the table."""
    if keys:
        names = [f"key_{column.name}" for column in table.primary_key]
        await tx.execute(_delete(table), [dict(zip(names, key, strict=True)) for key in keys])


@lru_cache
def _upsert(table: Table, dialect: str) -> Any:
    statement: Any = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    keys = table.primary_key.columns
    values = {column.name: statement.excluded[column.name] for column in table.columns if column not in set(keys)}
    return statement.on_conflict_do_update(index_elements=list(keys), set_=values)


@lru_cache
def _delete(table: Table) -> Delete:
    return delete(table).where(*(column == bindparam(f"key_{column.name}") for column in table.primary_key))

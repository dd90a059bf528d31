"""Writing a card and its referrals, with statements that are compiled once, inside one visit to the store."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert

from services.referrals.store.tables import card
from shared.runtime.session import Session
from shared.runtime.statement import Statement

_CLAIM = Statement(insert(card).on_conflict_do_nothing().returning(card.c.id))


def claim(session: Session, values: Mapping[str, Any]) -> bool:
    """Whether the card is new. A concurrent filing of the same id is waited for."""
    return bool(session.fetch(_CLAIM, **values))


def add(session: Session, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """New rows, which give each column of the table by name."""
    names = [column.name for column in table.columns]
    session.run(_insert(table), [tuple(row[name] for name in names) for row in rows])


@lru_cache
def _insert(table: Table) -> Statement:
    return Statement(insert(table))

"""Records of some agencies and categories that may be of what is asked about. Nothing else is read."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.store.relation_tables import trait
from services.linker.store.tables import block, mention
from shared.runtime.among import among, many

Source = tuple[str, str]


def _holding(postings: Table, key: ColumnElement[int]) -> Any:
    source = mention.c.agency + "/" + mention.c.category
    held = select(postings.c.record).where(among(key))
    return select(mention).where(mention.c.no.in_(held), among(source, "sources")).order_by(mention.c.record_id)


_BY_BLOCK, _BY_TRAIT = _holding(block, block.c.key), _holding(trait, trait.c.key)


async def by_block(connection: AsyncConnection, keys: Collection[int], sources: Iterable[Source]) -> Sequence[Row[Any]]:
    """Those that have one of these block keys."""
    return (await connection.execute(_BY_BLOCK, _asked(keys, sources))).all()


async def by_trait(connection: AsyncConnection, keys: Collection[int], sources: Iterable[Source]) -> Sequence[Row[Any]]:
    """Those that give one of these traits."""
    return (await connection.execute(_BY_TRAIT, _asked(keys, sources))).all()


def _asked(keys: Collection[int], sources: Iterable[Source]) -> dict[str, Any]:
    return {"ids": many(keys), "sources": many(f"{owner}/{category}" for owner, category in sources)}

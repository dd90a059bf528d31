"""The graph over all records: mentions, the keys they are found by, and the weights of compared pairs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, delete, insert, literal, select, text, union_all

from services.linker.domain.cluster import Pair
from services.linker.store.among import among
from services.linker.store.tables import block, mention, pair, rebuild, tombstone
from services.linker.store.writing import put, take
from shared.runtime.db import Tx

SIGHTING = (
    mention.c.record_id,
    mention.c.feed,
    mention.c.agency,
    mention.c.regime,
    mention.c.category,
    mention.c.received_on,
    mention.c.name,
    mention.c.area,
    mention.c.search,
    mention.c.kind,
    mention.c.severity,
    mention.c.native_rating,
    mention.c.observed_on,
    mention.c.closed_on,
)
AnyRow = Row[*tuple[Any, ...]]
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('joinedup linker graph'))")


async def lock(tx: Tx) -> None:
    """One change of the graph at a time, whatever the number of workers; on SQLite the transaction sees to it."""
    if tx.connection.dialect.name == "postgresql":
        await tx.connection.execute(_LOCK)


async def versions(tx: Tx, record_ids: Collection[str]) -> tuple[dict[str, int], dict[str, bytes]]:
    """The newest version known of each record, retracted ones included, and the features of those that are held."""
    held = select(mention.c.record_id, mention.c.version, mention.c.features).where(
        among(mention.c.record_id, record_ids)
    )
    gone = select(tombstone.c.record_id, tombstone.c.version, literal(None)).where(
        among(tombstone.c.record_id, record_ids)
    )
    rows = (await tx.connection.execute(union_all(held, gone))).all()
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows if row[2] is not None}


async def put_mentions(tx: Tx, rows: Sequence[dict[str, Any]], known: Collection[str]) -> None:
    """Store `rows`; of `known` records an older version or a tombstone may be there, which they replace."""
    await put(tx, mention, rows)
    await take(tx, tombstone, [(row["record_id"],) for row in rows if row["record_id"] in known])


async def put_tombstones(tx: Tx, gone: Mapping[str, int]) -> None:
    """Retracted: nothing of the record stays but its id and version."""
    await take(tx, mention, [(record_id,) for record_id in gone])
    await put(tx, tombstone, [{"record_id": record_id, "version": version} for record_id, version in gone.items()])


async def unlink(tx: Tx, record_ids: Collection[str]) -> set[str]:
    """Take away the keys and pairs of these records; the records that were linked to them."""
    if not record_ids:
        return set()
    statement = select(pair.c.a, pair.c.b, pair.c.linked).where(among(pair.c.a, record_ids))
    pairs = (await tx.connection.execute(statement)).all()
    if pairs:
        await tx.connection.execute(delete(pair).where(among(pair.c.a, record_ids)))
        await take(tx, pair, [(b, a) for a, b, _ in pairs])
    await tx.connection.execute(delete(block).where(among(block.c.record_id, record_ids)))
    return {b for _, b, linked in pairs if linked}


async def put_keys(tx: Tx, keys: Iterable[tuple[str, str]]) -> None:
    """`keys` are (key, record id)."""
    if rows := [{"key": key, "record_id": record_id} for key, record_id in keys]:
        await tx.connection.execute(insert(block), rows)


async def candidates(tx: Tx, record_ids: Collection[str]) -> set[Pair]:
    """Every pair, smaller id first, of one of these records and another that shares a key with it."""
    mine, theirs = block.alias("mine"), block.alias("theirs")
    statement = (
        select(mine.c.record_id, theirs.c.record_id)
        .join(theirs, and_(mine.c.key == theirs.c.key, mine.c.record_id != theirs.c.record_id))
        .where(among(mine.c.record_id, record_ids))
        .distinct()
    )
    return {(min(a, b), max(a, b)) for a, b in await tx.connection.execute(statement)}


async def features(tx: Tx, record_ids: Collection[str]) -> dict[str, tuple[bytes, str]]:
    """(features, feed) by record."""
    columns = select(mention.c.record_id, mention.c.features, mention.c.feed)
    rows = await tx.connection.execute(columns.where(among(mention.c.record_id, record_ids)))
    return {record_id: (data, feed) for record_id, data, feed in rows}


async def put_pairs(tx: Tx, pairs: Iterable[tuple[str, str, float, bool]]) -> None:
    """`pairs` are (a, b, bits, linked); each is stored under both."""
    rows = []
    for a, b, weight, linked in pairs:
        rows.append({"a": a, "b": b, "weight": weight, "linked": linked})
        rows.append({"a": b, "b": a, "weight": weight, "linked": linked})
    if rows:
        await tx.connection.execute(insert(pair), rows)


async def reach(tx: Tx, seeds: Collection[str]) -> set[str]:
    """The records that hang together with `seeds` by links, the seeds that are held included."""
    start = select(mention.c.record_id.label("id")).where(among(mention.c.record_id, seeds))
    found = start.cte("found", recursive=True)
    found = found.union(select(pair.c.b).join(found, pair.c.a == found.c.id).where(pair.c.linked))
    return set((await tx.connection.execute(select(found.c.id))).scalars())


async def sightings(tx: Tx, record_ids: Collection[str]) -> Sequence[AnyRow]:
    return (await tx.connection.execute(select(*SIGHTING).where(among(mention.c.record_id, record_ids)))).all()


async def weights(tx: Tx, record_ids: Collection[str]) -> dict[Pair, float]:
    """The bits of every compared pair inside `record_ids`, smaller id first."""
    inside = set(record_ids)
    statement = select(pair.c.a, pair.c.b, pair.c.weight).where(among(pair.c.a, record_ids), pair.c.a < pair.c.b)
    return {(a, b): weight for a, b, weight in await tx.connection.execute(statement) if b in inside}


async def empty(tx: Tx) -> None:
    """Forget every record; what audiences hold stays until it is worked out again."""
    for table in (pair, block, mention, tombstone):
        await tx.connection.execute(delete(table))


async def pending_rebuild(tx: Tx) -> Row[Any] | None:
    return (await tx.connection.execute(select(rebuild))).one_or_none()


async def put_rebuild(tx: Tx, topic: str, after: dict[str, int], until: dict[str, int]) -> None:
    await put(tx, rebuild, [{"topic": topic, "after": after, "until": until}])


async def end_rebuild(tx: Tx) -> None:
    await tx.connection.execute(delete(rebuild))

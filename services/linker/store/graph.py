"""The graph over all records: mentions, the keys they are found by, and the weights of compared pairs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, delete, literal, select, text, union_all

from services.linker.domain.cluster import Pair
from services.linker.store.among import among, many
from services.linker.store.tables import block, mention, pair, rebuild, tombstone
from services.linker.store.writing import put, take
from shared.runtime.bulk import BulkInsert
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
# Every look-up is by key, and statistics lag behind a bulk load: the planner is kept from reading whole tables.
_LOOK_UPS_ONLY = ", ".join(
    f"set_config('enable_{whole}', 'off', true)" for whole in ("seqscan", "hashjoin", "mergejoin")
)
_LOCK = text(f"SELECT pg_advisory_xact_lock(hashtext('joinedup linker graph')), {_LOOK_UPS_ONLY}")


async def lock(tx: Tx) -> None:
    """One change of the graph at a time, whatever the number of workers; on SQLite the transaction sees to it."""
    if tx.connection.dialect.name == "postgresql":
        await tx.connection.execute(_LOCK)


_VERSIONS = union_all(
    select(mention.c.record_id, mention.c.version, mention.c.features).where(among(mention.c.record_id)),
    select(tombstone.c.record_id, tombstone.c.version, literal(None)).where(among(tombstone.c.record_id)),
)


async def versions(tx: Tx, record_ids: Collection[str]) -> tuple[dict[str, int], dict[str, bytes]]:
    """The newest version known of each record, retracted ones included, and the features of those that are held."""
    rows = (await tx.connection.execute(_VERSIONS, {"ids": many(record_ids)})).all()
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows if row[2] is not None}


async def put_mentions(tx: Tx, rows: Sequence[dict[str, Any]], known: Collection[str]) -> None:
    """Store `rows`; of `known` records an older version or a tombstone may be there, which they replace."""
    await put(tx, mention, rows)
    await take(tx, tombstone, [(row["record_id"],) for row in rows if row["record_id"] in known])


async def put_tombstones(tx: Tx, gone: Mapping[str, int]) -> None:
    """Retracted: nothing of the record stays but its id and version."""
    await take(tx, mention, [(record_id,) for record_id in gone])
    await put(tx, tombstone, [{"record_id": record_id, "version": version} for record_id, version in gone.items()])


_PAIRS_OF = select(pair.c.a, pair.c.b, pair.c.linked).where(among(pair.c.a))


async def unlink(tx: Tx, record_ids: Collection[str]) -> set[str]:
    """Take away the keys and pairs of these records; the records that were linked to them."""
    if not record_ids:
        return set()
    ids = {"ids": many(record_ids)}
    pairs = (await tx.connection.execute(_PAIRS_OF, ids)).all()
    if pairs:
        await tx.connection.execute(delete(pair).where(among(pair.c.a)), ids)
        await take(tx, pair, [(b, a) for a, b, _ in pairs])
    await tx.connection.execute(delete(block).where(among(block.c.record_id)), ids)
    return {b for _, b, linked in pairs if linked}


_KEYS = BulkInsert(block)


async def put_keys(tx: Tx, keys: Iterable[tuple[str, str]]) -> None:
    """`keys` are (key, record id)."""
    await _KEYS.run(tx.connection, list(keys))


_MINE, _THEIRS = block.alias("mine"), block.alias("theirs")
_CANDIDATES = (
    select(_MINE.c.record_id, _THEIRS.c.record_id)
    .join(_THEIRS, and_(_MINE.c.key == _THEIRS.c.key, _MINE.c.record_id != _THEIRS.c.record_id))
    .where(among(_MINE.c.record_id))
    .distinct()
)


async def candidates(tx: Tx, record_ids: Collection[str]) -> set[Pair]:
    """Every pair, smaller id first, of one of these records and another that shares a key with it."""
    rows = await tx.connection.execute(_CANDIDATES, {"ids": many(record_ids)})
    return {(min(a, b), max(a, b)) for a, b in rows}


_FEATURES = select(mention.c.record_id, mention.c.features, mention.c.feed).where(among(mention.c.record_id))


async def features(tx: Tx, record_ids: Collection[str]) -> dict[str, tuple[bytes, str]]:
    """(features, feed) by record."""
    if not record_ids:
        return {}
    rows = await tx.connection.execute(_FEATURES, {"ids": many(record_ids)})
    return {record_id: (data, feed) for record_id, data, feed in rows}


_PAIRS = BulkInsert(pair)


async def put_pairs(tx: Tx, pairs: Iterable[tuple[str, str, float, bool]]) -> None:
    """`pairs` are (a, b, bits, linked); each is stored under both."""
    both = [(row, (row[1], row[0], *row[2:])) for row in pairs]
    await _PAIRS.run(tx.connection, [row for rows in both for row in rows])


_FOUND = select(mention.c.record_id.label("id")).where(among(mention.c.record_id)).cte("found", recursive=True)
_REACH = select(_FOUND.union(select(pair.c.b).join(_FOUND, pair.c.a == _FOUND.c.id).where(pair.c.linked)).c.id)


async def reach(tx: Tx, seeds: Collection[str]) -> set[str]:
    """The records that hang together with `seeds` by links, the seeds that are held included."""
    return set((await tx.connection.execute(_REACH, {"ids": many(seeds)})).scalars())


_SIGHTINGS = select(*SIGHTING).where(among(mention.c.record_id))


async def sightings(tx: Tx, record_ids: Collection[str]) -> Sequence[AnyRow]:
    return (await tx.connection.execute(_SIGHTINGS, {"ids": many(record_ids)})).all()


_WEIGHTS = select(pair.c.a, pair.c.b, pair.c.weight).where(among(pair.c.a), pair.c.a < pair.c.b)


async def weights(tx: Tx, record_ids: Collection[str]) -> dict[Pair, float]:
    """The bits of every compared pair inside `record_ids`, smaller id first."""
    if len(record_ids) < 2:
        return {}
    inside = set(record_ids)
    rows = await tx.connection.execute(_WEIGHTS, {"ids": many(record_ids)})
    return {(a, b): weight for a, b, weight in rows if b in inside}


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

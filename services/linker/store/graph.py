"""The graph over all records: mentions, the keys they are found by, and the weights of compared pairs."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from sqlalchemy import bindparam, delete, func, select, text, update

from services.linker.domain.walk import Walk
from services.linker.store.relation_tables import trait
from services.linker.store.tables import block, mention, pair, posting, rebuild, record
from services.linker.store.writing import put, put_named, take
from shared.runtime.among import among, listed, many, sought
from shared.runtime.session import Session
from shared.runtime.statement import Statement

# Every look-up is by key, and statistics lag behind a bulk load: the planner is kept from reading whole tables, once or
# to keep, and from compiling a plan that is done sooner than compiled.
_WITHOUT = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_material", "jit")
_LOOK_UPS_ONLY = ", ".join(f"set_config('{name}', 'off', true)" for name in _WITHOUT)
_LOCK = Statement(text(f"SELECT pg_advisory_xact_lock(hashtext('joinedup linker graph')), {_LOOK_UPS_ONLY}"))


def lock(session: Session) -> None:
    """One change of the graph at a time, whatever the number of workers; on SQLite the transaction sees to it."""
    if not session.is_sqlite:
        session.fetch(_LOCK)


@lru_cache(maxsize=8)
def model_number(version: str) -> int:
    """What stands for a model's version in the tables."""
    return int.from_bytes(blake2b(version.encode(), digest_size=4).digest(), signed=True)


_WORDED = (mention.c.agency, mention.c.category, mention.c.source_ref, mention.c.sector)
_ASKED = listed()
_LAST = select(func.coalesce(func.max(record.c.no), 0)).scalar_subquery()
_KNOWN = Statement(
    select(
        _ASKED.c.value.label("record_id"),
        record.c.no,
        record.c.version,
        *_WORDED,
        mention.c.features,
        _LAST.label("last"),
    )
    .select_from(_ASKED)
    .join(record, record.c.record_id == _ASKED.c.value, isouter=True)
    .join(mention, mention.c.no == record.c.no, isouter=True)
)


def known(session: Session, record_ids: Collection[str]) -> tuple[dict[str, Any], int]:
    """What is known of records, by id: (no, record_id, version, …, features), features None where none are held. And
    the last number that a record has."""
    rows = session.fetch(_KNOWN, ids=many(record_ids))
    return {row.record_id: row for row in rows if row.no is not None}, rows[0].last if rows else 0


def put_records(session: Session, versions: Mapping[str, int], known_: Mapping[str, Any], last: int) -> dict[str, int]:
    """Store the newest versions; the numbers of these records by id, those behind `last` for those that had none."""
    numbers = {id_: known_[id_].no for id_ in versions if id_ in known_}
    new = (id_ for id_ in versions if id_ not in known_)
    numbers.update((id_, last + place) for place, id_ in enumerate(new, start=1))
    put(session, record, [(numbers[id_], id_, version) for id_, version in versions.items()])
    return numbers


def put_mentions(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    put_named(session, mention, rows)


def take_mentions(session: Session, numbers: Iterable[int]) -> None:
    """Retracted: nothing of the record stays but its id and version."""
    take(session, mention, [(no,) for no in numbers])


def put_keys(session: Session, keys: Sequence[tuple[int, int]]) -> None:
    """`keys` are (key number, record)."""
    put(session, block, keys)


def take_keys(session: Session, keys: Sequence[tuple[int, int]]) -> None:
    """`keys` are (key number, record)."""
    take(session, block, keys)


_HOLDERS = Statement(sought(select(block.c.key, block.c.record), block.c.key))


def holders(session: Session, keys: Collection[int]) -> Iterator[tuple[int, int]]:
    """(key number, record) of every record that has one of these keys."""
    for row in session.fetch(_HOLDERS, ids=many(keys)):
        yield row.key, row.record


_FEATURES = Statement(
    sought(select(mention.c.no, mention.c.record_id, mention.c.features, mention.c.feed), mention.c.no)
)


def features(session: Session, numbers: Collection[int]) -> list[Any]:
    """(no, record_id, features, feed) of those that are held."""
    return session.fetch(_FEATURES, ids=many(numbers)) if numbers else []


_SAID = Statement(select(mention.c.no, *_WORDED, mention.c.features).where(among(mention.c.no)))


def said(session: Session, numbers: Collection[int]) -> list[Any]:
    """(no, agency, category, source_ref, sector, features) of those that are held."""
    return session.fetch(_SAID, ids=many(numbers))


def put_pairs(session: Session, pairs: Iterable[tuple[int, int, int, float, bool, int | None]]) -> None:
    """`pairs` are (model, a, b, bits, linked, doubt), either record first."""
    rows: list[tuple[int, int, int, float, bool, int | None]] = []
    for model, a, b, bits, linked, doubt in pairs:
        earlier, later = min(a, b), max(a, b)
        rows.append((model, later, earlier, bits, linked, doubt))
        if linked:
            rows.append((model, earlier, later, bits, linked, None))
    put(session, pair, rows)


def take_pairs(session: Session, model: int, pairs: Iterable[tuple[int, int]]) -> None:
    """Forget how these compared, as far as they were: (a, b), either record first."""
    take(session, pair, [key for a, b in pairs for key in ((a, model, b), (b, model, a))])


_COMPARED = Statement(
    sought(select(pair.c.a, pair.c.b, pair.c.weight, pair.c.linked).where(pair.c.model == bindparam("model")), pair.c.a)
)


def linked_to(session: Session, model: int, numbers: Collection[int]) -> set[int]:
    """The records that link to one of these."""
    return {row.b for row in session.fetch(_COMPARED, model=model, ids=many(numbers)) if row.linked}


def compared(session: Session, model: int, numbers: Collection[int]) -> dict[int, list[Any]]:
    """By record, the pairs that stand under it: (a, b, weight, linked)."""
    found: dict[int, list[Any]] = {no: [] for no in numbers}
    for row in session.fetch(_COMPARED, model=model, ids=many(numbers)):
        found[row.a].append(row)
    return found


@dataclass(frozen=True, slots=True)
class Reach:
    """`groups`: the records that hang together with some seeds by links, and the seeds, by those that do so with one
    another; `compared` what stands under each. `crowded`: those of crowds (`Walk`), of which not all were read."""

    groups: list[list[int]]
    compared: dict[int, list[Any]]
    crowded: AbstractSet[int]


def reach(session: Session, model: int, seeds: Collection[int], crowd: int) -> Reach:
    found: dict[int, list[Any]] = {}
    walk = Walk(seeds, crowd)
    while next_ := walk.next():
        under = compared(session, model, next_)
        found |= under
        walk.take((no, {pair.b for pair in pairs if pair.linked}) for no, pairs in under.items())
    return Reach(walk.groups, found, walk.crowded)


_SIGHTING = select(
    mention.c.no,
    mention.c.record_id,
    mention.c.feed,
    mention.c.agency,
    mention.c.regime,
    mention.c.category,
    mention.c.received_on,
    mention.c.name,
    mention.c.area,
    mention.c.sector,
    mention.c.kind,
    mention.c.severity,
    mention.c.native_rating,
    mention.c.observed_on,
    mention.c.closed_on,
)
_SIGHTINGS = Statement(sought(_SIGHTING, mention.c.no))


def sightings(session: Session, numbers: Collection[int]) -> list[Any]:
    return session.fetch(_SIGHTINGS, ids=many(numbers))


_EMPTY = [Statement(delete(table)) for table in (pair, block, posting, trait, mention)]
_FORGET_VERSIONS = Statement(update(record).values(version=0))


def empty(session: Session) -> None:
    """Forget every record but its number; what audiences hold stays until it is worked out again."""
    for statement in (*_EMPTY, _FORGET_VERSIONS):
        session.fetch(statement)


_REBUILD = Statement(select(rebuild))
_END_REBUILD = Statement(delete(rebuild))


def pending_rebuild(session: Session) -> Any | None:
    return next(iter(session.fetch(_REBUILD)), None)


def put_rebuild(session: Session, topic: str, after: dict[str, int], until: dict[str, int]) -> None:
    put(session, rebuild, [(topic, after, until)])


def end_rebuild(session: Session) -> None:
    session.fetch(_END_REBUILD)

"""What each audience is shown: its members and businesses, and where businesses went that are no more."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter, itemgetter
from typing import Any

import orjson
from sqlalchemy import Text, and_, bindparam, cast, exists, select, update

from services.linker.domain.views import Business
from services.linker.store.tables import audience, business, decision, member, mention, rebuild, record, retired
from services.linker.store.writing import put, put_named, take
from shared.runtime.among import among, many, sought
from shared.runtime.session import Session
from shared.runtime.statement import Statement, Values
from shared.sharing import DECISIONS


@lru_cache
def audience_number(audience_id: str) -> int:
    """What stands for an audience in the tables, for ever."""
    return int.from_bytes(blake2b(audience_id.encode(), digest_size=8).digest(), signed=True)


@dataclass(slots=True)
class Holding:
    """Part of what one audience is shown, as stored: businesses by id, and the ids of their records in order."""

    businesses: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, list[str]] = field(default_factory=dict)

    def __ior__(self, other: "Holding") -> "Holding":
        """With what another part of the same holds."""
        self.businesses |= other.businesses
        for id_, records in other.records.items():
            self.records[id_] = sorted({*self.records.get(id_, ()), *records})
        return self


_AUDIENCES = Statement(
    select(
        *(audience.c[name] for name in ("no", "audience", "agencies", "leaving", "filled_to", "fresh")),
        cast(audience.c.visible, Text).label("visible"),
        exists(select(rebuild.c.topic)).label("rebuilding"),
    ).order_by(audience.c.audience)
)
_CHANGE_AUDIENCE = Statement(
    update(audience)
    .where(audience.c.no == bindparam("key"))
    .values({name: bindparam(name) for name in ("agencies", "leaving", "filled_to", "fresh")})
)
_REFILL = Statement(update(audience).where(~audience.c.leaving).values(filled_to=0))


def audiences(session: Session) -> Sequence[Any]:
    """Every audience, each with whether the graph is being rebuilt; `visible` is the JSON text, for `visible_pairs`."""
    return session.fetch(_AUDIENCES)


@lru_cache(maxsize=1024)
def visible_pairs(text: str) -> frozenset[tuple[str, str]]:
    """The (owner, category) of the records that an audience sees: long, and the same in each transaction."""
    return frozenset((owner, category) for owner, category in orjson.loads(text))


def add_audience(
    session: Session,
    id_: str,
    agencies: Sequence[str],
    visible: Sequence[Sequence[str]],
    fresh: Sequence[Sequence[str]],
) -> None:
    put(session, audience, [(audience_number(id_), id_, agencies, visible, False, 0, fresh)])


def change_audience(session: Session, row: Any, **values: Any) -> None:
    """Any of `agencies`, `leaving`, `filled_to` and `fresh`, of an audience as `audiences` gives it."""
    now = {"agencies": row.agencies, "leaving": row.leaving, "filled_to": row.filled_to, "fresh": row.fresh}
    session.fetch(_CHANGE_AUDIENCE, key=row.no, **(now | values))


def drop_audience(session: Session, row: Any) -> None:
    """Its businesses were cleared away before; their sequences are kept, so that they go on if it comes back."""
    take(session, audience, [(row.no,)])


def refill_all(session: Session) -> None:
    """Every view is to be worked out again from its first record."""
    session.fetch(_REFILL)


_HELD_AFTER = select(mention.c.no).where(mention.c.no > bindparam("after")).order_by(mention.c.no)
_SHOWN_AFTER = (
    select(member.c.record)
    .where(among(member.c.audience), member.c.record > bindparam("after"))
    .distinct()
    .order_by(member.c.record)
)
_PAGES = [Statement(found.limit(bindparam("page"))) for found in (_HELD_AFTER, _SHOWN_AFTER)]


_SOURCE = mention.c.agency + "/" + mention.c.category
_OF_SOURCES = Statement(
    select(mention.c.no)
    .where(among(_SOURCE), mention.c.no > bindparam("after"))
    .order_by(mention.c.no)
    .limit(bindparam("page"))
)
_DECIDED = [
    Statement(
        select(record_)
        .where(among(decision.c.agency), record_ > bindparam("after"))
        .order_by(record_)
        .limit(bindparam("page"))
    )
    for record_ in (decision.c.a_no, decision.c.b_no)
]


def records_after(session: Session, audiences_: Collection[int], after: int, limit: int) -> list[int]:
    """The next records in order that the graph holds or that one of the audiences is shown."""
    held, shown = _PAGES
    found = {row[0] for row in session.fetch(held, after=after, page=limit)}
    found |= {row[0] for row in session.fetch(shown, after=after, page=limit, ids=many(audiences_))}
    return sorted(found)[:limit]


def records_of(session: Session, pairs: Collection[Sequence[str]], after: int, limit: int) -> list[int]:
    """The next records in order that are of one of the (owner, category) pairs; of an owner's decisions, those that it
    decided on."""
    sources = many(f"{owner}/{category}" for owner, category in pairs)
    deciders = many(owner for owner, category in pairs if category == DECISIONS)
    found = {row[0] for row in session.fetch(_OF_SOURCES, ids=sources, after=after, page=limit)}
    for statement in _DECIDED:
        found |= {row[0] for row in session.fetch(statement, ids=deciders, after=after, page=limit)}
    return sorted(found)[:limit]


_WITHIN_SOURCES = Statement(sought(select(mention.c.no).where(among(_SOURCE, "sources")), mention.c.no))


def of_sources(session: Session, pairs: Collection[Sequence[str]], numbers: Collection[int]) -> set[int]:
    """Those of these records that are of one of the (owner, category) pairs."""
    sources = many(f"{owner}/{category}" for owner, category in pairs)
    return {row.no for row in session.fetch(_WITHIN_SOURCES, ids=many(numbers), sources=sources)}


_SHOWN = Statement(sought(select(member.c.record).where(member.c.audience == bindparam("audience")), member.c.record))


def shown(session: Session, audience_: int, numbers: Collection[int]) -> set[int]:
    """Those of these records that the audience is shown in a business."""
    return {row.record for row in session.fetch(_SHOWN, audience=audience_, ids=many(numbers))}


_DUE = (
    select(business.c.audience, business.c.no)
    .where(business.c.watched, business.c.assessed_on < bindparam("today"))
    .limit(bindparam("page"))
    .subquery()
)
_RECORDS_DUE = Statement(
    select(member.c.record)
    .join(_DUE, and_(member.c.audience == _DUE.c.audience, member.c.business == _DUE.c.no))
    .distinct()
)


def records_due(session: Session, today: date, limit: int) -> list[int]:
    """The records of some businesses that were last assessed before today and whose risk may have changed since."""
    return [row.record for row in session.fetch(_RECORDS_DUE, today=today, page=limit)]


_TOUCHED = Statement(sought(select(member.c.audience, member.c.business), member.c.record))
# A business has the number of its first record: its own columns stand in the row of that.
_IS_FIRST = and_(
    business.c.audience == member.c.audience, business.c.no == member.c.business, member.c.record == member.c.business
)
_MEMBERS = select(member.c.audience, member.c.business, record.c.no, record.c.record_id, business).select_from(
    member.join(record, record.c.no == member.c.record).outerjoin(business, _IS_FIRST)
)
_OF_BUSINESSES = Statement(sought(_MEMBERS, member.c.business))
_COLUMNS = [column.name for column in business.columns]


def holdings(
    session: Session, audiences_: Collection[int], records: Collection[int]
) -> tuple[dict[int, Holding], dict[str, int]]:
    """By audience, the businesses that hold any of these records, with all their records; and the records' numbers."""
    rows = session.fetch(_TOUCHED, ids=many(records))
    return holdings_of(session, audiences_, {(row.audience, row.business) for row in rows})


def holdings_of(
    session: Session, audiences_: Collection[int], wanted: Collection[tuple[int, int]]
) -> tuple[dict[int, Holding], dict[str, int]]:
    """As `holdings`, of businesses by (audience, number)."""
    found = {number: Holding() for number in audiences_}
    touched = {(audience_, number) for audience_, number in wanted if audience_ in found}
    if not touched:
        return found, {}
    rows = session.fetch(_OF_BUSINESSES, ids=many({number for _, number in touched}))
    members = sorted((row for row in rows if row[:2] in touched), key=attrgetter("record_id"))
    names: dict[tuple[int, int], str] = {}
    for row in members:
        if row.business_id:
            names[row[:2]] = row.business_id
            found[row.audience].businesses[row.business_id] = dict(zip(_COLUMNS, row[4:], strict=True))
    for row in members:
        id_ = names.get(row[:2], "")  # "" is mended when its records are shown somewhere
        found[row.audience].records.setdefault(id_, []).append(row.record_id)
    return found, {row.record_id: row.no for row in members}


def business_row(shown: Business) -> dict[str, Any]:
    """The columns that are derived; audience, number and sequences are the caller's."""
    regimes = sorted(concern.regime for concern in shown.risk.regimes)
    return {
        "business_id": shown.business_id,
        "name": shown.name,
        "area": shown.area,
        "size": len(shown.record_ids),
        "agencies": _listed(shown.agencies),
        "agency_count": len(shown.agencies),
        "regimes": _listed(regimes),
        "regime_count": len(regimes),
        "band": shown.risk.band.value,
        "score": shown.risk.score,
        "priority": shown.priority,
        "concerns": [concern.model_dump(mode="json") for concern in shown.risk.regimes],
        "first_on": shown.first_on,
        "last_on": shown.last_on,
        "sectors": _listed(shown.sectors),
        "watched": shown.watched,
        "assessed_on": shown.assessed_on,
    }


def _listed(values: Sequence[str]) -> str:
    return f"|{'|'.join(values)}|" if values else ""


def differs(row: Mapping[str, Any], held: Mapping[str, Any]) -> bool:
    """Whether there is something to store. Where no day can change the risk, the day of assessment is nothing: it would
    tell the audience that a record near this business changed which it does not see."""
    idle = set() if row["watched"] else {"assessed_on"}
    return any(held[column] != value for column, value in row.items() if column not in idle)


_KEY = ("audience", "no")


def _rewriting(*steady: str) -> tuple[Statement, Callable[[Mapping[str, Any]], Values]]:
    """The columns of a business but its key and `steady` ones, set anew; and the values for it, of a whole row."""
    names = [column.name for column in business.columns if column.name not in {*_KEY, *steady}]
    here = (business.c[name] == bindparam(f"key_{name}") for name in _KEY)
    return Statement(update(business).where(*here).values({name: bindparam(name) for name in names})), itemgetter(
        *names, *_KEY
    )


# SQLite writes an index again with every column that is set, as it was or not; so those are set that changed.
_REWRITE = {False: _rewriting("business_id", "priority"), True: _rewriting("business_id")}


def put_businesses(session: Session, rows: Sequence[tuple[dict[str, Any], Mapping[str, Any] | None]]) -> None:
    """Each with the row that it had, None where it had none."""
    put_named(session, business, [row for row, held in rows if held is None])
    for is_moved, (statement, values) in _REWRITE.items():
        again = [values(row) for row, held in rows if held and (row["priority"] != held["priority"]) is is_moved]
        session.run(statement, again)
    came_back = [row for row, _ in rows if row["sequence"] > 1]
    take(session, retired, [(row["audience"], row["business_id"]) for row in came_back])


def put_members(session: Session, rows: Sequence[tuple[int, int, int]]) -> None:
    """`rows` are (record, audience, business)."""
    put(session, member, rows)


def take_members(session: Session, keys: Sequence[tuple[int, int]]) -> None:
    """`keys` are (record, audience)."""
    take(session, member, keys)


def retire(session: Session, numbers: Sequence[tuple[int, int]], rows: Sequence[dict[str, Any]]) -> None:
    """Businesses that are no more, by (audience, number); `rows` say where their records went."""
    take(session, business, numbers)
    put_named(session, retired, rows)


_RETIRED = Statement(select(retired).where(among(retired.c.audience, "audiences"), among(retired.c.business_id)))


def retired_sequences(
    session: Session, audiences_: Collection[int], business_ids: Collection[str]
) -> dict[tuple[int, str], tuple[int, int]]:
    """The (sequence, risk_sequence) at which ids that were in use before stopped, by audience and id."""
    rows = session.fetch(_RETIRED, ids=many(business_ids), audiences=many(audiences_))
    return {(row.audience, row.business_id): (row.sequence, row.risk_sequence) for row in rows}

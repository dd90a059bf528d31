"""What each audience is shown: its members and businesses, and where businesses went that are no more."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, delete, exists, insert, select, update

from services.linker.domain.views import Business
from services.linker.store.among import among, many
from services.linker.store.tables import audience, business, member, mention, rebuild, retired
from services.linker.store.writing import put, take
from shared.runtime.db import Tx


@dataclass(slots=True)
class Holding:
    """Part of what one audience is shown, as stored: businesses by id, and their records."""

    businesses: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, list[str]] = field(default_factory=dict)


_AUDIENCES = select(audience, exists(select(rebuild.c.topic)).label("rebuilding")).order_by(audience.c.audience)


async def audiences(tx: Tx) -> Sequence[Row[Any]]:
    """Every audience, each with whether the graph is being rebuilt."""
    return (await tx.connection.execute(_AUDIENCES)).all()


async def add_audience(tx: Tx, id_: str, agencies: Sequence[str], visible: Sequence[Sequence[str]]) -> None:
    row = {"agencies": agencies, "visible": visible, "leaving": False, "filled_to": ""}
    await tx.connection.execute(insert(audience).values(audience=id_, **row))


async def change_audience(tx: Tx, id_: str, **values: Any) -> None:
    await tx.connection.execute(update(audience).where(audience.c.audience == id_).values(**values))


async def drop_audience(tx: Tx, id_: str) -> None:
    """Its businesses were withdrawn before; where they went is kept, so that their sequences go on if it comes back."""
    await tx.connection.execute(delete(audience).where(audience.c.audience == id_))


async def refill_all(tx: Tx) -> None:
    """Every view is to be worked out again from its first record."""
    await tx.connection.execute(update(audience).values(filled_to=""))


async def records_after(tx: Tx, audience_ids: Collection[str], record_id: str, limit: int) -> list[str]:
    """The next records in order that the graph holds or that one of the audiences is shown."""
    held = select(mention.c.record_id).where(mention.c.record_id > record_id)
    shown = select(member.c.record_id).where(among(member.c.audience), member.c.record_id > record_id)
    found: set[str] = set()
    for statement in (held, shown.distinct()):
        page = statement.order_by(statement.selected_columns.record_id).limit(limit)
        found.update((await tx.connection.execute(page, {"ids": many(audience_ids)})).scalars())
    return sorted(found)[:limit]


async def records_due(tx: Tx, today: date, limit: int) -> list[str]:
    """The records of some businesses that were last assessed before today and whose risk may have changed since."""
    due = select(business.c.audience, business.c.business_id).where(business.c.watched, business.c.assessed_on < today)
    page = due.limit(limit).subquery()
    same = (member.c.audience == page.c.audience) & (member.c.business_id == page.c.business_id)
    return list((await tx.connection.execute(select(member.c.record_id).join(page, same).distinct())).scalars())


async def businesses_with_risk(tx: Tx, audience_id: str) -> Sequence[Row[Any]]:
    statement = select(business).where(business.c.audience == audience_id, business.c.priority > 0)
    return (await tx.connection.execute(statement.order_by(business.c.business_id))).all()


_TOUCHED = (
    select(member.c.audience, member.c.business_id)
    .where(among(member.c.audience, "audiences"), among(member.c.record_id))
    .distinct()
    .cte("touched")
)
_TOUCHED_MEMBERS = (
    select(member)
    .join(_TOUCHED, and_(member.c.audience == _TOUCHED.c.audience, member.c.business_id == _TOUCHED.c.business_id))
    .order_by(member.c.record_id)
)
_TOUCHED_BUSINESSES = select(business).join(
    _TOUCHED, and_(business.c.audience == _TOUCHED.c.audience, business.c.business_id == _TOUCHED.c.business_id)
)


async def holdings(tx: Tx, audience_ids: Collection[str], record_ids: Collection[str]) -> dict[str, Holding]:
    """By audience, the businesses that hold any of these records, with all their records."""
    found = {audience_id: Holding() for audience_id in audience_ids}
    touched = {"ids": many(record_ids), "audiences": many(audience_ids)}
    members = (await tx.connection.execute(_TOUCHED_MEMBERS, touched)).all()
    for record_id, audience_id, business_id in members:
        found[audience_id].records.setdefault(business_id, []).append(record_id)
    if members:
        for row in await tx.connection.execute(_TOUCHED_BUSINESSES, touched):
            found[row.audience].businesses[row.business_id] = row._asdict()
    return found


def business_row(shown: Business) -> dict[str, Any]:
    """The columns that are derived; audience and sequences are the caller's."""
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
        "search": shown.search,
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


async def put_businesses(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    await put(tx, business, rows)
    await take(tx, retired, [(row["audience"], row["business_id"]) for row in rows if row["sequence"] > 1])


async def put_members(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    await put(tx, member, rows)


async def take_members(tx: Tx, keys: Sequence[tuple[str, str]]) -> None:
    """`keys` are (record id, audience)."""
    await take(tx, member, keys)


async def retire(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Businesses that are no more: where their records went, and the sequences they stopped at."""
    await take(tx, business, [(row["audience"], row["business_id"]) for row in rows])
    await put(tx, retired, rows)


_RETIRED = select(retired).where(among(retired.c.audience, "audiences"), among(retired.c.business_id))


async def retired_sequences(
    tx: Tx, audience_ids: Collection[str], business_ids: Collection[str]
) -> dict[tuple[str, str], tuple[int, int]]:
    """The (sequence, risk_sequence) at which ids that were in use before stopped, by audience and id."""
    asked = {"ids": many(business_ids), "audiences": many(audience_ids)}
    rows = await tx.connection.execute(_RETIRED, asked)
    return {(row.audience, row.business_id): (row.sequence, row.risk_sequence) for row in rows}

"""What each audience is shown: its members and businesses, and where businesses went that are no more."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from services.linker.domain.views import Business
from services.linker.store.among import among
from services.linker.store.tables import audience, business, member, mention, retired
from services.linker.store.writing import put, take
from shared.runtime.db import Tx


@dataclass(slots=True)
class Holding:
    """Part of what one audience is shown, as stored: businesses by id, and their records."""

    businesses: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, list[str]] = field(default_factory=dict)


async def audiences(tx: Tx) -> Sequence[Row[Any]]:
    return (await tx.connection.execute(select(audience).order_by(audience.c.audience))).all()


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
    shown = select(member.c.record_id).where(among(member.c.audience, audience_ids), member.c.record_id > record_id)
    found: set[str] = set()
    for statement in (held, shown.distinct()):
        page = statement.order_by(statement.selected_columns.record_id).limit(limit)
        found.update((await tx.connection.execute(page)).scalars())
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


async def holdings(tx: Tx, audience_ids: Collection[str], record_ids: Collection[str]) -> dict[str, Holding]:
    """By audience, the businesses that hold any of these records, with all their records."""
    touched = (
        select(member.c.audience, member.c.business_id)
        .where(among(member.c.audience, audience_ids), among(member.c.record_id, record_ids))
        .distinct()
        .cte("touched")
    )
    found = {audience_id: Holding() for audience_id in audience_ids}
    here = (business.c.audience == touched.c.audience) & (business.c.business_id == touched.c.business_id)
    for row in await tx.connection.execute(select(business).join(touched, here)):
        found[row.audience].businesses[row.business_id] = row._asdict()
    mine = (member.c.audience == touched.c.audience) & (member.c.business_id == touched.c.business_id)
    statement = select(member).join(touched, mine).order_by(member.c.record_id)
    for record_id, audience_id, business_id in await tx.connection.execute(statement):
        found[audience_id].records.setdefault(business_id, []).append(record_id)
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
    return any(held[column] != value for column, value in row.items())


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


async def retired_sequences(
    tx: Tx, audience_ids: Collection[str], business_ids: Collection[str]
) -> dict[tuple[str, str], tuple[int, int]]:
    """The (sequence, risk_sequence) at which ids that were in use before stopped, by audience and id."""
    statement = select(retired).where(
        among(retired.c.audience, audience_ids), among(retired.c.business_id, business_ids)
    )
    rows = await tx.connection.execute(statement)
    return {(row.audience, row.business_id): (row.sequence, row.risk_sequence) for row in rows}

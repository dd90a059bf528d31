"""Officers, their absences, and the roles they fill."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.contacts import Absence, Contact, Officer
from services.referrals.store.request_tables import absence, contact, officer
from shared.contracts.api.referrals.contacts import Digest


async def add_officer(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(officer).values(values))


async def change_officer(connection: AsyncConnection, id_: str, **values: Any) -> None:
    await connection.execute(update(officer).where(officer.c.id == id_).values(values))


async def officer_rows(connection: AsyncConnection, agency: str) -> Sequence[Row[Any]]:
    found = select(officer).where(officer.c.agency == agency).order_by(officer.c.name, officer.c.id)
    return (await connection.execute(found)).all()


async def absence_rows(connection: AsyncConnection, officers: Collection[str]) -> Sequence[Row[Any]]:
    found = select(absence).where(absence.c.officer.in_(sorted(officers))).order_by(absence.c.since, absence.c.id)
    return (await connection.execute(found)).all()


async def add_absence(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(absence).values(values))


async def remove_absence(connection: AsyncConnection, officer_id: str, id_: str) -> bool:
    """Whether it was there."""
    gone = delete(absence).where(absence.c.id == id_, absence.c.officer == officer_id).returning(absence.c.id)
    return (await connection.execute(gone)).first() is not None


async def add_contact(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(contact).values(values))


async def change_contact(connection: AsyncConnection, id_: str, **values: Any) -> bool:
    """Whether it was open until now."""
    open_ = (contact.c.id == id_) & contact.c.until.is_(None)
    changed = update(contact).where(open_).values(values).returning(contact.c.id)
    return (await connection.execute(changed)).first() is not None


async def end_contact(connection: AsyncConnection, id_: str, last_day: date) -> bool:
    """Whether it was open until now: of two who end it at once, one did."""
    return await change_contact(connection, id_, until=last_day)


async def contacts(connection: AsyncConnection, agencies: Collection[str]) -> tuple[Contact, ...]:
    """Every filling of every role of these agencies, past ones too."""
    return await _contacts(connection, contact.c.agency.in_(sorted(agencies)))


async def contact_of(connection: AsyncConnection, agency: str, id_: str) -> Contact | None:
    """The agency's own of this id."""
    found = await _contacts(connection, (contact.c.id == id_) & (contact.c.agency == agency))
    return next(iter(found), None)


async def officers(connection: AsyncConnection, agencies: Collection[str]) -> dict[str, Officer]:
    if not agencies:
        return {}
    away = officer.outerjoin(absence, absence.c.officer == officer.c.id)
    found = select(officer, absence.c.since, absence.c.until).select_from(away)
    found = found.where(officer.c.agency.in_(sorted(agencies))).order_by(officer.c.id, absence.c.since, absence.c.id)
    absences: dict[str, list[Absence]] = defaultdict(list)
    rows = {}
    for row in (await connection.execute(found)).all():
        rows[row.id] = row
        if row.since is not None:
            absences[row.id].append(Absence(row.since, row.until))
    return {id_: _officer(row, tuple(absences[id_])) for id_, row in rows.items()}


def _officer(row: Row[Any], away: tuple[Absence, ...]) -> Officer:
    return Officer(row.id, row.agency, row.name, row.phone, row.email, row.subject, row.left_on, away)


async def _contacts(connection: AsyncConnection, which: ColumnElement[bool]) -> tuple[Contact, ...]:
    rows = (await connection.execute(select(contact).where(which).order_by(contact.c.since, contact.c.id))).all()
    people = await officers(connection, {row.agency for row in rows if row.people})
    return tuple(_contact(row, people) for row in rows)


def _contact(row: Row[Any], people: dict[str, Officer]) -> Contact:
    listed = {
        "topics": tuple(row.topics),
        "areas": tuple(row.areas),
        "people": tuple(people[id_] for id_ in row.people),
        "digest": Digest(row.digest),
    }
    return Contact(**row._asdict() | listed)

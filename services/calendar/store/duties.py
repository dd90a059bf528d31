"""What of the calendar's tables people wrote: whose it is, which columns say it, what is left of it once erased."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, case, exists, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.store import planning_tables as planned
from services.calendar.store.tables import attendance, outcome, place_key, reach, visit
from shared.contracts.api.calendar.words import VisitStatus
from shared.contracts.api.duties import ItemKind
from shared.duties.kinds import Kind, Part
from shared.sharing import DECISIONS, OUTCOMES, VISITS

ERASED = "(erased)"
_NO_AUTHORITY = {
    "name": ERASED,
    "company_number": "00000000",
    "authority": ERASED,
    "regimes": ["erased"],
    "contact": ERASED,
    "starts": "2000-01-01",
}
_AHEAD = (VisitStatus.planned.value, VisitStatus.confirmed.value)
_of_attendance = visit.c.id == attendance.c.visit
_of_consent = planned.operation.c.id == planned.operation_partner.c.operation

VISIT = Kind(
    name=ItemKind.visit,
    category=VISITS,
    table=visit,
    id=visit.c.id,
    agency=visit.c.agency,
    touched=case((visit.c.changed_at > visit.c.ends_at, visit.c.changed_at), else_=visit.c.ends_at),
    words=("contact", "note", "knowing", "place", "powers", "overridden"),
    left={
        "contact": None,
        "note": None,
        "knowing": None,
        "powers": [],
        "overridden": null(),
        "place": {"name": ERASED, "address": None},
        "area": None,
        "latitude": None,
        "longitude": None,
        "business_id": None,
        "record_id": None,
    },
    noted_by=visit.c.made_by,
    ongoing=visit.c.status.in_(_AHEAD),
    parts=(Part(place_key, place_key.c.visit), Part(reach, reach.c.visit)),
)
ATTENDANCE = Kind(
    name=ItemKind.attendance,
    category=VISITS,
    table=attendance,
    id=attendance.c.visit,
    agency=attendance.c.agency,
    touched=select(visit.c.ends_at).where(_of_attendance).scalar_subquery(),
    words=("people",),
    left={"people": []},
    ongoing=exists().where(_of_attendance, visit.c.status.in_(_AHEAD)),
)
OUTCOME = Kind(
    name=ItemKind.outcome,
    category=OUTCOMES,
    table=outcome,
    id=outcome.c.id,
    agency=outcome.c.agency,
    touched=outcome.c.recorded_at,
    words=("note",),
    left={"note": None},
    noted_by=outcome.c.recorded_by,
)
DECISION = Kind(
    name=ItemKind.tasking_decision,
    category=DECISIONS,
    table=planned.tasking_decision,
    id=planned.tasking_decision.c.id,
    agency=planned.tasking_decision.c.agency,
    touched=planned.tasking_decision.c.decided_at,
    words=("reason",),
    left={"reason": ERASED},
    noted_by=planned.tasking_decision.c.decided_by,
)
OPERATION = Kind(
    name=ItemKind.operation,
    category=VISITS,
    table=planned.operation,
    id=planned.operation.c.id,
    agency=planned.operation.c.agency,
    touched=planned.operation.c.follow_up_until,
    words=("title", "in_spite_of", "programme"),
    left={"title": ERASED, "in_spite_of": None},
    noted_by=planned.operation.c.made_by,
)
CONSENT = Kind(
    name=ItemKind.operation_consent,
    category=VISITS,
    table=planned.operation_partner,
    id=planned.operation_partner.c.operation,
    agency=planned.operation_partner.c.agency,
    touched=select(planned.operation.c.follow_up_until).where(_of_consent).scalar_subquery(),
    words=("said",),
    left={"said": None},
    noted_by=planned.operation_partner.c.answered_by,
)
NEED = Kind(
    name=ItemKind.operation_need,
    category=VISITS,
    table=planned.operation_need,
    id=planned.operation_need.c.id,
    agency=planned.operation_need.c.agency,
    touched=planned.operation_need.c.asked_at,
    words=("words",),
    left={"words": ERASED},
)
AUTHORITY = Kind(
    name=ItemKind.primary_authority,
    category=DECISIONS,
    table=planned.primary_authority,
    id=planned.primary_authority.c.id,
    agency=planned.primary_authority.c.agency,
    touched=planned.primary_authority.c.noted_at,
    words=("said",),
    left={"said": _NO_AUTHORITY, "trait": ""},
    noted_by=planned.primary_authority.c.noted_by,
)
OVERRIDE = Kind(
    name=ItemKind.override,
    category=DECISIONS,
    table=planned.chair_override,
    id=planned.chair_override.c.id,
    agency=planned.chair_override.c.agency,
    touched=planned.chair_override.c.decided_at,
    words=("said",),
    left={"said": {}, "business_id": ""},
    noted_by=planned.chair_override.c.decided_by,
)
"""Until a visit takes it along."""
KINDS = {one.name: one for one in (VISIT, ATTENDANCE, OUTCOME, DECISION, OPERATION, CONSENT, NEED, AUTHORITY, OVERRIDE)}


async def some_visits(connection: AsyncConnection, ids: Collection[str]) -> Sequence[Row[Any]]:
    return (await connection.execute(select(visit).where(visit.c.id.in_(ids)).order_by(visit.c.id))).all()


async def outcomes(connection: AsyncConnection, ids: Collection[str]) -> Sequence[Row[Any]]:
    return (await connection.execute(select(outcome).where(outcome.c.id.in_(ids)).order_by(outcome.c.id))).all()


async def own_outcomes(connection: AsyncConnection, visits: Collection[str]) -> Sequence[str]:
    """Of the agencies that made the visits: what came of them was recorded with their place."""
    mine = and_(outcome.c.visit == visit.c.id, outcome.c.agency == visit.c.agency)
    found = select(outcome.c.id).join(visit, mine).where(visit.c.id.in_(visits)).order_by(outcome.c.id)
    return (await connection.execute(found)).scalars().all()


async def operations(connection: AsyncConnection, ids: Collection[str]) -> Sequence[Row[Any]]:
    return (await connection.execute(select(planned.operation).where(planned.operation.c.id.in_(ids)))).all()


async def put_programme(connection: AsyncConnection, id_: str, programme: Sequence[Mapping[str, Any]]) -> None:
    here = planned.operation.c.id == id_
    await connection.execute(update(planned.operation).where(here).values(programme=list(programme)))

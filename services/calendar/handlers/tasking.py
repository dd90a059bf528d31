"""The weekly list and what is decided on it, by one agency from its own view."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Row

from services.calendar.clients import Linker
from services.calendar.domain.tasking import Pick, behind, days_between, is_in, matched_on, pick, with_reviews
from services.calendar.handlers.authorities import Known, known, marks
from services.calendar.handlers.caller import Caller
from services.calendar.store import tasking
from shared.contracts.api.calendar.tasking import (
    NewTaskingDecision,
    NewTaskingList,
    TaskingDecision,
    TaskingEntry,
    TaskingList,
    TaskingListSummary,
)
from shared.contracts.api.linker.businesses import Business, BusinessSummary
from shared.contracts.problem import FieldProblem
from shared.runtime import clock
from shared.runtime.db import Database, Tx
from shared.runtime.errors import Invalid, NotFound

_EARLIER_SHOWN = 5
_MOST_REVIEWS = 50


async def make_list(database: Database, linker: Linker, caller: Caller, asked: NewTaskingList) -> str:
    """Its id. The graph is asked before the store is, so that nobody waits for both."""
    async with database.read() as connection:
        promised = await tasking.due(connection, caller.agency, caller.eyes.day, _MOST_REVIEWS)
    picks = await asyncio.gather(*(_matched(linker, caller, one) for one in await _picks(linker, caller, asked)))
    due = await asyncio.gather(*(_due(linker, caller, row, asked) for row in promised))
    values = {
        "id": (list_id := clock.new_id("tsk")),
        "agency": caller.agency,
        "day": caller.eyes.day,
        "asked": asked.model_dump(mode="json"),
        "made_by": caller.subject,
        "made_at": clock.utc_now(),
    }
    listed = with_reviews(picks, [one for one in due if one])
    common = {"list": list_id, "agency": caller.agency}
    rows = [common | asdict(one) | {"rank": rank} for rank, one in enumerate(listed, start=1)]
    async with database.transaction() as tx:
        await tasking.add_list(tx.connection, values, rows)
    return list_id


async def _picks(linker: Linker, caller: Caller, asked: NewTaskingList) -> list[Pick]:
    here = {"area": asked.area, "sector": asked.sector}
    funnel = await linker.funnel(caller.headers, wide=asked.wide, narrow=asked.narrow, top=asked.top, **here)
    wide: Sequence[BusinessSummary] = ()
    if len(funnel.top) < asked.top:
        page = await linker.businesses(caller.headers, min_regimes=asked.wide, limit=asked.top, **here)
        wide = page.businesses
    return pick(funnel.top, wide, asked.top, (asked.narrow, asked.wide))


async def _matched(linker: Linker, caller: Caller, one: Pick) -> Pick:
    risk = await linker.risk(caller.headers, one.business_id)
    return replace(one, matched_on=matched_on(risk.course, one.regimes), record_id=behind(risk.regimes))


async def _due(linker: Linker, caller: Caller, row: Row[Any], asked: NewTaskingList) -> Pick | None:
    """None where the caller does not see the business today, or it is not in the area that is asked for."""
    business = await linker.find(caller.headers, row.business_id)
    if business is None or not is_in(business.area, asked.area):
        return None
    return Pick(business.business_id, record_id=row.record_id, review_on=row.review_on)


async def read_list(database: Database, linker: Linker, caller: Caller, list_id: str) -> TaskingList:
    """With what the caller sees of its businesses today. Raises NotFound."""
    async with database.read() as connection:
        row = await tasking.one_list(connection, caller.agency, list_id)
        if row is None:
            raise NotFound
        entries = await tasking.entries(connection, list_id)
        decided = await tasking.decisions_on(connection, caller.agency, {entry.business_id for entry in entries})
        noted = await known(connection, caller)
    agenda = await asyncio.gather(*(_entry(linker, caller, entry, decided, noted) for entry in entries))
    return TaskingList(**summary(row).model_dump(), agenda=tuple(agenda))


async def _entry(
    linker: Linker, caller: Caller, row: Row[Any], decided: Sequence[Row[Any]], noted: Known
) -> TaskingEntry:
    business = await linker.find(caller.headers, row.business_id)
    standing = [one for one in decided if one.business_id == row.business_id and one.stands]
    before = [decision(one) for one in standing if one.list != row.list]
    return TaskingEntry(
        rank=row.rank,
        business_id=row.business_id,
        listed_because=Pick(row.business_id, row.regimes, review_on=row.review_on).because,
        business=_summary_of(business) if business else None,
        reasons=tuple(concern.reason for concern in business.risk.regimes) if business else (),
        matched_on=row.matched_on,
        review_on=row.review_on,
        primary_authority=await marks(linker, caller, noted, business.business_id) if business else (),
        decision=next((decision(one) for one in standing if one.list == row.list), None),
        before=tuple(before[:_EARLIER_SHOWN]),
    )


def _summary_of(business: Business) -> BusinessSummary:
    return BusinessSummary(**{name: getattr(business, name) for name in BusinessSummary.model_fields})


def summary(row: Row[Any]) -> TaskingListSummary:
    return TaskingListSummary(
        list_id=row.id,
        day=row.day,
        asked=NewTaskingList.model_validate(row.asked),
        entries=row.entries,
        decided=row.decided,
        made_by=row.made_by,
        made_at=row.made_at,
    )


async def decide(tx: Tx, caller: Caller, list_id: str, business_id: str, new: NewTaskingDecision) -> TaskingDecision:
    """In the place of what was decided before on this entry. Raises NotFound or Invalid."""
    _check_agencies(new, caller)
    entry = await tasking.entry(tx.connection, caller.agency, list_id, business_id)
    if entry is None:
        raise NotFound
    values = {
        **new.model_dump(exclude={"visit_id", "agencies"}),
        "id": clock.new_id("tde"),
        "agency": caller.agency,
        "list": list_id,
        "business_id": business_id,
        "record_id": entry.record_id,
        "followed_at": entry.followed_at,
        "matched_on": entry.matched_on,
        "agencies": list(new.agencies),
        "visit": new.visit_id,
        "decided_on": caller.eyes.day,
        "decided_at": clock.utc_now(),
        "decided_by": caller.subject,
    }
    await tasking.decide(tx.connection, values)
    made = await tasking.decisions_on(tx.connection, caller.agency, [business_id])
    return next(decision(row) for row in made if row.id == values["id"])


def _check_agencies(new: NewTaskingDecision, caller: Caller) -> None:
    members = {agency.id for agency in caller.eyes.partnership.agencies}
    for field, named in (("lead", {new.lead} - {None}), ("agencies", set(new.agencies))):
        if not named <= members:
            remedy = "Name agencies of the partnership."
            raise Invalid(errors=[FieldProblem(field=f"body.{field}", code="unknown_agency", remedy=remedy)])


def decision(row: Row[Any]) -> TaskingDecision:
    return TaskingDecision(
        decision=row.decision,
        reason=row.reason,
        lead=row.lead,
        agencies=tuple(row.agencies),
        because=row.because,
        visits_avoided=row.visits_avoided,
        visit_id=row.visit,
        review_on=row.review_on,
        decision_id=row.id,
        list_id=row.list,
        business_id=row.business_id,
        matched_on=row.matched_on,
        days_from_match=days_between(row.matched_on, row.decided_on),
        decided_on=row.decided_on,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        stands=row.stands,
    )

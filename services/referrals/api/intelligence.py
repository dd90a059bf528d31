"""Intelligence: graded by the agency that has it; others get the sanitised version, and nothing takes the original."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.referrals.api.dependencies import MEMBERS, Read, Shared, Write
from services.referrals.handlers import intelligence, sanitised
from shared.contracts.api.referrals.intelligence import (
    INTELLIGENCE,
    SANITISED,
    Grading,
    Identity,
    IntelligenceSaid,
    NewIntelligence,
    NewSanitised,
    Reading,
    SanitisedPage,
    SanitisedSaid,
)
from shared.contracts.api.referrals.requests import Reason
from shared.runtime.auth import Analyst, AuditReader, Dashboard
from shared.runtime.errors import Invalid
from shared.runtime.web import problems

router = APIRouter(prefix="/v1/intelligence", tags=["intelligence"], dependencies=MEMBERS)

IntelligenceId = Annotated[str, Path(pattern=INTELLIGENCE)]
SanitisedId = Annotated[str, Path(pattern=SANITISED)]


@router.post("", status_code=201, summary="Take in what came, as it came")
async def take(principal: Analyst, shared: Shared, given: NewIntelligence, tx: Write) -> IntelligenceSaid:
    id_ = await intelligence.take(tx, principal, shared.partnership, given)
    return await intelligence.one(tx.connection, principal, id_)


@router.get("/sanitised", summary="What you may have of your own and others' intelligence, newest first")
async def page(
    principal: Dashboard,
    shared: Shared,
    connection: Read,
    cursor: Annotated[str | None, Query(pattern=SANITISED, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SanitisedPage:
    return await sanitised.page(connection, principal, shared.partnership, cursor, limit)


@router.get("/sanitised/{sanitised_id}", responses=problems(404), summary="One sanitised version")
async def one_sanitised(
    sanitised_id: SanitisedId, principal: Dashboard, shared: Shared, connection: Read
) -> SanitisedSaid:
    return await sanitised.one(connection, principal, shared.partnership, sanitised_id)


@router.get("/{intelligence_id}", responses=problems(404), summary="Your agency's own, with the original")
async def one(intelligence_id: IntelligenceId, principal: Analyst, connection: Read) -> IntelligenceSaid:
    return await intelligence.one(connection, principal, intelligence_id)


@router.post("/{intelligence_id}/gradings", status_code=201, responses=problems(404), summary="Grade it: 3x5x2")
async def grade(
    intelligence_id: IntelligenceId, principal: Analyst, shared: Shared, given: Grading, tx: Write
) -> IntelligenceSaid:
    await intelligence.grade(tx, principal, shared.partnership, intelligence_id, given)
    return await intelligence.one(tx.connection, principal, intelligence_id)


@router.post(
    "/{intelligence_id}/source", status_code=204, responses=problems(404, 409), summary="Note who the source is, apart"
)
async def keep_source(intelligence_id: IntelligenceId, principal: Analyst, given: Identity, tx: Write) -> None:
    await intelligence.keep_source(tx, principal, intelligence_id, given)


@router.post(
    "/{intelligence_id}/source/readings", responses=problems(404), summary="Read who the source is; the reason is kept"
)
async def read_source(intelligence_id: IntelligenceId, principal: Analyst, given: Reason, tx: Write) -> Identity:
    return await intelligence.read_source(tx, principal, intelligence_id, given)


@router.get(
    "/{intelligence_id}/source/readings", responses=problems(404), summary="Who read who the source is, and why"
)
async def readings(intelligence_id: IntelligenceId, principal: AuditReader, connection: Read) -> list[Reading]:
    return await intelligence.readings(connection, principal, intelligence_id)


@router.post(
    "/{intelligence_id}/sanitised",
    status_code=201,
    responses=problems(404, 409),
    summary="Write a version that may leave",
)
async def sanitise(
    intelligence_id: IntelligenceId, principal: Analyst, shared: Shared, given: NewSanitised
) -> SanitisedSaid:
    async with shared.database.transaction() as tx:
        wrong = await intelligence.faults_of(tx, principal, intelligence_id, given)
    if wrong:
        raise Invalid(errors=wrong)
    async with shared.database.transaction() as tx:
        id_ = await intelligence.sanitise(tx, principal, intelligence_id, given)
        return await sanitised.one(tx.connection, principal, shared.partnership, id_)

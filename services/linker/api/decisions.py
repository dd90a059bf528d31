"""What people decide about two records: taken down, listed, taken back."""

from collections.abc import Callable, Collection, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.api import reasons
from services.linker.api.compare import both, scene_of, two_different
from services.linker.api.scenes import deciding
from services.linker.api.viewing import NOT_MODIFIED, AtDesk, Desk, IfNoneMatch, tagged
from services.linker.domain.decide import Decision, Verdict, in_force
from services.linker.domain.model import ClusterPolicy
from services.linker.domain.reasons import conflict_sentence, finding, in_bits
from services.linker.handlers.decisions import Decider, Taken, take
from services.linker.handlers.decisions import withdraw as take_back
from services.linker.store import decisions, scenes
from shared.contracts.api.linker.decisions import (
    DecisionPage,
    DecisionRequest,
    DecisionTaken,
    RecordId,
    WithdrawalRequest,
)
from shared.runtime.auth import Analyst, Dashboard, Principal
from shared.runtime.session import Session
from shared.runtime.web import problems

router = APIRouter(tags=["decisions"])

_DECISION = r"^dec_[a-z2-7]{20}$"
DecisionId = Annotated[str, Path(pattern=_DECISION)]
BusinessFilter = Annotated[str | None, Query(pattern=r"^biz_[a-z2-7]{20}$", description="On a record of this business")]
RecordFilter = Annotated[RecordId | None, Query(description="On this record")]
Cursor = Annotated[str | None, Query(pattern=_DECISION, description="`next` of the page before")]
_TAKEN: dict[int | str, dict[str, Any]] = {
    200: {"model": DecisionTaken, "description": "Decided before: nothing changed"}
}
_MOST_RECORDS = 500


@router.post(
    "/v1/decisions",
    status_code=201,
    summary="Decide whether two records are one business",
    response_model=DecisionTaken,
    responses=_TAKEN | problems(404),
)
async def decide(body: DecisionRequest, principal: Analyst, desk: AtDesk) -> Response:
    """Holds until your agency decides otherwise, whatever records arrive, are corrected or taken back. Your agency's
    view follows at once, and so do those of agencies that may see your decisions."""
    two_different(*body.records, "body.records")
    verdict = Verdict(body.verdict.value)
    return await _taken(
        desk,
        principal,
        lambda session, who: take(session, desk.shelf.policies(session), who, body.records, verdict, body.reason),
    )


@router.post(
    "/v1/decisions/{decision_id}/withdrawal",
    status_code=201,
    summary="Take a decision back",
    response_model=DecisionTaken,
    responses=_TAKEN | problems(404, 409),
)
async def withdraw(decision_id: DecisionId, body: WithdrawalRequest, principal: Analyst, desk: AtDesk) -> Response:
    """As if your agency had not decided: the records speak for themselves again. Both decisions stay on record."""
    return await _taken(
        desk,
        principal,
        lambda session, who: take_back(session, desk.shelf.policies(session), who, decision_id, body.reason),
    )


async def _taken(desk: Desk, principal: Principal, work: Callable[[Session, Decider], Taken]) -> Response:
    async with desk.reading_as(principal):
        pass  # a view that is not complete, or a purpose that is not theirs, is refused before anything is written
    who = Decider(principal.agency, principal.subject, desk.view(principal.agency))
    taken = await desk.database.run(lambda session: work(session, who))
    body = await _effect(desk, principal, taken)
    return Response(body.model_dump_json(), 201 if taken.new else 200, media_type="application/json")


async def _effect(desk: Desk, principal: Principal, taken: Taken) -> DecisionTaken:
    """What the decision led to, read as any other caller of the agency would read it now."""
    made = taken.decision
    async with desk.reading_as(principal) as (connection, audience):
        rows = await both(connection, audience, made.a, made.b)
        model = await desk.model(connection)
        here = await scene_of(connection, audience, desk, desk.view(principal.agency), rows)
    found = finding(here, made.a, made.b)
    conflicts = [conflict_sentence(here, clash) for clash in found.conflicts]
    against = _against_evidence(made.verdict, found.evidence.weight, model.clustering)
    return DecisionTaken(
        decision=reasons.decision(made, here.decisions),
        one_business=found.one_business,
        business_ids=tuple(sorted({row.business_id for row in rows})),
        warnings=(*against, *conflicts),
    )


def _against_evidence(verdict: Verdict, weight: float, policy: ClusterPolicy) -> tuple[str, ...]:
    """Where a person decides against what the two records say, or where they say too little."""
    measured = f"{in_bits(weight)}, where {in_bits(policy.threshold)} are needed."
    links = weight >= policy.threshold
    if verdict is Verdict.same and not links:
        says = "do not say enough for it" if weight >= policy.lower else "speak against it"
        return (f"The two records alone {says}: {measured}",)
    if verdict is Verdict.different and links:
        return (f"The two records alone speak for one business: {measured}",)
    return ()


@router.get(
    "/v1/decisions", summary="What was decided, newest first", response_model=DecisionPage, responses=NOT_MODIFIED
)
async def listed(
    principal: Dashboard,
    desk: AtDesk,
    record: RecordFilter = None,
    business: BusinessFilter = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """By your agency and by those whose decisions you may see, on records that you see."""
    agencies = deciding(desk.view(principal.agency))
    async with desk.reading_as(principal) as (connection, audience):
        on = await _concerned(connection, audience, record, business)
        found = await decisions.page(connection, audience, agencies, on, cursor, limit + 1)
        about = {end for made in found for end in made.pair}
        rows = await scenes.records(connection, audience, about)
        counting = in_force(await decisions.decisions_on(connection, [row.no for row in rows], agencies))
    return tagged(_page(found, rows, counting, limit), if_none_match)


def _page(
    found: Sequence[Decision], rows: Sequence[Row[Any]], counting: Collection[Decision], limit: int
) -> DecisionPage:
    shown = found[:limit]
    about = {end for made in shown for end in made.pair}
    return DecisionPage(
        decisions=tuple(reasons.decision(made, counting) for made in shown),
        records=tuple(reasons.compared_record(row) for row in rows if row.record_id in about),
        next=shown[-1].decision_id if len(found) > limit else None,
    )


async def _concerned(
    connection: AsyncConnection, audience: int, record: str | None, business: str | None
) -> list[list[int]]:
    """For each of the two that is asked for, the numbers of its records that the audience sees."""
    asked = []
    if record:
        asked.append(await scenes.records(connection, audience, [record]))
    if business:
        asked.append(await scenes.members(connection, audience, business, _MOST_RECORDS))
    return [[row.no for row in rows] for rows in asked]

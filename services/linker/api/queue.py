"""Which pairs of records to look at next."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlalchemy import Row

from services.linker.api import reasons
from services.linker.api.cursors import Cursor, cursor_after, place_of
from services.linker.api.reasons import in_answer
from services.linker.api.scenes import deciding, exhibit
from services.linker.api.viewing import NOT_MODIFIED, AtDesk, IfNoneMatch, tagged
from services.linker.domain.assess import RiskPolicy
from services.linker.domain.model import Model
from services.linker.domain.reasons import evidence
from services.linker.handlers.queue import Place, Question, Reviewer, review_queue
from services.linker.store import scenes
from shared.contracts.api.linker.decisions import Question as Asked
from shared.contracts.api.linker.decisions import ReviewQueue
from shared.runtime import clock
from shared.runtime.auth import Dashboard

router = APIRouter(tags=["decisions"])


@router.get(
    "/v1/review-queue",
    summary="Pairs that only a person can tell, the most valuable first",
    response_model=ReviewQueue,
    responses=NOT_MODIFIED,
)
async def queue(
    principal: Dashboard,
    desk: AtDesk,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Pairs whose evidence lies between the bounds of the model and on which your agency has not decided, at most one
    for each two businesses. Ordered by how uncertain they are times what hangs on the answer."""
    view = desk.view(principal.agency)
    after = place_of(cursor, _place) if cursor else None
    policy = desk.risk.in_force(clock.today())
    async with desk.reading_as(principal) as (connection, audience):
        who = Reviewer(principal.agency, audience, deciding(view))
        model = await desk.model(connection)
        found = await review_queue(connection, who, model.version, policy, after, limit + 1)
        rows = await scenes.records(connection, audience, {end for one in found for end in (one.a, one.b)})
    return tagged(_page(found, rows, limit, model, policy, desk.titles), if_none_match)


def _page(
    found: Sequence[Question],
    rows: Sequence[Row[Any]],
    limit: int,
    model: Model,
    policy: RiskPolicy,
    titles: Mapping[str, str],
) -> ReviewQueue:
    by_id = {row.record_id: row for row in rows}
    shown = found[:limit]
    more = cursor_after(repr(shown[-1].value), shown[-1].a, shown[-1].b) if len(found) > limit else None
    asked = (_asked(one, by_id[one.a], by_id[one.b], model, one.because(policy, titles)) for one in shown)
    return ReviewQueue(questions=tuple(asked), next=more)


def _asked(question: Question, a: Row[Any], b: Row[Any], model: Model, because: str) -> Asked:
    found = evidence(exhibit(a), exhibit(b), model)
    return Asked(
        a=reasons.compared_record(a),
        b=reasons.compared_record(b),
        weight=in_answer(found.weight),
        sentences=found.sentences,
        one_business=question.sides is None,
        value=in_answer(question.value),
        asked_because=because,
        compare=f"/v1/records/{question.a}/compare/{question.b}",
    )


def _place(parts: list[str]) -> Place:
    value, a, b = parts
    if not isfinite(float(value)):
        raise ValueError("out of range")
    return -float(value), a, b

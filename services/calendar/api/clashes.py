"""What a visit clashes with, and its confirmation."""

from typing import Any

from fastapi import APIRouter, Response

from services.calendar.api.dependencies import Asking, AtDesk, Read, VisitId
from services.calendar.api.visits import ONE, as_shown
from services.calendar.handlers.deconflicting import clashes_of, confirm
from services.calendar.handlers.placing import reached_now
from services.calendar.handlers.seeing import own
from shared.contracts.api.calendar.clashes import Clashes, ClashProblem
from shared.contracts.api.calendar.visits import Confirmation, Visit
from shared.contracts.problem import PROBLEM_JSON
from shared.runtime.errors import PROBLEM_TYPE_BASE
from shared.runtime.web import problems

router = APIRouter(prefix="/v1/visits", tags=["visits"])

_CLASH: dict[int | str, dict[str, Any]] = {
    409: {"description": "It clashes, or was changed meanwhile", "model": ClashProblem},
    **problems(404),
}


@router.get("/{visit_id}/clashes", summary="What your visit clashes with, as far as you may know", responses=ONE)
async def clashes(visit_id: VisitId, caller: Asking, desk: AtDesk, connection: Read) -> Clashes:
    found = await own(connection, visit_id, caller.eyes)
    return await clashes_of(connection, found, caller.eyes, caller.policies.deconfliction)


@router.post(
    "/{visit_id}/confirm",
    summary="Confirm your visit, unless it clashes with what you may know of and have not said that you know",
    response_model=Visit,
    responses=_CLASH,
)
async def confirmed(visit_id: VisitId, asked: Confirmation, caller: Asking, desk: AtDesk) -> Visit | Response:
    async with desk.database.read() as connection:
        business_id = (await own(connection, visit_id, caller.eyes)).row.business_id
    reached = await reached_now(desk.linker, caller, business_id)
    async with desk.writing() as tx:
        found = await confirm(tx, caller, visit_id, asked, reached, caller.policies.deconfliction)
        if found is None:
            return await as_shown(tx, caller, desk, visit_id)
    return _refused(found)


def _refused(found: Clashes) -> Response:
    blocking = [one.sentence for one in found.clashes if one.blocks]
    told = [*blocking, *(one.sentence for one in found.ring), *(one.sentence for one in found.caps)]
    problem = ClashProblem(
        type=PROBLEM_TYPE_BASE + "clash",
        title="This visit clashes with others",
        status=409,
        detail=" ".join(told),
        clashes=found,
    )
    return Response(problem.model_dump_json(exclude_none=True), status_code=409, media_type=PROBLEM_JSON)

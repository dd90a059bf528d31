"""Any two records: why they are one business or not, and what would change it."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.api import reasons
from services.linker.api.answers import Terms
from services.linker.api.scenes import businesses_of, decisions_about, scene
from services.linker.api.viewing import NOT_MODIFIED, AtDesk, Desk, IfNoneMatch, tagged
from services.linker.domain.reasons import Scene
from services.linker.store import scenes
from shared.contracts.api.linker.reasons import Compared
from shared.contracts.problem import FieldProblem
from shared.runtime import clock
from shared.runtime.auth import Dashboard
from shared.runtime.errors import Invalid, NotFound
from shared.runtime.web import problems
from shared.sharing import View

router = APIRouter(tags=["decisions"])

RecordId = Annotated[str, Path(pattern=r"^rec_[a-z2-7]{20}$")]
_MOST_RECORDS = 200


@router.get(
    "/v1/records/{record_id}/compare/{other_id}",
    summary="Why two records are one business or not, and what would change it",
    response_model=Compared,
    responses=NOT_MODIFIED | problems(404),
)
async def compare(
    record_id: RecordId, other_id: RecordId, principal: Dashboard, desk: AtDesk, if_none_match: IfNoneMatch = None
) -> Response:
    two_different(record_id, other_id, "path.other_id")
    async with desk.reading_as(principal) as (connection, audience):
        a, b = await both(connection, audience, record_id, other_id)
        found = await scene_of(connection, audience, desk, desk.view(principal.agency), (a, b))
    terms = Terms(principal.agency, clock.today(), desk.partnership)
    return tagged(reasons.compared(found, a, b, terms), if_none_match)


def two_different(record_id: str, other_id: str, field: str) -> None:
    if record_id == other_id:
        remedy = "Name two different records."
        raise Invalid(errors=[FieldProblem(field=field, code="same_record", remedy=remedy)])


async def both(connection: AsyncConnection, audience: int, record_id: str, other_id: str) -> list[Row[Any]]:
    """The two records in the order asked for. Raises NotFound unless the audience sees both."""
    rows = {row.record_id: row for row in await scenes.records(connection, audience, (record_id, other_id))}
    if len(rows) < 2:
        raise NotFound
    return [rows[record_id], rows[other_id]]


async def scene_of(
    connection: AsyncConnection, audience: int, desk: Desk, view: View, rows: Sequence[Row[Any]]
) -> Scene:
    """The businesses of these records, and what was decided inside and between them."""
    everybody = await scenes.records_of(connection, audience, businesses_of(rows), _MOST_RECORDS)
    known = {row.record_id for row in everybody}
    everybody = [*everybody, *(row for row in rows if row.record_id not in known)]
    made = await decisions_about(connection, view, everybody)
    return await scene(connection, everybody, made, await desk.model(connection), desk.titles)

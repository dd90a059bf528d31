"""The routes by which a service does its part of what an agency owes people; the gateway asks all services at once.

Of an agency's own, for its information governance. What identifies a person is in bodies only: addresses are written
down by every machine that a request passes.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.api.duties import DataRequest, Disposal, Hold, NewDataRequest, Subject, SubjectAccess
from shared.contracts.api.ingest import Page
from shared.duties import requests
from shared.duties.access import items_of
from shared.duties.kinds import Keeper
from shared.duties.requests import decide_items
from shared.duties.tables import DutyTables
from shared.runtime.auth import InformationGovernance, Principal
from shared.runtime.db import Database, Tx
from shared.runtime.reread import Reread
from shared.runtime.web import problems
from shared.sharing import Partnership

Find = Callable[[AsyncConnection, Principal, Subject, Partnership], Awaitable[SubjectAccess]]
Decide = Callable[[Tx, Principal, NewDataRequest, Partnership], Awaitable[DataRequest]]

RequestPath = Annotated[str, Path(pattern=r"^req_[0-9a-f]{32}$")]
RequestCursor = Annotated[str | None, Query(pattern=r"^req_[0-9a-f]{32}$", description="`next` of the page before")]
DisposalCursor = Annotated[str | None, Query(pattern=r"^dsp_[0-9a-f]{32}$", description="`next` of the page before")]
PageSize = Annotated[int, Query(ge=1, le=1000)]


@dataclass(frozen=True, slots=True)
class DutyDesk:
    """What the routes work with."""

    database: Database
    rules: Reread[Partnership]
    tables: DutyTables
    find: Find
    decide: Decide


def desk_of(database: Database, rules: Reread[Partnership], keeper: Keeper) -> DutyDesk:
    """The desk of a service whose items are all described by their kinds."""

    async def find(
        connection: AsyncConnection, principal: Principal, subject: Subject, partnership: Partnership
    ) -> SubjectAccess:
        return await items_of(connection, keeper, principal, subject, partnership)

    return DutyDesk(database, rules, keeper.tables, find, partial(_decide, database, keeper))


async def _decide(
    database: Database, keeper: Keeper, tx: Tx, principal: Principal, asked: NewDataRequest, partnership: Partnership
) -> DataRequest:
    return await decide_items(database, tx, keeper, principal, asked, partnership)


async def _desk(request: Request) -> DutyDesk:
    desk: DutyDesk = request.app.state.duties
    return desk


AtDesk = Annotated[DutyDesk, Depends(_desk)]


async def _transaction(desk: AtDesk) -> AsyncIterator[Tx]:
    async with desk.database.transaction() as tx:
        yield tx


async def _reading(desk: AtDesk) -> AsyncIterator[AsyncConnection]:
    async with desk.database.read() as connection:
        yield connection


Write = Annotated[Tx, Depends(_transaction, scope="function")]
Read = Annotated[AsyncConnection, Depends(_reading, scope="function")]


def duties_router(service: str) -> APIRouter:
    router = APIRouter(prefix=f"/v1/duties/{service}", tags=["duties"])

    @router.post("/subject-access", summary="All that your agency holds here of a person")
    async def find_subject(
        principal: InformationGovernance, desk: AtDesk, subject: Subject, read: Read
    ) -> SubjectAccess:
        return await desk.find(read, principal, subject, desk.rules.current())

    @router.post("/data-requests", status_code=201, responses=problems(404, 409), summary="This service's part of one")
    async def decide(principal: InformationGovernance, desk: AtDesk, asked: NewDataRequest, tx: Write) -> DataRequest:
        return await desk.decide(tx, principal, asked, desk.rules.current())

    @router.get("/data-requests", summary="Your requests with a part here, newest first")
    async def list_requests(
        principal: InformationGovernance, desk: AtDesk, read: Read, cursor: RequestCursor = None, limit: PageSize = 100
    ) -> Page[DataRequest]:
        return await requests.request_page(read, desk.tables, principal, cursor, limit)

    @router.get("/data-requests/{request_id}", responses=problems(404), summary="This service's part of one")
    async def get_request(
        request_id: RequestPath, principal: InformationGovernance, desk: AtDesk, read: Read
    ) -> DataRequest:
        return await requests.own_request(read, desk.tables, principal, request_id)

    @router.get("/disposals", summary="What was destroyed because its time was over, newest first")
    async def list_disposals(
        principal: InformationGovernance, desk: AtDesk, read: Read, cursor: DisposalCursor = None, limit: PageSize = 100
    ) -> Page[Disposal]:
        return await requests.disposal_page(read, desk.tables, principal, cursor, limit)

    @router.get("/holds", summary="What is kept for a prosecution, by the day of review")
    async def list_holds(principal: InformationGovernance, desk: AtDesk, read: Read) -> tuple[Hold, ...]:
        return await requests.own_holds(read, desk.tables, principal)

    return router

"""What routes ask for: the desk that they work at, and who is asking. A route says itself when its transaction begins,
because the graph is asked before."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.clients import Linker, Referrals
from services.calendar.domain.policy import Policies
from services.calendar.handlers import policies
from services.calendar.handlers.caller import Caller, caller_of
from shared.contracts.roles import Role
from shared.runtime import clock
from shared.runtime.auth import Analyst, AnyPartner, Dashboard, Principal, TaskingChair, permitted
from shared.runtime.db import Database, Tx
from shared.runtime.reread import Reread
from shared.runtime.web import OWNERS_HEADER
from shared.sharing import Partnership

VisitId = Annotated[str, Path(pattern=r"^vis_[0-9a-f]{32}$")]
PolicySetter = Annotated[Principal, Depends(permitted(Role.tasking_chair, Role.agency_admin))]
IfNoneMatch = Annotated[str | None, Header(max_length=500)]
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "What you hold (If-None-Match) is current"}}


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes of this process share."""

    database: Database
    rules: Reread[Partnership]
    linker: Linker
    referrals: Referrals

    def writing(self) -> AbstractAsyncContextManager[Tx]:
        """Leave it before you answer: it commits then."""
        return self.database.transaction()


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]


async def _called(request: Request, principal: Principal, desk: Desk) -> Caller:
    async with desk.database.read() as connection:
        agreed = Policies.of(await policies.on(connection, clock.today()))
    return caller_of(principal, desk.rules.current(), request.headers, agreed)


async def _caller(request: Request, principal: Dashboard, desk: AtDesk) -> Caller:
    return await _called(request, principal, desk)


async def _analyst(request: Request, principal: Analyst, desk: AtDesk) -> Caller:
    return await _called(request, principal, desk)


async def _chair(request: Request, principal: TaskingChair, desk: AtDesk) -> Caller:
    return await _called(request, principal, desk)


async def _setter(request: Request, principal: PolicySetter, desk: AtDesk) -> Caller:
    return await _called(request, principal, desk)


async def _partner(request: Request, principal: AnyPartner, desk: AtDesk) -> Caller:
    return await _called(request, principal, desk)


async def _reading(desk: AtDesk) -> AsyncIterator[AsyncConnection]:
    async with desk.database.read() as connection:
        yield connection


Asking = Annotated[Caller, Depends(_caller)]
Analysing = Annotated[Caller, Depends(_analyst)]
Chairing = Annotated[Caller, Depends(_chair)]
Setting = Annotated[Caller, Depends(_setter)]
Partaking = Annotated[Caller, Depends(_partner)]
Read = Annotated[AsyncConnection, Depends(_reading, scope="function")]


def tagged(content: bytes, media_type: str, if_none_match: str | None, owners: Iterable[str]) -> Response:
    """The answer with its ETag, or 304 where the caller holds it already. `owners` are the agencies whose visits it
    holds: the audit log cites the powers that they share under."""
    tag = f'"{blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if named := " ".join(sorted(set(owners))):
        headers[OWNERS_HEADER] = named
    if if_none_match and tag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def as_json(body: BaseModel, if_none_match: str | None, owners: Iterable[str]) -> Response:
    return tagged(body.model_dump_json().encode(), "application/json", if_none_match, owners)

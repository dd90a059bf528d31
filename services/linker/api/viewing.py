"""Whose view it is: the token's agency decides, and there is no other way to read."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date
from hashlib import blake2b
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.assess import RiskPolicies
from services.linker.domain.model import Model
from services.linker.handlers.shelf import Shelf
from services.linker.store import reading
from services.linker.store.holdings import audience_number
from shared.runtime import clock
from shared.runtime.auth import Principal
from shared.runtime.db import Database
from shared.runtime.errors import Forbidden, Unavailable
from shared.runtime.reread import Reread
from shared.runtime.web import OWNERS_HEADER
from shared.sharing import Partnership, View, not_for_this_purpose, views

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "What you hold (If-None-Match) is current"}}


class Desk:
    """What the routes work with."""

    def __init__(self, database: Database, rules: Reread[Partnership], shelf: Shelf) -> None:
        self.database = database
        self.shelf = shelf
        self._rules = rules
        self._found_for: tuple[date, Partnership] | None = None
        self._views: dict[str, View] = {}

    @property
    def risk(self) -> RiskPolicies:
        return self.shelf.risk

    async def model(self, connection: AsyncConnection) -> Model:
        """The one in force, as this connection sees it: so it is the one by which what it reads was linked."""
        return await self.shelf.model(connection)

    def view(self, agency: str) -> View:
        """What the agency sees under the rules of today. Raises Forbidden for one that is no partner."""
        today, partnership = clock.today(), self._rules.current()
        if self._found_for is None or self._found_for[0] != today or self._found_for[1] is not partnership:
            self._views = {partner: view for view in views(partnership, today) for partner in view.agencies}
            self._found_for = today, partnership
        if agency not in self._views:
            raise Forbidden("Your agency is not in this partnership.")
        return self._views[agency]

    @property
    def partnership(self) -> Partnership:
        """Its rules as they stand. Raises Unavailable while they cannot be read."""
        return self._rules.current()

    @property
    def titles(self) -> dict[str, str]:
        """What people call each agency, by its id."""
        return {agency.id: agency.title for agency in self.partnership.agencies}

    @asynccontextmanager
    async def reading_as(self, principal: Principal) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """A connection and the number of the caller's audience.

        Raises Unavailable while its view is being worked out, and Forbidden for a purpose other than the one that views
        are worked out for.
        """
        self.view(principal.agency)  # who is no partner is told of no partner's powers
        purpose = principal.purpose
        if purpose not in (None, self.partnership.stream_purpose):
            raise Forbidden(not_for_this_purpose(principal.agency, purpose, clock.today(), self.partnership))
        async with self.reading_for_any_purpose(principal) as (connection, audience):
            yield connection, audience

    @asynccontextmanager
    async def reading_for_any_purpose(self, principal: Principal) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """As `reading_as`, for who is to be shown nothing of that view."""
        audience = audience_number(self.view(principal.agency).id)
        async with self.database.read() as connection:
            if not await reading.is_complete(connection, audience):
                raise Unavailable("Your agency's view is being worked out; try again shortly.", headers=_SHORTLY)
            yield connection, audience

    def check_still(self, principal: Principal, audience: int) -> None:
        """Between the parts of a long answer: it ends with the power under which it began. Raises Forbidden."""
        if audience_number(self.view(principal.agency).id) != audience:
            raise Forbidden("What your agency may see has changed; ask again.")


_SHORTLY = {"Retry-After": "2"}


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]
IfNoneMatch = Annotated[str | None, Header(max_length=500)]


def state_tag(fingerprint: bytes, form: str) -> str:
    """The ETag of an answer that is sent as it is read: weak, of what it is made from and not of its bytes."""
    return f'W/"{blake2b(form.encode(), key=fingerprint, digest_size=12).hexdigest()}"'


def kept(tag: str) -> dict[str, str]:
    """Headers of an answer that its reader may keep, to ask whether it is current still."""
    return {"ETag": tag, "Cache-Control": "private, no-cache"}


def unchanged(tag: str, if_none_match: str | None) -> Response | None:
    """304, where the caller holds the answer with this tag already."""
    held = if_none_match is not None and tag in if_none_match
    return Response(status_code=304, headers={"ETag": tag}) if held else None


def tagged(body: BaseModel, if_none_match: str | None, owners: Iterable[str] = ()) -> Response:
    """The answer with its ETag, or 304 where the caller holds it already. `owners` are the agencies whose records it
    holds, as far as that is known: the audit log cites the powers that they share under."""
    content = body.model_dump_json().encode()
    tag = f'"{blake2b(content, digest_size=12).hexdigest()}"'
    named = " ".join(sorted(set(owners)))
    headers = {"ETag": tag} | ({OWNERS_HEADER: named} if named else {})
    if if_none_match and tag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers | kept(tag))

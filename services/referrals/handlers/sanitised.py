"""The sanitised versions that a viewer may have."""

from typing import Any

from sqlalchemy import ColumnElement, Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.intelligence import may_have
from services.referrals.handlers.sight import purpose_of
from services.referrals.store import intelligence as store
from shared.contracts.api.referrals.intelligence import Grading, SanitisedPage, SanitisedSaid
from shared.runtime.auth import Principal
from shared.runtime.clock import today
from shared.runtime.errors import NotFound
from shared.sharing import Partnership


async def one(connection: AsyncConnection, principal: Principal, partnership: Partnership, id_: str) -> SanitisedSaid:
    return said(await row(connection, principal, partnership, id_))


async def row(connection: AsyncConnection, principal: Principal, partnership: Partnership, id_: str) -> Row[Any]:
    """Raises NotFound for one that the caller may not have."""
    which = await visible(connection, principal.agency, purpose_of(principal, partnership), partnership)
    found = await store.one_sanitised(connection, which, id_)
    if found is None:
        raise NotFound
    return found


async def page(
    connection: AsyncConnection, principal: Principal, partnership: Partnership, after: str | None, limit: int
) -> SanitisedPage:
    which = await visible(connection, principal.agency, purpose_of(principal, partnership), partnership)
    rows = await store.sanitised_page(connection, which, after, limit + 1)
    more = rows[limit - 1].id if len(rows) > limit else None
    return SanitisedPage(items=tuple(map(said, rows[:limit])), next=more)


async def visible(
    connection: AsyncConnection, viewer: str, purpose: str, partnership: Partnership
) -> ColumnElement[bool]:
    """Those that a viewer may have today for a purpose."""
    day = today()
    pairs = await store.origins(connection)
    seen = [pair for pair in pairs if may_have(viewer, purpose, pair.agency, pair.origin, day, partnership)]
    return store.visible(viewer, seen)


def grading(version: Row[Any]) -> Grading:
    return Grading.model_validate(version.grading)


def said(version: Row[Any]) -> SanitisedSaid:
    given = grading(version)
    plain = ("id", "agency", "origin", "text", "received_on", "premises", "made_at")
    return SanitisedSaid(
        **{name: version._mapping[name] for name in plain}, grade=given.code, conditions=given.conditions
    )

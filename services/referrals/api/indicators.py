"""The library of indicators, the handful that an officer is offered, and who was briefed."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.referrals.api.cursors import Cursor, PageSize, opened, sealed
from services.referrals.api.dependencies import MEMBERS, Read, Shared, Write
from services.referrals.domain.packs import packs
from services.referrals.handlers import indicators
from services.referrals.handlers.sight import sight_of
from shared.contracts.api.referrals.indicators import (
    Adoption,
    BriefingPage,
    Indicator,
    NewBriefing,
    NewIndicator,
    OfferedIndicator,
    Pack,
    Usefulness,
)
from shared.contracts.api.sharing import SLUG
from shared.runtime.auth import AgencyAdmin, Analyst, AnyPartner, Dashboard
from shared.runtime.errors import Invalid
from shared.runtime.web import problems

router = APIRouter(prefix="/v1", tags=["indicators"], dependencies=MEMBERS)

IndicatorId = Annotated[str, Path(pattern=r"^ind_[a-z2-7]{20}$")]
PackId = Annotated[str, Path(pattern=SLUG)]
Sector = Annotated[str | None, Query(pattern=r"^[A-Za-z /&-]{1,60}$", description="The kind of business visited")]
Area = Annotated[
    str | None, Query(pattern=r"^[A-Z]{1,2}[0-9][0-9A-Z]?$", description="Outward postcode of the visit, e.g. UB1")
]


@router.get("/indicators", summary="Every indicator in force")
async def in_force(_principal: AnyPartner, connection: Read) -> list[Indicator]:
    return await indicators.in_force(connection)


@router.get("/indicators/offered", summary="The handful for a visit: note if seen, never ask")
async def offered(
    principal: Dashboard, connection: Read, sector: Sector = None, area: Area = None
) -> list[OfferedIndicator]:
    return await indicators.offer(connection, principal, sector, area)


@router.get("/indicators/own", summary="Every version of your agency's own indicators")
async def own(principal: AnyPartner, connection: Read) -> list[Indicator]:
    return await indicators.own(connection, principal)


@router.get("/indicators/usefulness", summary="What came of your agency's indicators, those that never helped first")
async def usefulness(principal: Analyst, shared: Shared, connection: Read) -> list[Usefulness]:
    return await indicators.usefulness(connection, principal, await sight_of(connection, principal, shared.partnership))


@router.get("/indicators/packs", summary="Packs that ship with the project, to adopt")
async def list_packs(_principal: AnyPartner) -> list[Pack]:
    return list(packs().values())


@router.post(
    "/indicators/packs/{pack}/adoption",
    status_code=201,
    responses=problems(404),
    summary="Make a pack's indicators your agency's own",
)
async def adopt(pack: PackId, principal: AgencyAdmin, shared: Shared, wanted: Adoption, tx: Write) -> list[Indicator]:
    return await indicators.adopt(tx, principal, pack, wanted, shared.partnership)


@router.post("/indicators", status_code=201, summary="Write an indicator of your agency's, or a new version of one")
async def write(principal: AgencyAdmin, wanted: NewIndicator, tx: Write) -> Indicator:
    return await indicators.write(tx, principal, wanted)


@router.put(
    "/indicators/{indicator}/interest",
    status_code=204,
    responses=problems(404),
    summary="Have what is seen under another agency's indicator too",
)
async def want(indicator: IndicatorId, principal: AgencyAdmin, shared: Shared, tx: Write) -> None:
    await indicators.want(shared.database, tx, principal, indicator, wanted=True)


@router.delete(
    "/indicators/{indicator}/interest",
    status_code=204,
    responses=problems(404),
    summary="Have it no more",
)
async def unwant(indicator: IndicatorId, principal: AgencyAdmin, shared: Shared, tx: Write) -> None:
    await indicators.want(shared.database, tx, principal, indicator, wanted=False)


@router.post("/briefings", status_code=204, summary="Note who of your people was briefed on which indicators")
async def brief(principal: AgencyAdmin, shared: Shared, done: NewBriefing, tx: Write) -> None:
    await indicators.brief(shared.database, tx, principal, done)


@router.get("/briefings", summary="Who of your people was briefed, on which version")
async def briefings(
    principal: AgencyAdmin, connection: Read, cursor: Cursor = None, limit: PageSize = 100
) -> BriefingPage:
    items, last = await indicators.briefings(connection, principal, _place(cursor), limit)
    following = sealed(last[0], last[1], str(last[2])) if last else None
    return BriefingPage(items=tuple(items), next=following)


def _place(cursor: str | None) -> tuple[str, str, int] | None:
    if cursor is None:
        return None
    person, indicator, version = opened(cursor, 3)
    if not (version.isascii() and version.isdigit() and len(version) < 9):
        raise Invalid
    return person, indicator, int(version)

"""Referrals: the inbox, the outbox, the steps of a referral's life, and the figures."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from pydantic import AwareDatetime

from services.referrals.api.cursors import Cursor, PageSize, cursor_after, moment
from services.referrals.api.dependencies import MEMBERS, CurrentReader, Shared, Write
from services.referrals.handlers import figures, life, reading
from services.referrals.store.referrals import NONE, Filters
from shared.contracts.api.referrals.figures import ReferralFigures
from shared.contracts.api.referrals.life import Feedback, State, TakeStep
from shared.contracts.api.referrals.referrals import Box, Referral, ReferralPage
from shared.contracts.api.sharing import SLUG
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Dashboard
from shared.runtime.errors import Invalid
from shared.runtime.web import problems

router = APIRouter(prefix="/v1", tags=["referrals"], dependencies=MEMBERS)

ReferralId = Annotated[str, Path(pattern=r"^ref_[0-9a-f]{32}$")]
Slug = Annotated[str | None, Query(pattern=rf"{SLUG}|^{NONE}$", description=f"{NONE} for none")]
IfMatch = Annotated[str, Header(description='The version that you read, in quotes: "3"', max_length=20)]
Moment = Annotated[AwareDatetime | None, Query(description="With an offset from UTC")]


async def _filters(
    box: Box | None = None,
    open: bool = False,
    overdue: bool = False,
    closed: bool = False,
    helped: bool = False,
    state: State | None = None,
    regime: Slug = None,
    agency: Annotated[str | None, Query(pattern=SLUG, description="The other agency")] = None,
    indicator: Annotated[str | None, Query(pattern=r"^ind_[a-z2-7]{20}$")] = None,
    area: Annotated[str | None, Query(pattern=rf"^([A-Z0-9]{{2,4}}|{NONE})$")] = None,
    trained: bool | None = None,
    feedback: Annotated[str | None, Query(pattern=rf"^({'|'.join(Feedback)}|{NONE})$")] = None,
    since: Moment = None,
    until: Moment = None,
) -> Filters:
    return Filters(
        box, open, overdue, closed, helped, state, regime, agency, indicator, area, trained, feedback, since, until
    )


Wanted = Annotated[Filters, Depends(_filters)]


@router.get("/referrals", summary="Referrals from and to your agency; open ones by when they are due")
async def list_referrals(
    reader: CurrentReader, response: Response, wanted: Wanted, cursor: Cursor = None, limit: PageSize = 50
) -> ReferralPage:
    items, last = await reading.page(reader, wanted, moment(cursor), limit)
    response.headers.update(reader.told.header())
    return ReferralPage(items=tuple(items), next=cursor_after(last))


@router.get("/referrals/{referral}", responses=problems(404), summary="One referral, with its card and its history")
async def get_referral(referral: ReferralId, reader: CurrentReader, response: Response) -> Referral:
    found = await reading.one(reader, referral)
    response.headers.update(reader.told.header())
    response.headers["ETag"] = f'"{found.version}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return found


@router.post(
    "/referrals/{referral}/steps",
    status_code=204,
    responses=problems(404, 409),
    summary="Acknowledge, accept, decline, pass on, say that it was acted on, or close with feedback",
)
async def take_step(
    referral: ReferralId, principal: Dashboard, shared: Shared, taken: TakeStep, if_match: IfMatch, tx: Write
) -> None:
    await life.take_step(shared.database, tx, principal, referral, _version(if_match), taken, shared.partnership)


@router.get("/referral-figures", summary="Figures of the referrals that you may see; each opens to its list")
async def get_figures(reader: CurrentReader, since: Moment = None) -> ReferralFigures:
    return await figures.figures(reader, since)


def _version(if_match: str) -> int:
    found = re.fullmatch(r'"([0-9]{1,9})"', if_match)
    if found is None:
        remedy = "Give the version that you read, in quotes."
        raise Invalid(errors=[FieldProblem(field="header.if-match", code="version", remedy=remedy)])
    return int(found[1])

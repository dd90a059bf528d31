"""Policies: what is agreed between the partners, as of any day, and how it is changed."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.calendar.api.dependencies import AtDesk, Partaking, Read, Setting
from services.calendar.handlers import policies
from shared.contracts.api.calendar.policies import (
    NewPolicy,
    PoliciesOnDay,
    Policy,
    PolicyKind,
    PolicyReview,
    PolicyVersions,
)
from shared.runtime.web import problems

router = APIRouter(prefix="/v1/calendar/policies", tags=["policies"])


@router.get("", summary="What counts on a day: clashes, caps, working time, holidays, teams, follow-up, outcomes")
async def on_day(
    caller: Partaking, connection: Read, day: Annotated[date | None, Query(description="Today unless given")] = None
) -> PoliciesOnDay:
    """The same for every partner. Those that ship are examples: legal review needed."""
    asked = day or caller.eyes.day
    return PoliciesOnDay(day=asked, policies=await policies.on(connection, asked))


@router.get("/{kind}", summary="Every version of one, proposed and refused ones too")
async def versions(kind: PolicyKind, caller: Partaking, connection: Read) -> PolicyVersions:
    return PolicyVersions(policies=await policies.versions(connection, kind))


@router.post("", status_code=201, summary="Propose what is to count from a day on")
async def propose(new: NewPolicy, caller: Setting, desk: AtDesk) -> Policy:
    """It counts once another agency has agreed."""
    async with desk.writing() as tx:
        return await policies.propose(tx, caller, new)


@router.post(
    "/{policy_id}/review", summary="Agree to what another agency proposed, or refuse", responses=problems(404, 409)
)
async def review(
    policy_id: Annotated[str, Path(pattern=r"^pol_[0-9a-f]{32}$")], given: PolicyReview, caller: Setting, desk: AtDesk
) -> Policy:
    async with desk.writing() as tx:
        return await policies.review(tx, caller, policy_id, given)

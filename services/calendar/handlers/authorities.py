"""Businesses under a primary authority: noted from the public register, and recognised by their organisation.

An agency sees the entries that it noted itself: which businesses another looks up is that agency's own affair.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.clients import Linker
from services.calendar.handlers.caller import Caller
from services.calendar.store import tasking
from shared.contracts.api.calendar.tasking import NewPrimaryAuthority, PrimaryAuthority, PrimaryAuthorityMark
from shared.contracts.api.linker.relations import RelationType
from shared.contracts.problem import FieldProblem
from shared.contracts.record import Record
from shared.runtime import clock
from shared.runtime.db import Database
from shared.runtime.errors import Invalid


async def note(database: Database, linker: Linker, caller: Caller, said: NewPrimaryAuthority) -> PrimaryAuthority:
    """Raises Invalid where the graph makes nothing of the company number."""
    traits = (await linker.traits_of(caller.headers, Record(company_number=said.company_number))).traits
    keys = [trait.key for trait in traits if trait.kind is RelationType.organisation]
    if not keys:
        remedy = "Give the number as Companies House writes it, with eight characters."
        raise Invalid(errors=[FieldProblem(field="body.company_number", code="unreadable", remedy=remedy)])
    id_ = clock.new_id("pau")
    async with database.transaction() as tx:
        await tasking.note_authority(tx.connection, _row(id_, keys[0], caller, said))
    return PrimaryAuthority(primary_authority_id=id_, **said.model_dump())


def _row(id_: str, trait: str, caller: Caller, said: NewPrimaryAuthority) -> dict[str, Any]:
    return {
        "id": id_,
        "agency": caller.agency,
        "trait": trait,
        "said": said.model_dump(mode="json"),
        "starts": said.starts,
        "ends": said.ends,
        "noted_by": caller.subject,
        "noted_at": clock.utc_now(),
    }


def said(row: Row[Any]) -> PrimaryAuthority:
    return PrimaryAuthority.model_validate({**row.said, "primary_authority_id": row.id, "ends": row.ends})


Known = Mapping[str, tuple[PrimaryAuthorityMark, ...]]
"""By the key of an organisation, what is noted of it."""


async def known(connection: AsyncConnection, caller: Caller) -> Known:
    """Those noted by the caller's agency that count today."""
    found: dict[str, tuple[PrimaryAuthorityMark, ...]] = {}
    for row in await tasking.authorities(connection, caller.agency, caller.eyes.day):
        found[row.trait] = (*found.get(row.trait, ()), _mark(said(row)))
    return found


async def marks(linker: Linker, caller: Caller, noted: Known, business_id: str) -> tuple[PrimaryAuthorityMark, ...]:
    """Of the business, by the organisation that the caller sees behind it."""
    traits = await linker.traits(caller.headers, business_id) if noted else None
    own = [one.key for one in traits.traits if one.through is None] if traits else []
    return tuple(mark for key in own for mark in noted.get(key, ()))


def _mark(entry: PrimaryAuthority) -> PrimaryAuthorityMark:
    regimes = ", ".join(regime.replace("-", " ") for regime in entry.regimes)
    plan = " and the inspection plan" if entry.inspection_plan else ""
    return PrimaryAuthorityMark(
        authority=entry.authority,
        regimes=entry.regimes,
        contact=entry.contact,
        inspection_plan=entry.inspection_plan,
        sentence=f"{entry.authority} is its primary authority for {regimes}: read its advice{plan} first, and notify "
        f"{entry.contact} before enforcement action.",
    )

"""A joint visit is composed from what the caller sees of the business today."""

from dataclasses import replace
from typing import Any

from services.calendar.clients import Linker, Referrals
from services.calendar.domain.compose import Case, Concern, Partner, Sighting, propose
from services.calendar.handlers.authorities import known, marks
from services.calendar.handlers.caller import Caller
from services.calendar.store import overriding
from shared.contracts.api.calendar.composer import ComposeRequest, LookFor, Override, Overruling, Proposal
from shared.contracts.api.linker.businesses import Business, Member
from shared.contracts.api.referrals.indicators import Indicator
from shared.contracts.events.linker import RegimeConcern
from shared.contracts.problem import FieldProblem
from shared.runtime import clock
from shared.runtime.db import Database, Tx
from shared.runtime.errors import Invalid, NotFound
from shared.sharing import Partnership


async def compose(
    database: Database, linker: Linker, referrals: Referrals, caller: Caller, asked: ComposeRequest
) -> tuple[Proposal, Business]:
    """The proposal, and the business that it was worked out from. Raises NotFound or Invalid."""
    partnership = caller.eyes.partnership
    _check_agencies(asked, partnership)
    async with database.read() as connection:
        noted = await known(connection, caller)
    business = await linker.find(caller.headers, asked.business_id)
    if business is None:
        raise NotFound
    marked = await marks(linker, caller, noted, business.business_id)
    case = replace(
        _case(business, asked, caller),
        indicators=_look_for(await referrals.indicators(caller.headers)),
        primary_authority=tuple(mark.sentence for mark in marked),
    )
    proposal = propose(case)
    if proposal.overridden:
        proposal = proposal.model_copy(update={"override_id": await _kept(database, caller, proposal)})
    return proposal, business


async def _kept(database: Database, caller: Caller, proposal: Proposal) -> str:
    """The id under which a visit takes along what the chair decided, and nothing of why it was proposed otherwise."""
    assert proposal.overridden is not None
    said = Overruling(**dict(proposal.overridden), by=caller.subject, at=clock.utc_now())
    values = {
        "id": (id_ := clock.new_id("ovr")),
        "agency": caller.agency,
        "business_id": proposal.business_id,
        "said": said.model_dump(mode="json"),
        "decided_by": said.by,
        "decided_at": said.at,
    }
    async with database.transaction() as tx:
        await overriding.add(tx.connection, values)
    return id_


async def overruling(tx: Tx, caller: Caller, override_id: str | None, business_id: str | None) -> dict[str, Any] | None:
    """What the chair decided of this business, for the one visit that takes it along. Raises Invalid."""
    if override_id is None:
        return None
    row = await overriding.take(tx.connection, override_id, caller.agency, business_id)
    if row is None:
        remedy = "Name one of your agency's, for this very business, that no visit has taken along; else compose again."
        raise Invalid(errors=[FieldProblem(field="body.override_id", code="unknown", remedy=remedy)])
    said: dict[str, Any] = row.said
    return said


def _look_for(indicators: tuple[Indicator, ...] | None) -> tuple[LookFor, ...] | None:
    if indicators is None:
        return None
    return tuple(LookFor(**{name: getattr(one, name) for name in LookFor.model_fields}) for one in indicators)


def _check_agencies(asked: ComposeRequest, partnership: Partnership) -> None:
    members = {agency.id for agency in partnership.agencies}
    errors = [
        FieldProblem(field=f"body.{field}", code="unknown_agency", remedy="Name agencies of the partnership.")
        for field, named in _agencies_named(asked).items()
        if not named <= members
    ]
    if errors:
        raise Invalid(errors=errors)


def _agencies_named(asked: ComposeRequest) -> dict[str, set[str]]:
    return {
        "warrants": {one for warrant in asked.warrants for one in (warrant.holder, *warrant.names)},
        "people_sought": set(asked.people_sought),
        "manners": set(asked.manners),
        "override": _named_by_chair(asked.override) if asked.override else set(),
    }


def _named_by_chair(override: Override) -> set[str]:
    lead = {override.lead} if override.lead else set()
    return {*override.add, *override.leave_out, *override.officers, *lead}


def _case(business: Business, asked: ComposeRequest, caller: Caller) -> Case:
    members = {member.record_id: member for member in business.members}
    return Case(
        day=clock.today(),
        name=business.name,
        asked=asked.model_copy(update={"business_id": business.business_id}),
        concerns=tuple(_concern(one, members) for one in business.risk.regimes),
        known_to=frozenset(business.agencies),
        partners=tuple(Partner(agency.id, agency.title, agency.classes) for agency in caller.eyes.partnership.agencies),
        indicators=(),
        policies=caller.policies,
    )


def _concern(one: RegimeConcern, members: dict[str, Member]) -> Concern:
    behind = [members[record] for record in one.records if record in members]
    seen = tuple(Sighting(member.record_id, member.agency, member.observed_on) for member in behind)
    return Concern(one.regime, one.weight, one.reason, seen)

"""Who is calling, at the edge: a valid token of an agency in the partnership, with a role; all else is denied."""

from typing import Annotated

from fastapi import Depends, Request

from services.gateway.handlers.rules import Rules
from shared.runtime.auth import (
    AgencyAdmin,
    AgencySystem,
    AnyPartner,
    AuditReader,
    Dashboard,
    InformationGovernance,
    Principal,
    authenticated,
    bearer,
)
from shared.runtime.clock import today
from shared.runtime.errors import Forbidden
from shared.sharing import not_for_this_purpose


def _rules(request: Request) -> Rules:
    rules: Rules = request.app.state.rules
    return rules


CurrentRules = Annotated[Rules, Depends(_rules)]


def _admit(request: Request, caller: Principal) -> Principal:
    """Raises Forbidden. Every way in ends here."""
    _rules(request).require_agency(caller.agency)
    return caller


async def _member(request: Request, caller: AnyPartner) -> Principal:
    return _admit(request, caller)


async def _administrator(request: Request, caller: AgencyAdmin) -> Principal:
    return _admit(request, caller)


async def _auditor(request: Request, caller: AuditReader) -> Principal:
    return _admit(request, caller)


async def _governance(request: Request, caller: InformationGovernance) -> Principal:
    return _admit(request, caller)


async def _stream_reader(request: Request, caller: Dashboard, rules: CurrentRules) -> Principal:
    return _admit_to_events(request, caller, rules)


async def _receiver(request: Request, caller: AgencySystem, rules: CurrentRules) -> Principal:
    return _admit_to_events(request, caller, rules)


def _admit_to_events(request: Request, caller: Principal, rules: Rules) -> Principal:
    """Events are worked out for one purpose of the partnership, and given for no other."""
    _admit(request, caller)
    partnership = rules.partnership()
    if caller.purpose not in (None, partnership.stream_purpose):
        raise Forbidden(not_for_this_purpose(caller.agency, caller.purpose, today(), partnership))
    return caller


Auditor = Annotated[Principal, Depends(_auditor)]
Administrator = Annotated[Principal, Depends(_administrator)]
Governance = Annotated[Principal, Depends(_governance)]
Member = Annotated[Principal, Depends(_member)]
Receiver = Annotated[Principal, Depends(_receiver)]
StreamReader = Annotated[Principal, Depends(_stream_reader)]


async def require_member(request: Request) -> Principal:
    """As `Member`, for requests that no route of this application takes. Raises what that raises."""
    caller = await authenticated(request, await bearer(request))
    if not caller.roles:
        raise Forbidden("Your token names no role that is known here.")
    return _admit(request, caller)

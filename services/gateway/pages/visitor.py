"""Who looks at a page."""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.gateway.api.caller import CurrentRules
from services.gateway.domain.session import Session
from services.gateway.handlers.sessions import Sessions
from services.gateway.handlers.sign_in import SignIn
from services.gateway.pages import cookies
from services.gateway.pages.asking import Partner
from shared.contracts.roles import Role
from shared.runtime.auth import Principal, Verifier
from shared.runtime.errors import Forbidden, Unauthenticated


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, and the services as they may ask them. `agency` is its title."""

    principal: Principal
    session: Session
    services: Partner
    agency: str

    @property
    def filer(self) -> str:
        """By which a phone tells whose cards wait on it, without keeping a name: nobody sends another's."""
        return hashlib.sha256(f"{self.principal.agency}/{self.principal.subject}".encode()).hexdigest()[:32]

    @property
    def may_task(self) -> bool:
        return not self.principal.roles.isdisjoint({Role.analyst, Role.tasking_chair})

    @property
    def purposes(self) -> list[str]:
        """Those that they may choose from."""
        return sorted(self.principal.purposes | {self.session.purpose})


async def _visitor(request: Request, rules: CurrentRules) -> Visitor:
    """Raises Unauthenticated, or Forbidden for an agency that has left the partnership."""
    sessions: Sessions = request.app.state.sessions
    verifier: Verifier = request.app.state.verifier
    shown = cookies.get(request, "session")
    session = await sessions.current(shown) if shown else None
    if session is None:
        raise Unauthenticated
    bearer = await verifier.verify(session.token.text)
    request.state.principal = principal = bearer.acting_for(session.purpose)
    title = next((one.title for one in rules.partnership().agencies if one.id == principal.agency), None)
    if title is None or not principal.roles:
        raise Forbidden("Your agency is not in this partnership.")
    services = Partner(request.app.state.upstreams, session.token.text, session.purpose)
    request.state.visitor = visitor = Visitor(principal, session, services, title)
    return visitor


CurrentVisitor = Annotated[Visitor, Depends(_visitor)]


def _sign_in(request: Request) -> SignIn:
    sign_in: SignIn = request.app.state.sign_in
    return sign_in


def _sessions(request: Request) -> Sessions:
    sessions: Sessions = request.app.state.sessions
    return sessions


CurrentSignIn = Annotated[SignIn, Depends(_sign_in)]
CurrentSessions = Annotated[Sessions, Depends(_sessions)]

"""Signing in and out, and for which purpose one acts."""

import re
from typing import Annotated

from fastapi import Depends, Form, Request, Response

from services.gateway.api.caller import CurrentRules
from services.gateway.api.development import from_this_machine
from services.gateway.api.oauth import CurrentTokens, not_too_often
from services.gateway.domain.session import Way
from services.gateway.handlers.issuer import Made
from services.gateway.handlers.sign_in import TICKET_SECONDS
from services.gateway.pages import cookies
from services.gateway.pages.home import origin
from services.gateway.pages.routing import pages, seen
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import CurrentSessions, CurrentSignIn, CurrentVisitor
from shared.contracts.problem import FieldProblem
from shared.contracts.roles import Role
from shared.runtime.errors import Invalid
from shared.sharing.review import purposes as purposes_of

FIRST = "/card"
_OURS = re.compile(r"(/[a-z0-9][a-z0-9_-]*)+")

router = pages()
development = pages()
_Then = Annotated[str, Form()]


@router.get("/sign-in")
async def sign_in(request: Request, ways: CurrentSignIn, rules: CurrentRules, then: str = FIRST) -> Response:
    agencies = rules.partnership().agencies if ways.is_demo else ()
    wanted = _page_of_ours(then)
    return page(request, "sign_in.html", issuers=ways.issuers(), agencies=agencies, roles=list(Role), then=wanted)


@router.get("/sign-in/{issuer}", dependencies=[Depends(not_too_often)])
async def at_issuer(request: Request, issuer: str, ways: CurrentSignIn, then: str = FIRST) -> Response:
    url, ticket = await ways.start(issuer, _redirect_uri(request, issuer), _page_of_ours(then))
    response = seen(url)
    cookies.put(request, response, "signing-in", ticket, TICKET_SECONDS)
    return response


@router.get("/sign-in/{issuer}/done", dependencies=[Depends(not_too_often)])
async def done(request: Request, issuer: str, ways: CurrentSignIn, sessions: CurrentSessions) -> Response:
    ticket = cookies.get(request, "signing-in") or ""
    made, way, then = await ways.finish(issuer, _redirect_uri(request, issuer), request.query_params, ticket)
    response = await _signed_in(request, sessions, made, way, then)
    cookies.drop(request, response, "signing-in")
    return response


@development.post("/sign-in", dependencies=[Depends(from_this_machine)])
async def by_choice(
    request: Request,
    ways: CurrentSignIn,
    sessions: CurrentSessions,
    agency: Annotated[str, Form(max_length=63)],
    role: Annotated[list[Role], Form(max_length=len(Role))],
    then: _Then = FIRST,
) -> Response:
    made, way = await ways.by_choice(Way(agency=agency, roles=tuple(role)))
    return await _signed_in(request, sessions, made, way, _page_of_ours(then))


@router.get("/sign-out")
async def before_sign_out(request: Request, _visitor: CurrentVisitor) -> Response:
    return page(request, "sign_out.html")


@router.post("/sign-out")
async def sign_out(
    request: Request, visitor: CurrentVisitor, ways: CurrentSignIn, sessions: CurrentSessions, tokens: CurrentTokens
) -> Response:
    """The browser forgets all that our pages kept there, cards that wait included."""
    way_out = await ways.way_out(visitor.session.way, f"{origin(request)}/sign-in")
    await sessions.end(visitor.session)
    await tokens.revoke(visitor.session.token.text)
    request.state.visitor = None
    response = page(request, "signed_out.html", way_out=way_out)
    response.headers["Clear-Site-Data"] = '"storage"'
    cookies.drop(request, response, "session")
    return response


@router.get("/purpose")
async def purposes(request: Request, _visitor: CurrentVisitor, then: str = FIRST) -> Response:
    return page(request, "purpose.html", then=_page_of_ours(then))


@router.post("/purpose")
async def choose(
    visitor: CurrentVisitor,
    sessions: CurrentSessions,
    rules: CurrentRules,
    purpose: Annotated[str, Form(max_length=63)],
    then: _Then = FIRST,
) -> Response:
    if purpose not in visitor.purposes or purpose not in purposes_of(rules.partnership()):
        raise Invalid(errors=[FieldProblem(field="purpose", code="purpose", remedy="Choose one of those offered.")])
    await sessions.choose(visitor.session, purpose)
    return seen(_page_of_ours(then))


async def _signed_in(request: Request, sessions: CurrentSessions, made: Made, way: Way, then: str) -> Response:
    """From here on the request is theirs."""
    request.state.principal = made.bearer
    response = seen(then)
    cookies.put(request, response, "session", await sessions.begin(made, way), sessions.longest_seconds)
    return response


def _redirect_uri(request: Request, issuer: str) -> str:
    return f"{origin(request)}/sign-in/{issuer}/done"


def _page_of_ours(then: str) -> str:
    return then if _OURS.fullmatch(then) else FIRST

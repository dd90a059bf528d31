"""The development issuer's routes. They exist in the demo profile only, and answer this machine only."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from services.gateway.api.caller import CurrentRules
from services.gateway.domain.loopback import host_name, is_loopback
from services.gateway.handlers.issuer import DevelopmentIssuer
from shared.contracts.api.gateway import Token, TokenRequest
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Role
from shared.runtime.errors import Forbidden, Invalid
from shared.runtime.web import problems

_PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")

router = APIRouter(tags=["development"])


def _from_this_machine(request: Request) -> None:
    """Not the client's address alone: a page elsewhere can point its own name here (DNS rebinding), and a reverse proxy
    on this machine speaks for the whole world."""
    local = request.client is not None and is_loopback(request.client.host)
    named = is_loopback(host_name(request.headers.get("host", "")))
    if not (local and named) or any(name in request.headers for name in _PASSED_ON):
        raise Forbidden("Development tokens are given to this machine only.")


def _issuer(request: Request) -> DevelopmentIssuer:
    issuer: DevelopmentIssuer = request.app.state.issuer
    return issuer


Issuer = Annotated[DevelopmentIssuer, Depends(_issuer)]


@router.get("/.well-known/jwks.json", summary="The public keys of the development issuer")
async def jwks(issuer: Issuer) -> dict[str, Any]:
    return issuer.jwks()


@router.post(
    "/dev/token",
    dependencies=[Depends(_from_this_machine)],
    responses=problems(413),
    summary="A short-lived token for an agency of the partnership",
)
async def token(wish: TokenRequest, issuer: Issuer, rules: CurrentRules) -> Token:
    if not set(wish.roles) <= set(Role):
        remedy = f"Choose from {', '.join(Role)}."
        raise Invalid(errors=[FieldProblem(field="body.roles", code="role", remedy=remedy)])
    rules.require_agency(wish.agency)
    text = issuer.token(wish.agency, {Role(role) for role in wish.roles}, wish.purpose)
    return Token(access_token=text, expires_in=issuer.seconds)

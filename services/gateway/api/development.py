"""The development sign-in. It exists in the demo profile only, and answers this machine only."""

from fastapi import APIRouter, Depends, Request

from services.gateway.api.oauth import CurrentTokens, given
from services.gateway.domain.loopback import host_name, is_loopback, is_passed_on
from shared.contracts.api.gateway import Token, TokenRequest
from shared.contracts.problem import FieldProblem
from shared.contracts.roles import Role
from shared.runtime.errors import Forbidden, Invalid
from shared.runtime.web import problems

router = APIRouter(tags=["development"])


def from_this_machine(request: Request) -> None:
    """Not the client's address alone: a page elsewhere can point its own name here (DNS rebinding), and a reverse proxy
    on this machine speaks for the whole world."""
    local = request.client is not None and is_loopback(request.client.host)
    named = is_loopback(host_name(request.headers.get("host", "")))
    if not (local and named) or is_passed_on(request.headers):
        raise Forbidden("Development tokens are given to this machine only.")


@router.post(
    "/dev/token",
    dependencies=[Depends(from_this_machine)],
    responses=problems(413),
    summary="A short-lived token for an agency of the partnership",
)
async def token(request: Request, wish: TokenRequest, tokens: CurrentTokens) -> Token:
    if not set(wish.roles) <= set(Role):
        remedy = f"Choose from {', '.join(Role)}."
        raise Invalid(errors=[FieldProblem(field="body.roles", code="role", remedy=remedy)])
    made = await tokens.for_development(wish.agency, map(Role, wish.roles), wish.purpose)
    return given(request, made, tokens)

"""The development sign-in. It exists in the demo profile only, and answers this machine only."""

from fastapi import APIRouter, Depends, Request

from services.gateway.api.caller import CurrentRules
from services.gateway.api.oauth import CurrentTokens, given
from services.gateway.domain.loopback import host_name, is_loopback, is_passed_on
from services.gateway.domain.standing import Standing
from shared.contracts.api.gateway import Token, TokenRequest
from shared.contracts.problem import FieldProblem
from shared.contracts.roles import Role
from shared.runtime.errors import Forbidden, Invalid
from shared.runtime.web import problems
from shared.sharing.review import purposes as purposes_of

router = APIRouter(tags=["development"])


def _from_this_machine(request: Request) -> None:
    """Not the client's address alone: a page elsewhere can point its own name here (DNS rebinding), and a reverse proxy
    on this machine speaks for the whole world."""
    local = request.client is not None and is_loopback(request.client.host)
    named = is_loopback(host_name(request.headers.get("host", "")))
    if not (local and named) or is_passed_on(request.headers):
        raise Forbidden("Development tokens are given to this machine only.")


@router.post(
    "/dev/token",
    dependencies=[Depends(_from_this_machine)],
    responses=problems(413),
    summary="A short-lived token for an agency of the partnership",
)
async def token(request: Request, wish: TokenRequest, tokens: CurrentTokens, rules: CurrentRules) -> Token:
    if not set(wish.roles) <= set(Role):
        remedy = f"Choose from {', '.join(Role)}."
        raise Invalid(errors=[FieldProblem(field="body.roles", code="role", remedy=remedy)])
    rules.require_agency(wish.agency)
    roles = frozenset(Role(role) for role in wish.roles)
    purposes = frozenset(purposes_of(rules.partnership()))
    standing = Standing(f"development:{wish.agency}", wish.agency, roles, purposes)
    return given(request, await tokens.for_development(standing, wish.purpose), tokens)

"""Sign-in: tokens of our own issuer for clients and people of the register, and their end.

Sources: RFC 6749 (client credentials), RFC 7523 (private_key_jwt), RFC 8693 (token exchange), RFC 7009 (revocation).
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from starlette.background import BackgroundTask

from services.gateway.api.caller import Administrator
from services.gateway.api.headers import AsCaller
from services.gateway.domain.loopback import household
from services.gateway.handlers.issuer import Made
from services.gateway.handlers.leaving import Leaving
from services.gateway.handlers.meter import Meter
from services.gateway.handlers.oauth import OAuthError, Refused
from services.gateway.handlers.refusals import Refusals
from services.gateway.handlers.tokens import Tokens
from services.gateway.handlers.tokens import revoked as revoked_tokens
from shared.contracts.api.gateway import RevokedTokens, SignOut, Token, TokenRefused
from shared.contracts.problem import PROBLEM_JSON
from shared.runtime.web import problems

CLIENT_CREDENTIALS = "client_credentials"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - the names that the RFCs give
JWT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SUBJECT_TOKENS = tuple(f"urn:ietf:params:oauth:token-type:{kind}" for kind in ("id_token", "access_token", "jwt"))

_REFUSED = {"schema": {"$ref": "#/components/schemas/TokenRefused"}}
_PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
_NO_TOKEN: dict[int | str, dict[str, Any]] = {
    400: {"model": TokenRefused, "content": {"application/json": _REFUSED, PROBLEM_JSON: _PROBLEM}},
    401: {"model": TokenRefused, "content": {"application/json": _REFUSED}},
}
_basic = HTTPBasic(auto_error=False, description="Only for clients and people whom the register gives a secret")
_Text = Annotated[str | None, Form(max_length=16_000)]

router = APIRouter(tags=["sign-in"])


def _tokens(request: Request) -> Tokens:
    tokens: Tokens = request.app.state.tokens
    return tokens


CurrentTokens = Annotated[Tokens, Depends(_tokens)]


def _leaving(request: Request) -> Leaving:
    leaving: Leaving = request.app.state.leaving
    return leaving


CurrentLeaving = Annotated[Leaving, Depends(_leaving)]


def not_too_often(request: Request) -> None:
    """Before anybody is known: looking at a secret is made to cost much, and so is not for everybody to ask for."""
    meter: Meter = request.app.state.meter
    meter.admit({"address": household(request.client.host if request.client else "")})


def given(request: Request, made: Made, tokens: Tokens) -> Token:
    """From here on the request is its bearer's."""
    request.state.principal = made.bearer
    return Token(access_token=made.text, expires_in=tokens.issuer.seconds)


@router.get("/.well-known/jwks.json", summary="The public keys of our own issuer")
async def jwks(tokens: CurrentTokens) -> dict[str, Any]:
    return tokens.issuer.jwks()


@router.post(
    "/oauth/token",
    response_model=Token,
    dependencies=[Depends(not_too_often)],
    responses=_NO_TOKEN | problems(413),
    summary="A short-lived token",
)
async def token(
    request: Request,
    tokens: CurrentTokens,
    secret: Annotated[HTTPBasicCredentials | None, Depends(_basic)],
    grant_type: _Text = None,
    client_assertion_type: _Text = None,
    client_assertion: _Text = None,
    subject_token_type: _Text = None,
    subject_token: _Text = None,
    purpose: Annotated[str | None, Form(max_length=63, description="What you act for; else what goes unsaid")] = None,
) -> Token | Response:
    """`client_credentials`, for a client with a `client_assertion` signed by its key, or for a client or person with a
    secret (Basic); or token exchange, for a person with a `subject_token` of an issuer of the partnership."""
    try:
        if grant_type == TOKEN_EXCHANGE:
            made = await tokens.for_token(_subject(subject_token_type, subject_token), purpose)
        elif grant_type != CLIENT_CREDENTIALS:
            raise Refused(OAuthError.unsupported_grant_type, "Give client_credentials, or token exchange.")
        elif secret and not client_assertion:
            made = await tokens.for_secret(secret.username, secret.password, purpose)
        elif client_assertion and client_assertion_type == JWT_ASSERTION and not secret:
            made = await tokens.for_assertion(client_assertion, purpose)
        else:
            raise Refused(OAuthError.invalid_request, "Prove who you are: by one client_assertion, or by one secret.")
    except Refused as refused:
        refusals: Refusals = request.app.state.refusals
        return _refusal(refused, BackgroundTask(refusals.record, refused, request.method, request.url.path))
    return given(request, made, tokens)


def _subject(kind: str | None, text: str | None) -> str:
    if text is None or kind not in _SUBJECT_TOKENS:
        raise Refused(OAuthError.invalid_request, "Give a subject_token, and its subject_token_type.")
    return text


def _refusal(refused: Refused, afterwards: BackgroundTask) -> Response:
    body = TokenRefused(error=refused.error, error_description=refused.description).model_dump()
    asks = {"WWW-Authenticate": 'Basic realm="joinedup"'} if refused.error is OAuthError.invalid_client else None
    return JSONResponse(body, refused.status, headers=asks, background=afterwards)


@router.post("/oauth/revoke", dependencies=[Depends(not_too_often)], responses=problems(413), summary="End a token")
async def revoke(request: Request, token: Annotated[str, Form(max_length=16_000)], tokens: CurrentTokens) -> None:
    """Whoever has it may. It works nowhere any more within seconds. 200 whatever was sent (RFC 7009, section 2.2)."""
    if bearer := await tokens.revoke(token):
        request.state.principal = bearer


@router.get("/oauth/revocations", responses=problems(404), summary="Which tokens were taken back")
async def revocations(request: Request) -> RevokedTokens:
    """For the services, which ask every two seconds, and for nobody outside: it would tell what others do."""
    return RevokedTokens(tokens=tuple(sorted(await revoked_tokens(request.app.state.database))))


@router.post(
    "/v1/sign-outs",
    status_code=204,
    responses=problems(413),
    summary="End everything by which somebody is let in or told of something",
)
async def sign_out(wish: SignOut, admin: Administrator, leaving: CurrentLeaving, headers: AsCaller) -> None:
    """Of a person or client of your own agency: tokens, sessions, open streams and exports, the secret addresses of
    calendars; the webhooks that they registered or changed last are switched off. The same answer whether or not they
    had any. 503: not everything could be ended; send it again."""
    await leaving.sign_out(admin, headers, wish.subject)

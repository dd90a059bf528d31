"""What our pages keep in a browser: two opaque texts, which no script can read and no other site can have sent."""

from typing import Literal

from fastapi import Request, Response

from services.gateway.pages.home import is_this_machine

Name = Literal["session", "signing-in"]


def get(request: Request, name: Name) -> str | None:
    return request.cookies.get(_full(request, name))


def put(request: Request, response: Response, name: Name, value: str, seconds: int) -> None:
    over_tls = not is_this_machine(request.headers)
    response.set_cookie(_full(request, name), value, seconds, secure=over_tls, httponly=True, samesite="lax")


def drop(request: Request, response: Response, name: Name) -> None:
    put(request, response, name, "", 0)


def _full(request: Request, name: Name) -> str:
    """With the prefix, browsers take it only over TLS and from this very host."""
    return name if is_this_machine(request.headers) else f"__Host-{name}"

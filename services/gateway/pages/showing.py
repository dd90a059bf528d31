"""From templates to pages, with the headers that hold for every page."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from services.gateway.handlers.rules import Rules
from shared.runtime.clock import LONDON

_HERE = Path(__file__).parent


def _when(text: str) -> str:
    """A moment of an answer, as people where the partnership is would say it."""
    at = datetime.fromisoformat(text).astimezone(LONDON)
    return f"{at.day} {at:%B %Y at %H:%M}"


def day(text: str) -> str:
    at = date.fromisoformat(text)
    return f"{at:%a} {at.day} {at:%B %Y}"


_templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["when"] = _when
_templates.filters["day"] = day
_templates.filters["words"] = lambda name: str(name).replace("_", " ").replace("-", " ")
_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{kind} {sources}" for kind, sources in _SOURCES.items()),
    "Referrer-Policy": "same-origin",  # with no-referrer, forms would come with the origin `null`
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
}


def page(request: Request, template: str, status: int = 200, **content: Any) -> HTMLResponse:
    """`template` with `content`, and with who is signed in, if anybody is."""
    rules: Rules = request.app.state.rules
    titles = {agency.id: agency.title for agency in rules.partnership().agencies}
    known = {"visitor": getattr(request.state, "visitor", None), "path": request.url.path, "titles": titles}
    text = _templates.get_template(template).render(known | content)
    return HTMLResponse(text, status, HEADERS)


def passed_on(answer: httpx.Response) -> StreamingResponse:
    """A file of a service, as it comes; `answer` is closed at its end."""
    told = {name: answer.headers[name] for name in ("content-type", "content-disposition")}
    return StreamingResponse(_pieces(answer), headers=HEADERS | told)


async def _pieces(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_bytes():
            yield piece
    finally:
        await answer.aclose()


class Assets(StaticFiles):
    """Style and scripts: a browser keeps them, and asks each time whether they are still the same. The service worker
    among them may answer for every page."""

    def __init__(self) -> None:
        super().__init__(directory=_HERE / "static")

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS | {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"})
        return response

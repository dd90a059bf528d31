"""How much a request may carry: a whole file where files are sent, photos with a card, a form where nobody is known
yet, else a little."""

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.domain.routes import holds_photos, is_file_upload, is_sign_in
from shared.runtime.errors import TooLarge
from shared.runtime.web import problem_response

_SIGN_IN_LIMIT = 64 * 1024


class BodyTooLarge(TooLarge, HTTPException):  # type: ignore[misc] # both have a detail, headers and a status
    """An HTTPException as well, because FastAPI makes a 400 of anything else that is raised while it reads a body."""


class BodyLimit:
    """Refuses what tells a length beyond the limit, and stops reading what turns out to be longer. In bytes."""

    def __init__(self, app: ASGIApp, body_limit: int, photo_limit: int, upload_limit: int) -> None:
        self._app = app
        self._body_limit = body_limit
        self._photo_limit = photo_limit
        self._upload_limit = upload_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope["raw_path"].decode("latin-1"))
        told = Headers(scope=scope).get("content-length", "0")
        if not told.isdecimal() or int(told) > limit:
            await problem_response(_too_large(limit))(scope, receive, send)
            return
        await self._app(scope, _counted(receive, limit), send)

    def _limit(self, path: str) -> int:
        if is_sign_in(path):
            return min(_SIGN_IN_LIMIT, self._body_limit)
        if holds_photos(path):
            return self._photo_limit
        return self._upload_limit if is_file_upload(path) else self._body_limit


def _counted(receive: Receive, limit: int) -> Receive:
    size = 0

    async def counting() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise _too_large(limit)
        return message

    return counting


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"At most {limit} bytes are accepted here.")

"""The character NUL in a path, a query or a JSON body: no store keeps it in a text, and each would fail in its own way,
some of them in whoever reads the text later."""

from collections.abc import Callable

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime.errors import Malformed

_ESCAPED = b"\\u0000"


class HoldsNul(Malformed, HTTPException):  # type: ignore[misc] # both have a detail, headers and a status
    """An HTTPException as well, because FastAPI makes its own of anything else that is raised while it reads a body."""

    def __init__(self) -> None:
        super().__init__("Leave out the character NUL (U+0000).")


class NoNul:
    """Refuses it. `answer` makes the response to an error."""

    def __init__(self, app: ASGIApp, answer: Callable[[HoldsNul], ASGIApp]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif "\0" in scope["path"] or b"%00" in scope["query_string"]:
            await self._answer(HoldsNul())(scope, receive, send)
        else:
            await self._app(scope, _watched(receive) if _is_json(scope) else receive, send)


def _is_json(scope: Scope) -> bool:
    kind = Headers(scope=scope).get("content-type", "application/json").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _watched(receive: Receive) -> Receive:
    end = b""

    async def watching() -> Message:
        nonlocal end
        message = await receive()
        read = end + message.get("body", b"")
        if _ESCAPED in read:
            raise HoldsNul
        end = read[1 - len(_ESCAPED) :]
        return message

    return watching

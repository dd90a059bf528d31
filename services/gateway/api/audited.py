"""Nothing is answered to a known caller before the audit log has it on disk: the answer's first piece, and every later
piece that names a business or a record, waits for its entry. A long answer ends where its caller is signed out."""

from collections.abc import Sequence
from urllib.parse import unquote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.domain.deed import Deed, Finder, holds_records, in_target, operation
from services.gateway.handlers.powers import Powers
from services.gateway.handlers.recorder import Recorder
from shared.runtime.auth import Principal, TokenVerifier
from shared.runtime.clock import new_id, utc_now
from shared.runtime.errors import Unavailable
from shared.runtime.granted import Granted, read_granted
from shared.runtime.telemetry import current_trace_id
from shared.runtime.web import INSIDE_HEADERS, OWNERS_HEADER, READER_HEADER, ROUTE_HEADER, problem_response

AUDIT_PATH = "/v1/audit"
_NO_ROUTE = "unknown"
_HUNG_UP = 499


class Audited:
    """Callers without a valid token cannot be named: they are refused, and counted, by others."""

    def __init__(self, app: ASGIApp, verifier: TokenVerifier, recorder: Recorder, powers: Powers) -> None:
        self._app = app
        self._verifier = verifier
        self._recorder = recorder
        self._powers = powers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        answer = _Answer(scope, send, self._verifier, self._recorder, self._powers)
        try:
            await self._app(scope, receive, answer.send)
            await answer.end()
        except ConnectionAbortedError:
            if not answer.refused:
                raise


class _Answer:
    """One answer on its way out."""

    def __init__(self, scope: Scope, send: Send, verifier: TokenVerifier, recorder: Recorder, powers: Powers) -> None:
        self._scope = scope
        self._send = send
        self._verifier = verifier
        self._recorder = recorder
        self._powers = powers
        self._finder = Finder()
        self._held: Message | None = None
        self._status = _HUNG_UP
        self._route = _NO_ROUTE
        self._owners: Sequence[str] | None = None
        self._granted: Granted | None = None
        self.refused = False
        """Nothing more is sent: it could not be recorded, or the caller's token was taken back."""

    async def send(self, message: Message) -> None:
        if self.refused:
            return
        if message["type"] == "http.response.start":
            self._begin(message)
        elif message["type"] == "http.response.body" and self._caller:
            await self._piece(message)
        else:
            await self._let_go(message)

    async def end(self) -> None:
        """Who hung up before the answer may have changed something all the same."""
        if self._caller and self._status == _HUNG_UP:
            await self._recorder.record(self._deed(self._caller, ()))

    @property
    def _caller(self) -> Principal | None:
        found: Principal | None = self._scope["state"].get("principal")
        return found

    def _begin(self, message: Message) -> None:
        headers = MutableHeaders(raw=list(message["headers"]))
        self._status, self._route = message["status"], headers.get(ROUTE_HEADER, _NO_ROUTE)
        self._owners = headers[OWNERS_HEADER].split() if OWNERS_HEADER in headers else None
        self._granted = read_granted(headers)
        if READER_HEADER in headers:
            self._scope["state"]["principal"] = _reader(headers[READER_HEADER])
        for name in INSIDE_HEADERS:
            del headers[name]
        self._held = {**message, "headers": headers.raw}

    async def _piece(self, message: Message) -> None:
        caller = self._caller
        found = () if self._route == AUDIT_PATH else self._finder.in_piece(message.get("body", b""))
        if caller:
            try:
                await self._check_still_in(caller, message)
                if self._held or found:
                    await self._recorder.record(self._deed(caller, found))
            except Unavailable as error:
                await self._refuse(error, more=message.get("more_body", False))
                return
        await self._let_go(message)

    async def _check_still_in(self, caller: Principal, message: Message) -> None:
        """Before each later piece of an answer; before the first, the token has just been looked at. Raises
        ConnectionAbortedError, so that whoever makes the answer stops, and Unavailable."""
        if not self._held and message.get("body") and await self._verifier.has_ended(caller):
            self.refused = True
            raise ConnectionAbortedError("the caller's token was taken back")

    async def _refuse(self, error: Unavailable, *, more: bool) -> None:
        """Raises ConnectionAbortedError if there is `more`, so that whoever makes the answer stops."""
        if self._held:
            self.refused = True
            await problem_response(error)(self._scope, _nothing, self._send)
        if more or not self.refused:
            raise ConnectionAbortedError("the answer could not be recorded")

    async def _let_go(self, message: Message) -> None:
        if self._held:
            held, self._held = self._held, None
            await self._send(held)
        await self._send(message)

    def _deed(self, caller: Principal, found: tuple[str, ...]) -> Deed:
        path, query = self._scope["raw_path"].decode("latin-1"), self._scope["query_string"].decode("latin-1")
        given = self._status < 400 and holds_records(path)
        gateways = self._gateways(caller) if given else ()
        return Deed(
            entry_id=new_id("aud"),
            at=utc_now().isoformat(timespec="microseconds"),
            operation=operation(self._scope["method"], path, gateways),
            agency=caller.agency,
            person=caller.subject,
            roles=tuple(sorted(caller.roles)),
            purpose=caller.purpose or (self._powers.purpose if given else None),
            legal_gateways=gateways,
            conditions=self._granted.conditions if self._granted else (),
            method=self._scope["method"],
            route=self._route,
            asked=in_target(path, query),
            shown=tuple(sorted({*found, *self._granted.records})) if self._granted else found,
            status=self._status,
            trace_id=current_trace_id(),
        )

    def _gateways(self, caller: Principal) -> tuple[str, ...]:
        """Those of a single disclosure, as its service says; of all else, those of the caller's view."""
        return self._granted.legal_gateways if self._granted else self._powers.of(caller.agency, self._owners)


def _reader(told: str) -> Principal:
    """Whoever holds the secret address that was asked."""
    agency, person = told.split(" ")
    return Principal(agency, frozenset(), unquote(person))


async def _nothing() -> Message:
    return {"type": "http.disconnect"}

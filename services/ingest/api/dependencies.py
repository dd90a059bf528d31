"""What routes ask for: a transaction, a read, a bounded body, the Idempotency-Key.

A route's transaction is the last of its parameters: the body is read before the store's write lock is taken, and the
commit comes before the answer.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.api.forms import body_in_pieces
from services.ingest.handlers.idempotency import Keyed, Reply, hashed
from shared.runtime.auth import AgencySystem
from shared.runtime.db import Database, Tx
from shared.runtime.reread import Reread
from shared.sharing import Partnership

RECORD_BYTES = 1 << 20
BATCH_BYTES = 16 << 20
SPEC_BYTES = 1 << 20

FeedId = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
SourceRef = Annotated[str, Path(pattern=r"^[^\x00]+$", max_length=500, description="As the agency's own rows have it")]
SubmissionId = Annotated[str, Path(pattern=r"^sub_[0-9a-f]{32}$")]
PageSize = Annotated[int, Query(ge=1, le=1000)]
RowCursor = Annotated[int, Query(ge=0, le=2**31 - 1, description="`next` of the page before")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Yours to choose, one for each request; the same request again gives the same answer, once done.",
    ),
]


@dataclass(frozen=True, slots=True)
class Ingest:
    """What the routes of this process share."""

    database: Database
    rules: Reread[Partnership]
    max_upload_bytes: int

    @property
    def partnership(self) -> Partnership:
        """As its file says now. Raises Unavailable while that is missing or faulty."""
        return self.rules.current()


async def ingest(request: Request) -> Ingest:
    shared: Ingest = request.app.state.ingest
    return shared


Shared = Annotated[Ingest, Depends(ingest)]


async def transaction(shared: Shared) -> AsyncIterator[Tx]:
    async with shared.database.transaction() as tx:
        yield tx


async def reading(shared: Shared) -> AsyncIterator[AsyncConnection]:
    async with shared.database.read() as connection:
        yield connection


Write = Annotated[Tx, Depends(transaction, scope="function")]
Read = Annotated[AsyncConnection, Depends(reading, scope="function")]


def body_up_to(limit: int) -> Callable[[Request], Awaitable[bytes]]:
    """A dependency: the whole body, refused as soon as it is longer than `limit` bytes."""

    async def read(request: Request) -> bytes:
        return b"".join([piece async for piece in body_in_pieces(request, limit)])

    return read


RecordBody = Annotated[bytes, Depends(body_up_to(RECORD_BYTES))]
BatchBody = Annotated[bytes, Depends(body_up_to(BATCH_BYTES))]
SpecBody = Annotated[bytes, Depends(body_up_to(SPEC_BYTES))]


def request_hash(request: Request, body: bytes) -> str:
    return hashed(request.method.encode(), request.url.path.encode(), request.url.query.encode(), body)


def keyed_request(request: Request, principal: AgencySystem, key: str | None, body: bytes = b"") -> Keyed | None:
    if key is None:
        return None
    return Keyed(principal.agency, hashed(key.encode()), request_hash(request, body))


def reply_of(status: int, answer: BaseModel, location: str | None = None) -> Reply:
    return Reply(status, answer.model_dump_json().encode(), location)


def respond(reply: Reply) -> Response:
    headers = {"Location": reply.location} if reply.location else {}
    return Response(reply.body, status_code=reply.status, media_type="application/json", headers=headers)


def json_body(schema: dict[str, Any], description: str) -> dict[str, Any]:
    """OpenAPI of a body that the route reads itself."""
    return {"requestBody": {"required": True, "description": description, "content": {"application/json": schema}}}

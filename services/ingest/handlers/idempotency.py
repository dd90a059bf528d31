"""Idempotency-Key: the same request twice, even at the same time, has one effect and one answer.

A key belongs to its agency and is kept for a week. Another request under a used key is refused: it would otherwise
look as if it had been done.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from services.ingest.handlers.submissions import Upload, abandon_upload
from services.ingest.store import idempotency, submissions
from shared.contracts.api.ingest import SubmissionStatus
from shared.contracts.problem import FieldProblem
from shared.runtime.clock import utc_now
from shared.runtime.db import Database, Tx
from shared.runtime.errors import Conflict, Invalid

KEPT = timedelta(days=7)
_UPLOAD_SILENCE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that can be given again."""

    status: int
    body: bytes
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request under an Idempotency-Key; `request_hash` is None while its body is still arriving."""

    agency: str
    key_hash: str
    request_hash: str | None = None


class AnsweredBefore(Exception):
    """The key was used, and `used` is what was answered; whatever this transaction did is to be undone."""

    def __init__(self, used: Row[Any]) -> None:
        super().__init__("answered before")
        self.used = used


def hashed(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


async def once(database: Database, tx: Tx, keyed: Keyed | None, effect: Callable[[], Awaitable[Reply]]) -> Reply:
    """The reply of `effect`, which happens only if the key is new. An effect that raises leaves the key unused."""
    if keyed is None:
        return await effect()
    if not await _claim(database, tx, keyed):
        return replay(await idempotency.find(tx.connection, keyed.agency, keyed.key_hash), keyed.request_hash)
    reply = await effect()
    await save(tx, keyed, reply)
    return reply


def replay(used: Row[Any], request_hash: str | None) -> Reply:
    """The answer given before to the same request. Raises Invalid if it was another one."""
    if used.status is None:
        raise Conflict("A request with this Idempotency-Key is still being received.", headers={"Retry-After": "10"})
    if used.request_hash != request_hash:
        remedy = "It was used for another request; use a new key for each."
        raise Invalid(errors=[FieldProblem(field="Idempotency-Key", code="key_reused", remedy=remedy)])
    return Reply(used.status, used.body, used.location)


async def save(tx: Tx, keyed: Keyed, reply: Reply) -> None:
    await idempotency.save(
        tx.connection,
        keyed.agency,
        keyed.key_hash,
        request_hash=keyed.request_hash,
        status=reply.status,
        body=reply.body,
        location=reply.location,
    )


async def begin_upload(database: Database, tx: Tx, keyed: Keyed, upload: Upload) -> None:
    """Bind the key to this upload. Raises AnsweredBefore, and Conflict while another upload with it is arriving.

    An upload that has been silent is taken over.
    """
    if await _claim(database, tx, keyed, upload.seq):
        return
    used = await idempotency.find(tx.connection, keyed.agency, keyed.key_hash)
    if used.status is not None:
        raise AnsweredBefore(used)
    earlier = await submissions.get(tx.connection, used.submission)
    if earlier.status == SubmissionStatus.receiving and utc_now() - earlier.updated_at < _UPLOAD_SILENCE:
        replay(used, None)
    await abandon_upload(tx, earlier.seq)
    await idempotency.save(tx.connection, keyed.agency, keyed.key_hash, submission=upload.seq)


async def _claim(database: Database, tx: Tx, keyed: Keyed, submission: int | None = None) -> bool:
    values = {"agency": keyed.agency, "key_hash": keyed.key_hash, "request_hash": keyed.request_hash}
    return await idempotency.claim(
        database, tx.connection, values | {"submission": submission, "created_at": utc_now()}
    )

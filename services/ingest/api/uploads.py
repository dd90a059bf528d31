"""Receiving a file: its bytes go straight into the store, a mebibyte and a short transaction at a time."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator

from fastapi import Request

from services.ingest.api.dependencies import Ingest, reply_of
from services.ingest.api.forms import body_in_pieces, file_of, form, is_form
from services.ingest.domain.feed import Mode
from services.ingest.handlers import idempotency, submissions
from services.ingest.handlers.feeds import feed_to_submit_to
from services.ingest.handlers.idempotency import AnsweredBefore, Keyed, Reply, hashed
from services.ingest.handlers.submissions import Upload
from shared.contracts.api.ingest import SubmissionKind
from shared.runtime.auth import Principal

_CHUNK = 1 << 20


async def receive(
    request: Request, shared: Ingest, principal: Principal, feed: str, mode: Mode | None, key: str | None
) -> Reply:
    """Store the request's file and queue it; the reply is its receipt. Under a used key, the reply given before."""
    keyed = Keyed(principal.agency, hashed(key.encode())) if key is not None else None
    target = hashed(request.url.path.encode(), request.url.query.encode())
    try:
        upload = await _open(shared, principal, feed, mode, keyed)
    except AnsweredBefore as before:
        digest = hashlib.sha256(target.encode())
        async for piece in _file(request, shared.max_upload_bytes):
            digest.update(piece)
        return idempotency.replay(before.used, digest.hexdigest())
    try:
        request_hash = await _store(shared, upload, _file(request, shared.max_upload_bytes), target)
        return await _close(shared, upload, keyed, request_hash)
    except BaseException:
        async with shared.database.transaction() as tx:
            await submissions.abandon_upload(tx, upload.seq)
        raise


async def _open(shared: Ingest, principal: Principal, feed_id: str, mode: Mode | None, keyed: Keyed | None) -> Upload:
    async with shared.database.transaction() as tx:
        feed = await feed_to_submit_to(tx, principal, feed_id)
        upload = await submissions.open_upload(tx, feed, SubmissionKind.file, mode)
        if keyed is not None:
            await idempotency.begin_upload(shared.database, tx, keyed, upload)
    return upload


async def _store(shared: Ingest, upload: Upload, pieces: AsyncIterator[bytes], target: str) -> str:
    """The hash of the request."""
    digest, buffer, n = hashlib.sha256(target.encode()), bytearray(), 0
    async for piece in pieces:
        digest.update(piece)
        buffer += piece
        while len(buffer) >= _CHUNK:
            await _save(shared, upload, n, bytes(buffer[:_CHUNK]))
            del buffer[:_CHUNK]
            n += 1
    if buffer:
        await _save(shared, upload, n, bytes(buffer))
    return digest.hexdigest()


async def _save(shared: Ingest, upload: Upload, n: int, data: bytes) -> None:
    async with shared.database.transaction() as tx:
        await submissions.add_chunk(tx, upload, n, data)


async def _close(shared: Ingest, upload: Upload, keyed: Keyed | None, request_hash: str) -> Reply:
    async with shared.database.transaction() as tx:
        receipt = await submissions.close_upload(tx, upload)
        reply = reply_of(202, receipt, f"/v1/submissions/{receipt.id}")
        if keyed is not None:
            await idempotency.save(tx, Keyed(keyed.agency, keyed.key_hash, request_hash), reply)
    return reply


async def _file(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    """The file's bytes: the body itself, or the part `file` of a form."""
    if not is_form(request):
        async for piece in body_in_pieces(request, limit):
            yield piece
        return
    async with form(request, limit) as parsed:
        file = file_of(parsed)
        while piece := await file.read(_CHUNK):
            yield piece

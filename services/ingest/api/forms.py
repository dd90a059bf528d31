"""Bodies of bounded length, and the file in a form; nothing is held in memory."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from shared.contracts.problem import FieldProblem
from shared.runtime.errors import Invalid, Malformed, TooLarge


def is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


async def body_in_pieces(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    """The body as it arrives; raises TooLarge past `limit` bytes."""
    total = 0
    async for piece in request.stream():
        total += len(piece)
        if total > limit:
            raise TooLarge(f"Send at most {limit} bytes.")
        yield piece


@asynccontextmanager
async def form(request: Request, limit: int) -> AsyncIterator[FormData]:
    """The form, its file on disk. Raises Malformed."""
    try:
        parser = MultiPartParser(request.headers, body_in_pieces(request, limit), max_files=1, max_fields=10)
        parsed = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError):
        raise Malformed("The form could not be read.") from None
    try:
        yield parsed
    finally:
        await parsed.close()


def file_of(parsed: FormData) -> UploadFile:
    """The form's `file`; raises Invalid."""
    file = parsed.get("file")
    if not isinstance(file, UploadFile):
        raise Invalid(errors=[FieldProblem(field="file", code="missing", remedy="Send the file as `file`.")])
    return file

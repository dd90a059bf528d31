"""Preview: try a mapping on a sample before anything is sent in earnest."""

import asyncio
from collections.abc import Iterator
from typing import Any

import orjson
from fastapi import APIRouter, Request

from services.ingest.api.dependencies import FeedId, Ingest, Shared, body_up_to
from services.ingest.api.forms import file_of, form, is_form
from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.readers import DEFAULT_LIMITS, BadRow, Row
from services.ingest.domain.readers.json_items import BadItem, flatten
from services.ingest.domain.spec_text import BadSpec, load_spec, parse_spec
from services.ingest.handlers.feeds import check_belongs, own_feed
from services.ingest.handlers.preview import preview, preview_file
from shared.contracts.api.ingest import Preview
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import AgencySystem, Principal
from shared.runtime.errors import Invalid, Malformed
from shared.runtime.web import problems

router = APIRouter(prefix="/v1/feeds/{feed}", tags=["feeds"])

SAMPLE_BYTES = 8 << 20
_DRAFT = {"type": "string", "description": "A draft specification as YAML or JSON; the feed's current one unless given"}
_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}, "spec": _DRAFT},
}
_JSON = {
    "type": "object",
    "required": ["rows"],
    "properties": {"rows": {"type": "array", "items": {"type": "object"}}, "spec": {"type": "object"}},
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A sample: rows as JSON or a file in a form, with a draft specification if there is one",
        "content": {"application/json": {"schema": _JSON}, "multipart/form-data": {"schema": _FORM}},
    }
}


@router.post("/preview", responses=problems(404, 413), openapi_extra=_BODY, summary="What a mapping makes of a sample")
async def post_preview(request: Request, feed: FeedId, principal: AgencySystem, shared: Shared) -> Preview:
    """Stores nothing. With a draft specification the feed need not be declared yet."""
    if is_form(request):
        async with form(request, SAMPLE_BYTES) as parsed:
            file, draft = file_of(parsed), parsed.get("spec")
            spec = await _spec(shared, principal, feed, draft if isinstance(draft, str) else None)
            return await asyncio.to_thread(preview_file, spec, file.file)
    sample = _sample(await body_up_to(SAMPLE_BYTES)(request))
    spec = await _spec(shared, principal, feed, sample.get("spec"))
    return await asyncio.to_thread(preview, spec, _rows(sample["rows"]))


async def _spec(shared: Ingest, principal: Principal, feed: str, draft: object) -> FeedSpec:
    if draft is None:
        async with shared.database.read() as connection:
            return (await own_feed(connection, principal, feed)).spec
    try:
        spec = load_spec(draft) if isinstance(draft, str) else parse_spec(draft)
    except BadSpec as bad:
        raise Invalid(errors=bad.errors) from None
    check_belongs(spec, principal, shared.partnership)
    return spec


def _sample(body: bytes) -> dict[str, Any]:
    try:
        sample = orjson.loads(body)
    except ValueError:
        raise Malformed("The body is not valid JSON.") from None
    if not isinstance(sample, dict) or not isinstance(sample.get("rows"), list):
        raise Invalid(errors=[FieldProblem(field="rows", code="missing", remedy="Send the sample's rows as a list.")])
    return sample


def _rows(items: list[Any]) -> Iterator[Row | BadRow]:
    for number, item in enumerate(items, start=1):
        try:
            yield Row(number, flatten(item, DEFAULT_LIMITS))
        except BadItem as bad:
            yield BadRow(number, (bad.error,))

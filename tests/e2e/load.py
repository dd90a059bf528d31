"""A load that corrects and retracts what it sent before, sent by clients that do not give up; and what came of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from joinedup.client import Api, DevToken, Refusal
from joinedup.delivery import SENDER
from joinedup.feeds import FeedFile

T = TypeVar("T")

_AGAIN = 0.2
_TRIES = 300
_SETTLE_SECONDS = 90.0
_QUIET_SECONDS = 1.5

Disturb = Callable[[int], Coroutine[Any, Any, None]]
"""What happens beside the round of this number."""
Graph = dict[tuple[str, str], str]
State = tuple[str, frozenset[str]]
"""Band, and regimes with live concerns."""
Receipts = dict[str, tuple[str, dict[str, int], tuple[tuple[int, str], ...]]]


@dataclass(frozen=True)
class Outcome:
    """What a run left behind. `bands`: business → band and regimes as the API gives them."""

    graph: Graph
    receipts: Receipts
    bands: dict[str, State]
    stream: list[dict[str, Any]]


async def send(url: str, rounds: Iterable[tuple[FeedFile, ...]], disturb: Disturb | None = None) -> Receipts:
    """Each round's files at once, the next round when all receipts of this one are final and its kills are done."""
    receipts: Receipts = {}
    async with AsyncExitStack() as stack:
        apis: dict[str, Api] = {}
        for number, files in enumerate(rounds):
            for file in files:
                if file.spec.agency not in apis:
                    api = Api(url, DevToken(url, file.spec.agency, SENDER))
                    apis[file.spec.agency] = await stack.enter_async_context(api)
            sent = [_send(apis[file.spec.agency], file, f"{file.spec.id}-{number}") for file in files]
            disturbance = asyncio.create_task(disturb(number)) if disturb else None
            receipts |= dict(await asyncio.gather(*sent))
            if disturbance:
                await disturbance
    return receipts


async def _send(api: Api, file: FeedFile, key: str) -> tuple[str, Any]:
    async def receipt() -> dict[str, Any]:
        found: dict[str, Any] = await api.get(f"/v1/submissions/{submission['id']}")
        if found["status"] in ("receiving", "queued", "working"):
            raise _NotYet
        return found

    await _insist(lambda: api.declare(file.spec.id, file.spec.model_dump(mode="json", exclude_unset=True)))
    submission = await _insist(lambda: api.upload(file.spec.id, file.path, idempotency_key=key))
    last = await _insist(receipt)
    rows = await _insist(lambda: _rows(api, last["id"]))
    return key, (last["status"], last["counts"], rows)


async def _rows(api: Api, submission: str) -> tuple[tuple[int, str], ...]:
    rows: list[tuple[int, str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await api.get(f"/v1/submissions/{submission}/rows", **cursor)
        rows += [(row["row"], row["outcome"]) for row in page["items"]]
        if not page["next"]:
            return tuple(rows)
        cursor = {"cursor": page["next"]}


class _NotYet(Exception):
    pass


async def _insist(action: Callable[[], Awaitable[T]]) -> T:
    """Again and again while the address or what is behind it is down: what any client of the API should do."""
    for _ in range(_TRIES):
        try:
            return await action()
        except (httpx.TransportError, _NotYet):
            pass
        except Refusal as refusal:
            if not refusal.passing and refusal.problem["status"] != 409:
                raise
        await asyncio.sleep(_AGAIN)
    raise TimeoutError("the services did not come back")


@asynccontextmanager
async def watching(url: str, viewer: str) -> AsyncIterator[tuple[Api, list[dict[str, Any]]]]:
    """Every risk change from the beginning, in the order of arrival; a broken stream is resumed where it broke."""
    stream: list[dict[str, Any]] = []
    async with Api(url, DevToken(url, viewer, ("analyst",))) as api:
        reading = asyncio.create_task(_read(api, stream))
        try:
            yield api, stream
        finally:
            reading.cancel()


async def _read(api: Api, stream: list[dict[str, Any]]) -> None:
    async with aclosing(api.risk_changes()) as changes:
        async for change in changes:
            stream.append(change)  # noqa: PERF401 - it never ends, and is read meanwhile


async def outcome(api: Api, receipts: Receipts, stream: list[dict[str, Any]], expected: Graph | None = None) -> Outcome:
    """Once the graph stands still (and is the expected one, if that is known) and the stream is quiet."""
    async with asyncio.timeout(_SETTLE_SECONDS):
        while True:
            before = (await _insist(lambda: graph(api)), len(stream))
            await asyncio.sleep(_QUIET_SECONDS)
            after = (await _insist(lambda: graph(api)), len(stream))
            if before == after and expected in (None, after[0]):
                return Outcome(after[0], receipts, await bands(api), list(stream))


async def graph(api: Api) -> Graph:
    return {(row["feed"], row["source_ref"]): row["business_id"] async for row in api.graph()}


async def bands(api: Api) -> dict[str, State]:
    found: dict[str, State] = {}
    cursor: dict[str, str] = {}
    while True:
        page = await api.get("/v1/businesses", **cursor)
        found |= {row["business_id"]: (row["band"], frozenset(row["regimes"])) for row in page["businesses"]}
        if not page["next"]:
            return found
        cursor = {"cursor": page["next"]}


def folded(stream: Iterable[dict[str, Any]]) -> dict[str, State]:
    """The last state that the stream tells of each business."""
    return {
        change["business_id"]: (change["band"], frozenset(concern["regime"] for concern in change["regimes"]))
        for change in stream
    }

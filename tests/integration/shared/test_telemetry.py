"""One trace from the POST to the stream, with the database in it, and nothing in it that anybody sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated

import httpx
import orjson
import pytest
from fastapi import APIRouter, Depends, Request
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from shared.contracts.events.ingest import FEEDS_TOPIC, FeedStale
from shared.runtime import telemetry
from shared.runtime.auth import Keys, TokenVerifier
from shared.runtime.consume import consume
from shared.runtime.db import Tx
from shared.runtime.inbox import once
from shared.runtime.relay import relay
from shared.runtime.web import create_app
from tests.integration.gateway.risk import change, say, stream
from tests.integration.gateway.served import gateway, served
from tests.integration.gateway.upstream import upstream
from tests.support.spans import Spans
from tests.support.tiny import jot, note, outbox, stale, take, tiny_store
from tests.support.tokens import Issuer

SECRET = "Jane-Doe-1980-01-01"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
router = APIRouter()


@pytest.fixture
def spans() -> Spans:
    return Spans()


async def _tx(request: Request) -> AsyncIterator[Tx]:
    async with request.app.state.database.transaction() as tx:
        yield tx


@router.post("/feeds/{feed}")
async def post(feed: str, tx: Annotated[Tx, Depends(_tx, scope="function")]) -> None:
    await take(tx, feed)
    tx.publish(stale(feed), subject=feed)


@asynccontextmanager
async def service(store_url: str):
    """A store and an application over it, made after the spans fixture so that both are traced."""
    async with tiny_store(store_url) as database:
        app = create_app("tiny", "Tiny.", verifier=TokenVerifier("", "", Keys("")), routers=[router], ready={})
        app.state.database = database
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tiny") as client:
            yield database, client


async def test_a_post_its_event_the_effect_and_the_next_event_are_one_trace(spans, store_url, embedded):
    handled = asyncio.Event()

    def react(events, session) -> None:
        for event in events:
            if event.data.feed == "food":
                jot(session, "effect")
                session.publish(stale("reaction"), subject="reaction")
                handled.set()

    async with service(store_url) as (database, client):
        await client.post("/feeds/food", headers={"traceparent": TRACEPARENT})
        stop = asyncio.Event()
        running = [
            asyncio.create_task(relay(database, embedded, stop)),
            asyncio.create_task(
                consume(embedded, "g", {FEEDS_TOPIC: once(database, "g", {FeedStale: react})}, stop=stop)
            ),
        ]
        await asyncio.wait_for(handled.wait(), 10)
        messages = await until_two(embedded)
        stop.set()
        await asyncio.gather(*running)
    parents = [orjson.loads(message.value)["traceparent"] for message in messages]
    assert [parent.split("-")[1] for parent in parents] == [TRACE, TRACE]
    assert len(set(parents)) == 2, "each event names the span that said it"
    found = spans.of_trace(TRACE)
    names = [span.name for span in found]
    assert "POST /feeds/{feed}" in names
    assert "g handle" in names
    databases = [span for span in found if span.attributes and "db.system" in span.attributes]
    assert sum("INSERT" in span.name for span in databases) >= 2, names
    assert "transaction" in names
    within = {format(span.context.span_id, "016x") for span in found} | {TRACEPARENT.split("-")[2]}
    assert all(format(span.parent.span_id, "016x") in within for span in found), "no span of the trace hangs loose"


async def until_two(log) -> list:
    async with asyncio.timeout(10):
        while len(messages := await log.fetch(FEEDS_TOPIC, {}, 10, 0)) < 2:
            await asyncio.sleep(0.01)
    return sorted(messages, key=lambda message: orjson.loads(message.value)["subject"])


async def test_a_delivered_event_continues_the_trace_that_caused_it(spans, tmp_path, embedded):
    issuer = Issuer(tmp_path)
    with gateway(tmp_path, auth_jwks=str(issuer.jwks_path)) as url:
        async with stream(url, issuer.headers("fire")) as reader:
            await say(embedded, [change("fire", name=SECRET, traceparent=TRACEPARENT)])
            assert (await reader.next())["traceparent"] == TRACEPARENT
    (delivery,) = spans.of_trace(TRACE)
    assert delivery.name == "risk-changes deliver"
    assert format(delivery.parent.span_id, "016x") == TRACEPARENT.split("-")[2]


async def test_the_gateway_hands_the_trace_on_as_a_child_of_its_own_span(spans, tmp_path):
    issuer = Issuer(tmp_path)
    with served(upstream()) as behind, gateway(tmp_path, auth_jwks=str(issuer.jwks_path), linker_url=behind) as url:
        async with httpx.AsyncClient() as client:
            with telemetry.span("the caller", TRACEPARENT):
                answer = await client.get(f"{url}/v1/businesses?q={SECRET}", headers=issuer.headers("fire"))
    told = answer.json()["headers"]["traceparent"]
    assert told.split("-")[1] == TRACE
    senders = {format(span.context.span_id, "016x"): span for span in spans.of_trace(TRACE)}
    assert senders[told.split("-")[2]].name == "GET", "the gateway's own client span"
    assert [span.name for span in senders.values()].count("GET") >= 3, "caller to gateway, gateway, gateway to service"
    assert SECRET not in spans.text(but_not_of="fastapi")  # the service behind is not one of ours


async def test_no_span_holds_a_query_a_parameter_or_the_message_of_an_error(spans, store_url):
    async with service(store_url) as (database, client):
        await client.post(f"/feeds/food?q={SECRET}", headers={"X-Secret": SECRET})
        for _ in range(2):  # the second is refused by the store, in words that quote the row
            with suppress(IntegrityError):
                async with database.transaction() as tx:
                    await tx.execute(insert(note).values(id=SECRET))
        async with database.read() as connection:
            await connection.execute(select(note).where(note.c.id == SECRET))
            await connection.execute(select(outbox))
    assert any("INSERT" in span.name for span in spans.all())
    assert SECRET not in spans.text()


async def test_a_batch_of_several_traces_links_to_each(spans):
    other = TRACEPARENT.replace("4bf9", "5bf9")
    with telemetry.handling("g", [TRACEPARENT, other, None]):
        pass
    (span,) = spans.all()
    assert span.parent is None
    assert {format(link.context.trace_id, "032x") for link in span.links} == {TRACE, TRACE.replace("4bf9", "5bf9")}

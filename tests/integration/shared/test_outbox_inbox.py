"""Events carry what they should; an event's effect and its mark commit together, so it counts once: on both stores."""

import asyncio
from datetime import timedelta

import orjson
import pytest
import time_machine
from sqlalchemy import select

from shared.contracts.envelope import Event
from shared.contracts.events.ingest import FEEDS_TOPIC, FeedStale
from shared.runtime.clock import utc_now
from shared.runtime.eventlog import Delivered
from shared.runtime.inbox import once, prune
from tests.support.tiny import count, inbox, jot, notes, outbox, stale


async def waiting(database) -> list:
    async with database.read() as connection:
        return list((await connection.execute(select(outbox).order_by(outbox.c.id))).all())


async def test_an_event_waits_as_a_whole_cloudevent_in_the_order_it_was_said(database):
    trace = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    async with database.transaction() as tx:
        tx.publish(stale("food"), subject="food", traceparent=trace)
        tx.publish(stale("fire"), subject="fire", key="agency-1")
    first, second = await waiting(database)
    assert (first.topic, first.key, second.key) == (FEEDS_TOPIC, "food", "agency-1")
    event = Event[FeedStale].model_validate_json(first.value)
    assert (event.type, event.source, event.subject) == ("uk.joinedup.feed.stale.v1", "/ingest", "food")
    assert event.traceparent == trace
    assert event.data == stale("food")
    assert event.id != Event[FeedStale].model_validate_json(second.value).id
    assert event.time.utcoffset() == timedelta(0)


def delivered(event_id: str, feed: str = "food", kind: str = "uk.joinedup.feed.stale.v1") -> Delivered:
    body = {
        "specversion": "1.0",
        "id": event_id,
        "source": "/ingest",
        "type": kind,
        "subject": feed,
        "time": utc_now(),
        "partitionkey": feed,
        "data": stale(feed).model_dump() | {"a_field_of_tomorrow": 1},
    }
    return Delivered(FEEDS_TOPIC, feed, orjson.dumps(body))


def note_feeds(events, session) -> None:
    for event in events:
        jot(session, event.data.feed)


async def test_an_event_delivered_again_has_no_second_effect(database):
    handle = once(database, "notes", {FeedStale: note_feeds})
    await handle([delivered("e1", "a"), delivered("e2", "b"), delivered("e1", "a")])
    await handle([delivered("e2", "b"), delivered("e3", "c")])
    assert await notes(database) == ["a", "b", "c"]
    assert await count(database, inbox) == 3


async def test_consumers_do_not_take_each_others_events(database):
    seen: list[str] = []

    def listen(events, session) -> None:
        seen.extend(event.id for event in events)

    await once(database, "notes", {FeedStale: note_feeds})([delivered("e1")])
    await once(database, "others", {FeedStale: listen})([delivered("e1")])
    assert seen == ["e1"]


async def test_a_failed_effect_leaves_no_mark_so_the_event_comes_again(database):
    failures = [RuntimeError(), None]

    def fail_once(events, session) -> None:
        note_feeds(events, session)
        if failure := failures.pop(0):
            raise failure

    handle = once(database, "notes", {FeedStale: fail_once})
    with pytest.raises(RuntimeError):
        await handle([delivered("e1", "a")])
    assert (await notes(database), await count(database, inbox)) == ([], 0)
    await handle([delivered("e1", "a")])
    assert await notes(database) == ["a"]


async def test_two_workers_with_the_same_event_give_one_effect(database):
    handle = once(database, "notes", {FeedStale: note_feeds})
    await asyncio.gather(*(handle([delivered("e1", "a")]) for _ in range(8)))
    assert await notes(database) == ["a"]


async def test_an_event_of_a_newer_producer_is_passed_by(database):
    handle = once(database, "notes", {FeedStale: note_feeds})
    await handle([delivered("e1", kind="uk.joinedup.feed.invented.v7"), delivered("e2", "b")])
    assert await notes(database) == ["b"]


async def test_old_marks_are_forgotten_and_young_ones_are_not(database):
    handle = once(database, "notes", {FeedStale: note_feeds})
    with time_machine.travel(utc_now() - timedelta(days=40), tick=False):
        await handle([delivered("old", "a")])
    await handle([delivered("young", "b")])
    async with database.transaction() as tx:
        await prune(tx.connection, inbox, timedelta(days=30))
    async with database.read() as connection:
        assert list((await connection.execute(select(inbox.c.event_id))).scalars()) == ["young"]

"""A sealed log: what it says ends with its key, in the log's own bytes, in a replay and among its dead letters."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from shared.runtime.consume import replay_dead_letters
from shared.runtime.db import Database
from shared.runtime.dead_letter import dead_letter, topic_of
from shared.runtime.eventlog import EventLog, Message
from shared.runtime.eventlog.keys import KeyStore
from shared.runtime.eventlog.sealed import GENERATION, TOMBSTONE, KeyMissing, SealedLog

NAME = b"Ivy Marsden"


@pytest.fixture
async def keys(store_url: str) -> AsyncIterator[KeyStore]:
    keys = KeyStore(store_url, "ingest")
    await keys.create()
    yield keys
    await keys.close()


@pytest.fixture
def sealed(log: EventLog, keys: KeyStore, topic: str) -> SealedLog:
    return SealedLog(log, {topic: keys})


def said(topic: str, text_: bytes, key: str = "a", **headers: str) -> Message:
    return Message(topic, key, text_, headers)


async def values(log: EventLog, topic: str) -> list[bytes]:
    return [message.value for message in await log.fetch(topic, {}, 100, 5.0)]


async def test_what_is_sealed_is_read_as_it_was_and_the_log_itself_does_not_hold_it(sealed, log, topic):
    await sealed.append([said(topic, NAME, trace="1"), said(topic, b"again " + NAME)])
    read = await sealed.fetch(topic, {}, 10, 5.0)
    assert [message.value for message in read] == [NAME, b"again " + NAME]
    assert read[0].headers["trace"] == "1"
    assert not [value for value in await values(log, topic) if NAME in value]


async def test_a_tombstone_ends_all_that_was_said_of_its_aggregate_and_of_no_other(sealed, topic):
    await sealed.append([said(topic, NAME), said(topic, b"other", key="b")])
    await sealed.append([said(topic, b"late"), said(topic, TOMBSTONE), said(topic, b"since")])
    assert sorted(await values(sealed, topic)) == [b"", b"other", b"since"]


async def test_a_topic_that_is_not_sealed_is_left_alone(sealed, log, topic):
    await sealed.append([said(f"{topic}.open", b"")])
    assert await values(log, f"{topic}.open") == [b""]


@pytest.mark.parametrize("headers", [{}, {GENERATION: "1"}, {GENERATION: "1e3"}], ids=str)
@pytest.mark.parametrize("made_up", [NAME, b"short"])
async def test_who_has_not_the_keys_can_say_nothing_that_is_read(sealed, log, topic, made_up, headers):
    await sealed.append([said(topic, b"true")])
    await log.append([said(topic, made_up, **headers)])
    true, unreadable = await sealed.fetch(topic, {}, 10, 5.0)
    assert (true.value, made_up in unreadable.value) == (b"true", False)
    await sealed.append([dead_letter(unreadable, ValueError(), 5, "g")])
    assert made_up not in b"".join(await values(sealed, topic_of(topic))), "set aside, it does not stop its reader"


async def test_a_reader_of_a_group_opens_what_it_is_given(sealed, topic, group):
    await sealed.append([said(topic, NAME)])
    async with sealed.subscribe(group, [topic]) as subscription:
        assert [message.value for message in await subscription.poll(10, 30.0)] == [NAME]


async def test_with_the_wrong_key_store_nothing_is_lost_and_nothing_passed_by(log, topic, group, keys, tmp_path):
    other = KeyStore(f"sqlite:///{tmp_path}/other-keys.db", "ingest")
    await other.create()
    await SealedLog(log, {topic: other}).append([said(topic, NAME)])
    async with SealedLog(log, {topic: keys}).subscribe(group, [topic]) as subscription:
        for _ in range(2):
            with pytest.raises(KeyMissing):
                while not await subscription.poll(10, 5.0):
                    pass
    await other.close()


async def test_what_was_changed_in_the_log_is_not_taken_for_what_was_said(sealed, log, topic):
    await sealed.append([said(topic, NAME), said(topic, b"x", key="b")])
    first, second = sorted(await log.fetch(topic, {}, 10, 5.0), key=lambda message: message.key)
    await log.append([said(topic, first.value, key="b", **{GENERATION: "1"}), said(topic, second.value[:-1] + b"!")])
    assert len(await values(sealed, topic)) == 4
    assert (await values(sealed, topic)).count(NAME) == 1


async def test_a_dead_letter_is_sealed_as_its_message_was_and_ends_with_it(sealed, log, topic):
    """Also one that is set aside only after the key was destroyed, by a reader that had read it before."""
    await sealed.append([said(topic, NAME)])
    (message,) = await sealed.fetch(topic, {}, 10, 5.0)
    await sealed.append([dead_letter(message, ValueError(), 5, "g")])
    assert await values(sealed, topic_of(topic)) == [NAME]
    assert NAME not in b"".join(await values(log, topic_of(topic)))
    await sealed.append([said(topic, TOMBSTONE), said(topic, b"gone")])
    await sealed.append([dead_letter(message, ValueError(), 5, "g")])
    assert await values(sealed, topic_of(topic)) == [b""]
    assert await replay_dead_letters(log, topic, "g") == 1
    assert sorted(await values(sealed, topic)) == [b"", b"", b"gone"]


async def test_a_destroyed_key_leaves_its_day_and_not_itself(sealed, keys, topic, store_url):
    await sealed.append([said(topic, NAME), said(topic, NAME, key="b")])
    await sealed.append([said(topic, TOMBSTONE)])
    database = Database(store_url, "ingest_keys")
    schema = "" if database.is_sqlite else "ingest_keys."
    async with database.read() as connection:
        rows = (await connection.execute(text(f"SELECT * FROM {schema}key ORDER BY subject"))).all()
    await database.close()
    assert [(row.subject, row.secret is None, row.destroyed_at is None) for row in rows] == [
        ("a", True, False),
        ("b", False, True),
    ]


async def test_what_two_services_say_is_opened_by_the_keys_of_each(log, topic, tmp_path):
    """One reader, and each writer can destroy its own alone."""
    one, other = (KeyStore(f"sqlite:///{tmp_path}/{name}.db", name) for name in ("one", "other"))
    stores = {f"{topic}.one": one, f"{topic}.other": other}
    for store in stores.values():
        await store.create()
    for name, store in stores.items():
        await SealedLog(log, {name: store}).append([said(name, NAME)])
    await SealedLog(log, {f"{topic}.one": one}).append([said(f"{topic}.one", TOMBSTONE)])
    reader = SealedLog(log, stores)
    assert [await values(reader, name) for name in stores] == [[b""], [NAME]]
    for store in stores.values():
        await store.close()

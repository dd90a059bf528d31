"""The words that records are found by and the traits that they share follow what they say, soon after the link."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from sqlalchemy import select

from services.linker import bootstrap
from services.linker.handlers import catching_up
from services.linker.handlers.learn import RecordEvent
from services.linker.store import relation_tables, tables
from tests.integration.linker.patterns import AMIR, MOBILE, closed_shop, find, shop, types
from tests.integration.linker.world import ONE_AUDIENCE, World, id_of, received, record, retracted

SHOP = record("Golden Chicken", 12)
RENAMED = record("Silver Duck", 12)
AGAIN = record("Copper Goose", 14)
OTHER = record("Southall Tyres", 240)


async def link(world: World, *events: RecordEvent) -> None:
    """Without what is done soon after."""
    for event in events:
        await world.database.run(partial(world.resolver.resolve_records, [event]))


async def words(world: World) -> list[tuple[str, str]]:
    """(record id, word), in order."""
    posting, of = tables.posting, tables.record
    rows = await world.rows(select(of.c.record_id, posting.c.word).join(of, of.c.no == posting.c.record))
    return sorted((row["record_id"], row["word"]) for row in rows)


async def test_a_record_is_linked_first_and_found_by_its_words_soon_after(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    await link(world, received("council", "1", SHOP))
    assert await world.groups("fire") == {frozenset({id_of("council", "1")})}
    assert not await words(world)
    assert not await world.rows(select(relation_tables.trait))
    await world.catch_up()
    assert (id_of("council", "1"), "golden") in await words(world)
    assert await world.rows(select(relation_tables.trait))
    assert not await world.rows(select(tables.behind))


@asynccontextmanager
async def caught_up_beside(world: World) -> AsyncIterator[None]:
    """As in the linker's own process."""
    stop = asyncio.Event()
    task = asyncio.create_task(bootstrap.keep_caught_up(world.database, stop))
    yield
    stop.set()
    await task


async def test_records_that_follow_each_other_are_not_held_up_by_words_until_patience_ends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.settle(ONE_AUDIENCE)
    await link(world, received("council", "1", SHOP))
    monkeypatch.setattr(bootstrap, "_CATCH_UP_PATIENCE_SECONDS", 30.0)
    async with caught_up_beside(world):
        with world.database.lull:
            await asyncio.sleep(0.2)
            assert not await words(world)
    assert await words(world)
    await link(world, received("council", "1", RENAMED, version=2))
    monkeypatch.setattr(bootstrap, "_CATCH_UP_PATIENCE_SECONDS", 0.1)
    with world.database.lull:
        async with caught_up_beside(world), asyncio.timeout(30):
            while (id_of("council", "1"), "silver") not in await words(world):
                await asyncio.sleep(0.02)


async def test_corrections_and_retractions_that_piled_up_leave_the_words_that_are_said_now(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    last = [received("council", "1", AGAIN, version=3), received("fire", "2", OTHER)]
    await world.take(*last)
    expected = await words(world)
    await world.empty()

    await world.settle(ONE_AUDIENCE)
    await world.take(received("council", "1", SHOP), received("hmrc", "3", SHOP))
    await link(world, received("council", "1", RENAMED, version=2), retracted("hmrc", "3"), *last)
    await world.catch_up()
    assert await words(world) == expected


async def test_words_that_were_never_put_in_place_are_not_left_behind(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    await link(world, received("council", "1", SHOP), retracted("council", "1"), received("fire", "2", OTHER))
    await world.catch_up()
    assert {record_id for record_id, _ in await words(world)} == {id_of("fire", "2")}


async def test_more_records_than_a_transaction_takes_are_all_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching_up, "_PAGE", 200)
    await world.settle(ONE_AUDIENCE)
    many = [received("council", str(n), record(f"Shop {n}", n)) for n in range(1, 402)]
    await world.take(*many)
    assert {record_id for record_id, _ in await words(world)} == {event.data.record_id for event in many}


async def test_findings_are_looked_for_once_it_is_known_what_a_record_shares(world: World) -> None:
    owned = {"people": (AMIR,), "phones": (MOBILE,)}
    await world.settle(ONE_AUDIENCE)
    await world.take(received("council", "1", closed_shop("Spice Hut", "9 High Road", seen="2025-03-01", **owned)))
    await link(world, received("fire", "2", shop("Curry Corner", "240 Park Lane", seen="2025-06-01", **owned)))
    await find(world)
    assert await types(world, "hmrc") == []
    await world.catch_up()
    await find(world)
    assert await types(world, "hmrc") == ["phoenix"]

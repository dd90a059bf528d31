"""Going over to another model: in the background, at once, wherever it is killed, and to what a rebuild would give."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.linker.domain.model import shipped_model
from services.linker.domain.switching import Phase, Standing, Unswitchable
from services.linker.handlers import models as switching
from services.linker.handlers.models import advance, switch
from services.linker.handlers.rebuilding import rebuild
from services.linker.handlers.shelf import publish, standing
from services.linker.store import tables
from services.linker.store.graph import model_number
from shared.runtime import clock
from shared.runtime.eventlog import EventLog
from tests.integration.linker.switching import STRICT, model, until_done, wanted
from tests.integration.linker.test_rebuild import append, consume, log  # noqa: F401 - a fixture
from tests.integration.linker.world import (
    ALL_SHARE,
    THREE_AUDIENCES,
    World,
    assert_stream_agrees,
    id_of,
    opened,
    partnership,
    received,
    record,
    retracted,
)

# Linked by the shipped model: one door, one name. By the strict one nothing is.
EVENTS = (
    received("council", "1", record(severity=3)),
    received("fire", "1", record()),
    received("hmrc", "1", record("The Chicken Shop", severity=1)),
    received("fire", "2", record("Southall Tyres", 240, postcode="UB2 4XX")),
    received("hmrc", "2", record("Southall Tyres", 240, postcode="UB2 4XX")),
    received("hmrc", "3", record("Gone Away", 7)),
    retracted("hmrc", "3"),
)
TOGETHER = frozenset({id_of("council", "1"), id_of("fire", "1"), id_of("hmrc", "1")})


def renamed_weights(version: str) -> bytes:
    """As shipped, but that a name of which a word is missing counts for nothing: the third record stands alone."""
    raw = orjson.loads(model(version))
    for comparison in raw["splink"]["comparisons"]:
        for level in comparison["comparison_levels"]:
            if level["label_for_charts"] in ("same_door.postcode", "same_unit.postcode"):
                level["u_probability"] = level["m_probability"]
    return orjson.dumps(raw)


async def step_until(world: World, phase: Phase) -> None:
    while (await world.database.run(standing)).phase is not phase:
        assert await advance(world.database, world.resolver.shelf, clock.today())


@pytest.fixture
async def linked(world: World) -> World:
    await world.settle(THREE_AUDIENCES)
    await world.take(*EVENTS)
    return world


@pytest.fixture
def page_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switching, "_PAGE", 1)


async def rebuilt(world: World, file: bytes, events: Any) -> dict[str, Any]:
    """What a store that never knew another model makes of the same events."""
    await world.empty()
    version = await world.database.run(lambda session: publish(session, file))
    await wanted_at_once(world, version)
    await world.settle(THREE_AUDIENCES)
    await world.take(*events)
    return await world.state()


async def wanted_at_once(world: World, version: str) -> None:
    await world.database.run(lambda session: switching.models.put_standing(session, Standing(version)))


async def test_the_shipped_model_is_in_force_from_the_start(world: World) -> None:
    now = await world.database.run(standing)
    assert now == Standing(orjson.loads(shipped_model())["version"])


@pytest.mark.parametrize("file", [STRICT, renamed_weights("blunt")], ids=["other threshold", "other weights"])
async def test_a_switch_ends_in_what_a_rebuild_under_the_other_model_gives(
    linked: World, page_of_one: None, file: bytes
) -> None:
    assert TOGETHER in await linked.groups("hmrc")
    await wanted(linked, file)
    await until_done(linked)
    switched = await linked.state()
    assert TOGETHER not in await linked.groups("hmrc")
    await assert_stream_agrees(linked)
    assert switched == await rebuilt(linked, file, EVENTS)


async def test_nothing_is_told_until_all_is_ready_and_then_only_what_differs(linked: World, page_of_one: None) -> None:
    await linked.forget_events()
    before = await linked.members()
    await wanted(linked, STRICT)
    await step_until(linked, Phase.comparing)
    assert await linked.events() == []
    assert await linked.members() == before
    await step_until(linked, Phase.clearing)
    told = await linked.events("business.")
    assert told
    assert id_of("fire", "1") in str(told)
    lone = await linked.audience_of("fire")  # sees its own records alone, and those are two businesses under either
    assert not [event for event in told if event["data"]["audience"]["id"] == lone]


async def test_a_model_that_changes_no_business_changes_over_silently(linked: World) -> None:
    await linked.forget_events()
    before = await linked.state()
    await wanted(linked, model("twin"))
    await until_done(linked)
    assert (await linked.database.run(standing)) == Standing("twin")
    assert await linked.events() == []
    after = await linked.state()
    assert {name: rows for name, rows in after.items() if name not in ("block", "pair")} == {
        name: rows for name, rows in before.items() if name not in ("block", "pair")
    }


async def test_nothing_is_left_of_the_model_before(linked: World) -> None:
    shipped = (await linked.database.run(standing)).in_force
    keys = len(await linked.rows(select(tables.block)))
    await wanted(linked, STRICT)
    await until_done(linked)
    assert len(await linked.rows(select(tables.block))) == keys
    assert {row["model"] for row in await linked.rows(select(tables.pair))} == {model_number("strict")}
    assert model_number("strict") != model_number(shipped)
    assert not await linked.rows(select(tables.moved))


async def test_a_switch_that_is_called_off_leaves_everything_as_it_was(linked: World, page_of_one: None) -> None:
    before = await linked.state()
    in_force = (await linked.database.run(standing)).in_force
    await wanted(linked, STRICT)
    await step_until(linked, Phase.comparing)
    await advance(linked.database, linked.resolver.shelf, clock.today())
    await linked.database.run(lambda session: switch(session, in_force))
    await until_done(linked)
    assert await linked.state() == before
    assert not await linked.rows(select(tables.moved))
    assert (await linked.database.run(standing)) == Standing(in_force)


LATER = (
    received("fire", "3", record("Chicken Shop", severity=4)),
    received("hmrc", "1", record("Kebab House", 99, postcode="UB3 1AA"), version=2),
    retracted("fire", "2"),
    received("council", "1", record("Chicken Shop", severity=1), version=2),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_records_may_come_at_any_step(world: World, data: st.DataObject) -> None:
    await world.empty()
    await world.settle(THREE_AUDIENCES)
    await world.take(*EVENTS)
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(switching, "_PAGE", 1)
    try:
        await wanted(world, STRICT)
        for event in LATER:
            for _ in range(data.draw(st.integers(0, 6))):
                await advance(world.database, world.resolver.shelf, clock.today())
            await world.take(event)
        await until_done(world)
    finally:
        monkeypatch.undo()
    await assert_stream_agrees(world)
    assert await world.state() == await rebuilt(world, STRICT, (*EVENTS, *LATER))


async def compared(world: World) -> None:
    """To where the next step would change over."""
    await step_until(world, Phase.comparing)
    last = max(row["no"] for row in await world.rows(select(tables.mention)))
    while (await world.database.run(standing)).position < last:
        await advance(world.database, world.resolver.shelf, clock.today())


async def test_an_audience_that_appears_after_all_was_compared_is_compared_for_too(
    world: World, page_of_one: None
) -> None:
    await world.settle(partnership())  # nobody sees enough to see any difference
    await world.take(*EVENTS)
    await wanted(world, STRICT)
    await compared(world)
    await world.settle(ALL_SHARE)
    assert TOGETHER in await world.groups("fire")
    await until_done(world)
    assert TOGETHER not in await world.groups("fire")


async def test_a_record_that_changes_after_it_was_compared_is_looked_at_again(world: World, page_of_one: None) -> None:
    await world.settle(THREE_AUDIENCES)
    events = (received("council", "1", record()), received("fire", "1", record("Kebab House", 31)))
    await world.take(*events)
    await wanted(world, STRICT)
    await compared(world)
    both, correction = {id_of("council", "1"), id_of("fire", "1")}, received("fire", "1", record(), version=2)
    await world.take(correction)
    assert both in await world.groups("hmrc")
    await until_done(world)
    assert both not in await world.groups("hmrc")
    assert await world.state() == await rebuilt(world, STRICT, (*events, correction))


async def test_a_decision_made_while_comparing_holds_under_the_other_model(linked: World, page_of_one: None) -> None:
    strange = (id_of("council", "1"), id_of("fire", "2"))
    await wanted(linked, STRICT)
    await step_until(linked, Phase.comparing)
    while await advance(linked.database, linked.resolver.shelf, clock.today()):
        if (await linked.database.run(standing)).position >= 1:
            await linked.decide("hmrc", *strange, "same")
            break
    assert frozenset(strange) <= next(group for group in await linked.groups("hmrc") if strange[0] in group)
    await until_done(linked)
    assert frozenset(strange) in await linked.groups("hmrc")
    await assert_stream_agrees(linked)


async def test_a_worker_that_has_run_for_long_links_by_the_model_now_in_force(linked: World) -> None:
    other = World(linked.database)
    await wanted(other, STRICT)
    await until_done(other)
    await linked.take(received("fire", "9", record("Kebab House", 31)))
    await linked.take(received("council", "9", record("Kebab House", 31)))
    assert frozenset({id_of("fire", "9")}) in await linked.groups("hmrc")
    assert {row["model"] for row in await linked.rows(select(tables.pair))} == {model_number("strict")}


async def test_two_workers_may_work_on_a_switch_while_records_come(linked: World, page_of_one: None) -> None:
    await wanted(linked, STRICT)
    async with opened(linked.database.url.render_as_string(hide_password=False)) as other:
        await asyncio.gather(until_done(linked), until_done(other), linked.take(*LATER, batch=1))
        await until_done(other)
    await assert_stream_agrees(linked)
    assert await linked.state() == await rebuilt(linked, STRICT, (*EVENTS, *LATER))


@pytest.mark.parametrize("phase", list(Phase))
async def test_a_rebuild_amid_a_switch_ends_in_the_same(
    world: World,
    log: EventLog,  # noqa: F811
    page_of_one: None,
    phase: Phase,
) -> None:
    await world.settle(THREE_AUDIENCES)
    await append(log, *EVENTS)
    await consume(world, log)
    await wanted(world, STRICT)
    await step_until(world, phase)
    await advance(world.database, world.resolver.shelf, clock.today())
    await rebuild(world.database, log, world.resolver, clock.today())
    await until_done(world)
    await assert_stream_agrees(world)
    assert (await world.database.run(standing)) == Standing("strict")
    assert await world.state() == await rebuilt(world, STRICT, EVENTS)


async def test_a_step_that_is_killed_is_taken_again(
    linked: World, page_of_one: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise OSError("power cut")

    await wanted(linked, STRICT)
    while (await linked.database.run(standing)).phase:
        with monkeypatch.context() as patch, pytest.raises(OSError, match="power cut"):
            patch.setattr("shared.runtime.session.Session.store", crash)
            await advance(linked.database, linked.resolver.shelf, clock.today())
        await advance(linked.database, linked.resolver.shelf, clock.today())
    await assert_stream_agrees(linked)
    assert await linked.state() == await rebuilt(linked, STRICT, EVENTS)


@pytest.mark.parametrize(
    ("version", "says"), [("nobody", "not published"), ("second", "Wait for it")], ids=["unknown", "under way"]
)
async def test_what_cannot_be_switched_to_is_refused(linked: World, version: str, says: str) -> None:
    await linked.database.run(lambda session: publish(session, model("second")))
    await wanted(linked, STRICT)
    with pytest.raises(Unswitchable, match=says):
        await linked.database.run(lambda session: switch(session, version))


def _again(file: bytes) -> Callable[[Any], str]:
    return lambda session: publish(session, file)


async def test_a_version_is_published_once_for_good(world: World) -> None:
    await world.database.run(_again(STRICT))
    assert await world.database.run(_again(STRICT)) == "strict"
    with pytest.raises(ValueError, match="another name"):
        await world.database.run(_again(model("strict", threshold=50.0, upper=60.0, sure=60.0)))

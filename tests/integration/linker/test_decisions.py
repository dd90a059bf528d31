"""What people decide, in the store: it goes before all evidence, outlives everything, and shows to whom it may."""

from datetime import timedelta
from typing import Any

import pytest

from services.linker.domain.decide import Verdict
from services.linker.handlers.rebuilding import finish_rebuild, rebuild
from shared.runtime import clock
from shared.runtime.errors import Conflict, Forbidden, NotFound, Unavailable
from shared.runtime.eventlog import EventLog
from tests.integration.linker.test_rebuild import OneAtATime, append, log
from tests.integration.linker.world import (
    ALL_SHARE,
    THREE_AUDIENCES,
    World,
    assert_stream_agrees,
    id_of,
    partnership,
    received,
    record,
    retracted,
)

__all__ = ["log"]  # a fixture

SHOP, SAME_SHOP, DRAGON = id_of("council", "1"), id_of("fire", "1"), id_of("fire", "2")
EVENTS = (
    received("council", "1", record("Chicken Shop", severity=3)),
    received("fire", "1", record("The Chicken Shop", severity=2)),
    received("fire", "2", record("Golden Dragon", 14)),
)
TOGETHER = {frozenset({SHOP, SAME_SHOP}), frozenset({DRAGON})}


@pytest.fixture
async def filled(world: World) -> World:
    await world.settle(ALL_SHARE)
    await world.take(*EVENTS)
    assert await world.groups("council") == TOGETHER
    return world


async def test_what_is_decided_holds_at_once_and_is_told(filled: World) -> None:
    await filled.decide("council", SHOP, SAME_SHOP, "different")
    assert await filled.groups("hmrc") == {frozenset({SHOP}), frozenset({SAME_SHOP}), frozenset({DRAGON})}
    assert len(await filled.events("business.split")) == 1
    await filled.decide("council", SHOP, DRAGON, "same")
    assert await filled.groups("hmrc") == {frozenset({SHOP, DRAGON}), frozenset({SAME_SHOP})}
    await assert_stream_agrees(filled)


async def test_taking_it_back_leaves_it_to_the_records(filled: World) -> None:
    before = await filled.state()
    taken = await filled.decide("council", SHOP, SAME_SHOP, "different")
    await filled.withdraw("council", taken.decision.decision_id)
    assert await filled.state() == before
    await assert_stream_agrees(filled)


async def test_never_merge_holds_through_retraction_correction_and_records_that_speak_against_it(filled: World) -> None:
    await filled.decide("council", SHOP, SAME_SHOP, "different")
    await filled.take(retracted("fire", "1"))
    await filled.take(received("fire", "1", record("The Chicken Shop", phone="+442079460018"), version=3))
    await filled.take(received("council", "1", record("Chicken Shop", phone="+442079460018"), version=2))
    await filled.take(received("hmrc", "1", record("Chicken Shop", phone="+442079460018")))
    home = {id_: business for business in await filled.groups("council") for id_ in business}
    assert home[SHOP] != home[SAME_SHOP]
    await assert_stream_agrees(filled)


async def test_the_same_holds_again_when_a_record_comes_back(filled: World) -> None:
    await filled.decide("council", SHOP, DRAGON, "same")
    together = {frozenset({SHOP, SAME_SHOP, DRAGON})}
    assert await filled.groups("council") == together
    await filled.take(retracted("fire", "2"))
    assert await filled.groups("council") == {frozenset({SHOP, SAME_SHOP})}
    await filled.take(received("fire", "2", record("Golden Dragon Two", 16), version=3))
    assert await filled.groups("council") == together


async def test_a_rebuild_keeps_what_was_decided(filled: World, log: EventLog) -> None:
    await append(log, *EVENTS)
    await filled.decide("council", SHOP, SAME_SHOP, "different")
    await filled.decide("fire", SHOP, DRAGON, "same")
    before, told = await filled.state(), len(await filled.events())
    await rebuild(filled.database, log, filled.resolver, clock.today())
    assert await filled.state() == before
    assert len(await filled.events()) == told


async def test_a_decision_counts_only_for_those_who_may_see_it(world: World) -> None:
    only_records = partnership(("fire", "council"), ("council", "fire"), categories="inspections")
    await world.settle(only_records)
    await world.take(*EVENTS)
    await world.forget_events()
    await world.decide("council", SHOP, SAME_SHOP, "different")
    assert await world.groups("fire") == TOGETHER
    assert await world.groups("council") != TOGETHER
    assert await world.events(audience=await world.audience_of("fire")) == []
    await world.take(received("fire", "1", record("The Chicken Shop", severity=4), version=2))
    assert await world.groups("fire") == TOGETHER, "also when a record is looked at again"
    await world.settle(ALL_SHARE)
    assert await world.groups("fire") == await world.groups("council") != TOGETHER


async def test_nobody_decides_on_records_that_their_agency_does_not_see(world: World) -> None:
    await world.settle(THREE_AUDIENCES)
    await world.take(*EVENTS)
    for pair in ((SHOP, SAME_SHOP), (SAME_SHOP, id_of("fire", "never"))):
        with pytest.raises(NotFound):
            await world.decide("fire", *pair, "same")
    assert await world.decisions() == []


async def test_the_same_again_by_the_same_person_is_the_same_decision(filled: World) -> None:
    first = await filled.decide("council", SHOP, DRAGON, "same")
    again = await filled.decide("council", DRAGON, SHOP, "same")
    assert (first.new, again.new) == (True, False)
    assert again.decision == first.decision
    assert len(await filled.decisions()) == 1


async def test_a_decision_is_superseded_never_changed(filled: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await filled.decide("council", SHOP, DRAGON, "same")
    kept = await filled.decisions()
    earlier = clock.utc_now() - timedelta(days=1)
    monkeypatch.setattr(clock, "utc_now", lambda: earlier)  # the clock of another machine
    second = await filled.decide("council", SHOP, DRAGON, "unsure")
    assert second.decision.supersedes == first.decision.decision_id
    assert await filled.groups("council") == TOGETHER
    assert [row for row in await filled.decisions() if row["decision_id"] == first.decision.decision_id] == kept


async def test_only_what_counts_can_be_taken_back_and_only_by_its_agency(filled: World) -> None:
    first = (await filled.decide("council", SHOP, DRAGON, "same")).decision.decision_id
    with pytest.raises(Forbidden):
        await filled.withdraw("fire", first)
    with pytest.raises(NotFound):
        await filled.withdraw("council", "dec_" + "a" * 20)
    back = await filled.withdraw("council", first)
    assert back.decision.verdict is Verdict.withdrawn
    assert not (await filled.withdraw("council", first)).new
    with pytest.raises(Conflict):
        await filled.withdraw("council", back.decision.decision_id)
    await filled.decide("council", SHOP, DRAGON, "different")
    with pytest.raises(Conflict):
        await filled.withdraw("council", first)


async def test_nobody_decides_during_a_rebuild(filled: World, log: EventLog) -> None:
    await append(log, *EVENTS)
    broken: Any = OneAtATime(log, 1)
    with pytest.raises(OSError, match="killed"):
        await rebuild(filled.database, broken, filled.resolver, clock.today())
    with pytest.raises(Unavailable):
        await filled.decide("council", SHOP, SAME_SHOP, "different")
    assert await filled.decisions() == []
    await finish_rebuild(filled.database, log, filled.resolver, clock.today())
    await filled.decide("council", SHOP, SAME_SHOP, "different")
    assert await filled.groups("council") == {frozenset({SHOP}), frozenset({SAME_SHOP}), frozenset({DRAGON})}
    await assert_stream_agrees(filled)

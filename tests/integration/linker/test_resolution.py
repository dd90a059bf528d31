from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from services.linker.store import tables
from shared.contracts.identifiers import business_id
from tests.integration.linker.world import (
    ONE_AUDIENCE,
    World,
    assert_stream_agrees,
    folded,
    id_of,
    received,
    record,
    retracted,
)

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
# A reference whose record id is smaller than those of the others, so that the business keeps its id when they join it.
ANCHOR = min((f"c{number}" for number in range(100)), key=lambda ref: id_of("council", ref))
COUNCIL, FIRE, HMRC = id_of("council", "1"), id_of("fire", "1"), id_of("hmrc", "1")


async def test_records_of_one_business_from_three_agencies_become_one(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    await world.take(
        received("council", "1", record("Chicken Shop")),
        received("fire", "1", record("The Chicken Shop")),
        received("hmrc", "1", record("Chicken Shop Ltd")),
        received("hmrc", "2", record("Southall Tyres", 240, postcode="UB2 4XX")),
    )
    assert await world.groups("fire") == {frozenset({COUNCIL, FIRE, HMRC}), frozenset({id_of("hmrc", "2")})}
    assert set(await world.businesses("fire")) == {
        business_id(min(COUNCIL, FIRE, HMRC)),
        business_id(id_of("hmrc", "2")),
    }


async def test_a_retraction_unmerges_what_only_it_held_together(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    await world.take(received("council", "1", record()), received("fire", "1", record()))
    await world.take(retracted("council", "1"))
    assert await world.groups("fire") == {frozenset({FIRE})}
    state = await world.state()
    assert [row["record_id"] for row in state.pop("record")] == sorted([COUNCIL, FIRE])
    assert COUNCIL not in str(state)
    await assert_stream_agrees(world)


async def test_a_correction_moves_a_record_to_another_business(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    tyres = record("Southall Tyres", 240, postcode="UB2 4XX")
    await world.take(received("council", "1", record()), received("fire", "1", record()), received("hmrc", "1", tyres))
    await world.take(received("fire", "1", tyres, version=2))
    assert await world.groups("hmrc") == {frozenset({COUNCIL}), frozenset({FIRE, HMRC})}
    await assert_stream_agrees(world)


async def test_a_late_older_version_changes_nothing(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    await world.take(received("council", "1", record("New name"), version=3), retracted("fire", "1", version=2))
    before, said = await world.state(), await world.events()
    await world.take(received("council", "1", record("Old name"), version=2))
    await world.take(received("fire", "1", record()))
    assert await world.state() == before
    assert await world.events() == said


async def test_a_record_may_come_back_after_its_retraction(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    await world.take(received("council", "1", record(severity=3)), retracted("council", "1", version=2), batch=1)
    assert await world.groups("council") == set()
    await world.take(received("council", "1", record(severity=3), version=3))
    assert await world.groups("council") == {frozenset({COUNCIL})}
    assert not await world.rows(select(tables.retired))
    assert [event["data"]["sequence"] for event in await world.events("risk.")] == [1, 2, 3]
    await assert_stream_agrees(world)


async def test_risk_is_told_only_when_band_or_regimes_change(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    await world.take(received("council", ANCHOR, record()))
    assert await world.events("risk.") == []
    await world.take(received("council", ANCHOR, record(severity=2), version=2))
    await world.take(received("council", ANCHOR, record("Chicken Shop Southall", severity=2), version=3))
    await world.take(received("fire", "1", record(severity=2)))
    await world.take(received("hmrc", "1", record()))
    told = [event["data"] for event in await world.events("risk.")]
    assert [[concern["regime"] for concern in data["regimes"]] for data in told] == [["food"], ["fire-safety", "food"]]
    assert (told[0]["previous_band"], told[0]["band"]) == ("none", "low")
    assert told[-1]["area"] == "UB1"
    assert "severity 2 of 4" in told[-1]["regimes"][0]["reason"]


async def test_sequences_are_contiguous_through_merges_and_splits(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    for version in range(1, 8):
        away = version % 2 == 0
        place = record("Southall Tyres", 240, postcode="UB2 4XX", severity=3) if away else record(severity=3)
        await world.take(received("council", "1", record(severity=1), version=version))
        await world.take(received("fire", "1", place, version=version))
    kinds = {event["type"].split(".")[3] for event in await world.events("business.")}
    assert {"merged", "split", "changed"} <= kinds
    folded(await world.events("business."))
    folded(await world.events("risk."))
    await assert_stream_agrees(world)


async def test_a_business_that_ends_has_its_risk_closed_on_the_stream(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    await world.take(received("council", "1", record(severity=4)), retracted("council", "1"), batch=1)
    opening, closing = (event["data"] for event in await world.events("risk."))
    assert (closing["band"], closing["regimes"], closing["previous_band"]) == ("none", [], "medium")
    assert (opening["visible"], closing["visible"]) == (True, False)
    assert [event["type"].split(".")[3] for event in await world.events("business.")] == ["changed", "withdrawn"]


async def test_events_continue_the_trace_of_the_record_that_caused_them(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    await world.take(received("council", "1", record(severity=1)))
    other = received(
        "hmrc", "1", record("Southall Tyres", 240, postcode="UB2 4XX"), traceparent=TRACE.replace("b7", "c8")
    )
    await world.forget_events()
    await world.take(other, received("fire", "1", record(severity=4), traceparent=TRACE))
    told = {event["data"]["business_id"]: event["traceparent"] for event in await world.events("changed")}
    assert told[business_id(min(COUNCIL, FIRE))] == TRACE
    assert told[business_id(HMRC)] == other.traceparent


async def test_what_a_presence_record_says_is_no_concern(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    await world.take(received("council", "1", record()), received("fire", "1", record()))
    (shown,) = await world.shown("council")
    assert (shown["agency_count"], shown["regime_count"], shown["band"]) == (2, 0, "none")


@pytest.mark.parametrize("batch", [1, 2, 3, 7])
async def test_the_size_of_batches_does_not_matter(world: World, batch: int) -> None:
    await world.settle(ONE_AUDIENCE)
    events = [
        received(agency, str(number % 4), record(name, 10 + number % 3, severity=number % 5), version=1 + number // 4)
        for number, (agency, name) in enumerate(
            (agency, name) for agency in ("council", "fire", "hmrc") for name in ("Chicken Shop", "Chicken Shop 2")
        )
    ]
    await world.take(*events, batch=batch)
    await assert_stream_agrees(world)
    state = await world.state()
    await world.empty()
    await world.settle(ONE_AUDIENCE)
    await world.take(*events)
    assert await world.state() == state


async def test_the_first_and_last_day_are_of_its_visible_records(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    await world.take(
        received("council", "1", record(observed_on=date(2025, 3, 1))),
        received("fire", "1", record(observed_on=date(2026, 4, 5))),
    )
    (shown,) = await world.shown("hmrc")
    assert (shown["first_on"], shown["last_on"]) == (date(2025, 3, 1), date(2026, 4, 5))


async def test_a_record_without_a_date_counts_from_the_day_in_london_on_which_it_came(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    event = received("fire", "1", record(observed_on=None))
    late_evening = event.data.model_copy(update={"received_at": datetime(2026, 7, 1, 23, 30, tzinfo=UTC)})
    await world.take(event.model_copy(update={"data": late_evening}))
    [shown] = await world.shown("fire")
    assert shown["first_on"] == date(2026, 7, 2)

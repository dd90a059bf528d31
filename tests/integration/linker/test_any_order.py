import asyncio
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.linker.handlers.learn import RecordEvent
from tests.integration.linker.world import (
    REGIMES,
    THREE_AUDIENCES,
    World,
    assert_stream_agrees,
    opened,
    received,
    record,
    retracted,
)

FEW = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

records = st.builds(
    record,
    name=st.sampled_from(["Chicken Shop", "The Chicken Shop Ltd", "Chicken Cottage", "Golden Dragon"]),
    number=st.sampled_from([12, 14]),
    postcode=st.sampled_from(["UB1 1AA", "UB1 1AB"]),
    phone=st.sampled_from([None, "+442079460018", "+447700900123"]),
    severity=st.sampled_from([None, 1, 3]),
)


@st.composite
def histories(draw: st.DrawFn) -> list[RecordEvent]:
    """What became of one record: received, perhaps corrected, perhaps retracted, perhaps received again."""
    agency, ref = draw(st.sampled_from(sorted(REGIMES))), draw(st.sampled_from("123"))
    lives = draw(st.lists(st.one_of(records, st.none()), min_size=1, max_size=4))
    return [
        retracted(agency, ref, version) if life is None else received(agency, ref, life, version)
        for version, life in enumerate(lives, start=1)
    ]


@dataclass(frozen=True)
class Arrival:
    """The same events twice: in order, and as they might come."""

    told: list[RecordEvent]
    heard: list[RecordEvent]
    batch: int


@st.composite
def arrivals(draw: st.DrawFn) -> Arrival:
    unique = st.lists(histories(), min_size=2, max_size=9, unique_by=lambda history: history[0].data.record_id)
    told = [event for history in draw(unique) for event in history]
    repeated = draw(st.lists(st.sampled_from(told), max_size=4))
    return Arrival(told, draw(st.permutations(told + repeated)), draw(st.integers(1, 6)))


@FEW
@given(arrival=arrivals())
def test_any_order_any_repetition_and_any_batching_give_the_same_graph_and_risk(url: str, arrival: Arrival) -> None:
    async def go() -> None:
        async with opened(url) as world:
            assert await _after(world, arrival.told, None) == await _after(world, arrival.heard, arrival.batch)

    asyncio.run(go())


async def _after(world: World, events: list[RecordEvent], batch: int | None) -> object:
    await world.empty()
    await world.settle(THREE_AUDIENCES)
    await world.take(*events, batch=batch)
    await assert_stream_agrees(world)
    return await world.state()

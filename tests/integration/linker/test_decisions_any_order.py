"""Promise 2 with people in it: records and decisions in any order give the graph of a rebuild."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from services.linker.handlers.learn import RecordEvent
from services.linker.store import graph, tables
from shared.runtime.errors import NotFound
from tests.integration.linker.test_any_order import histories
from tests.integration.linker.world import REGIMES, THREE_AUDIENCES, World, assert_stream_agrees, id_of, opened

FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@dataclass(frozen=True)
class Ruling:
    agency: str
    pair: tuple[str, str]
    verdict: str


RECORDS = [id_of(agency, ref) for agency in sorted(REGIMES) for ref in "12"]
rulings = st.builds(
    Ruling,
    st.sampled_from(sorted(REGIMES)),
    st.permutations(RECORDS).map(lambda ids: (ids[0], ids[1])),
    st.sampled_from(["same", "same", "different", "different", "unsure", "withdrawn"]),
)


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[RecordEvent | Ruling], list[RecordEvent]]:
    """What happens, in the order in which it does; and the same records in another order."""
    unique = st.lists(histories(), min_size=3, max_size=9, unique_by=lambda history: history[0].data.record_id)
    events = [event for history in draw(unique) for event in history]
    first, rest = events[: len(events) // 2], events[len(events) // 2 :]
    made = draw(st.lists(rulings, min_size=2, max_size=8))
    return [*first, *draw(st.permutations([*rest, *made]))], draw(st.permutations(events))


@FEW
@given(lives())
def test_decisions_among_records_in_any_order_give_the_graph_of_a_rebuild(
    url: str, life: tuple[list[RecordEvent | Ruling], list[RecordEvent]]
) -> None:
    async def go() -> None:
        async with opened(url) as world:
            await world.empty()
            await world.settle(THREE_AUDIENCES)
            for step in life[0]:
                await _live(world, step)
            await assert_stream_agrees(world)
            lived = await world.state()
            await _forget_records(world)
            await world.take(*life[1], batch=2)
            assert await world.state() == lived

    asyncio.run(go())


async def _live(world: World, step: RecordEvent | Ruling) -> None:
    if not isinstance(step, Ruling):
        await world.take(step)
        return
    with suppress(NotFound):  # of a record that is not there, or that the agency does not see
        if step.verdict != "withdrawn":
            await world.decide(step.agency, *step.pair, step.verdict)
        elif made := await _last(world, step):
            await world.withdraw(step.agency, made)


async def _last(world: World, step: Ruling) -> str | None:
    pair = min(step.pair), max(step.pair)
    mine = [row for row in await world.decisions() if (row["agency"], row["a"], row["b"]) == (step.agency, *pair)]
    return mine[-1]["decision_id"] if mine and mine[-1]["verdict"] != "withdrawn" else None


async def _forget_records(world: World) -> None:
    """All but what people decided, and the numbers that their decisions go by."""
    await world.database.run(graph.empty)
    async with world.database.write_engine.begin() as connection:
        for table in (tables.member, tables.business, tables.retired, tables.outbox):
            await connection.execute(delete(table))

import asyncio

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


async def test_several_workers_at_once_give_the_graph_of_one(world: World, url: str) -> None:
    shares = [_share(worker) for worker in range(3)]
    await world.settle(THREE_AUDIENCES)
    await world.take(*(event for share in shares for event in share))
    alone = await world.state()

    await world.empty()
    await world.settle(THREE_AUDIENCES)
    await asyncio.gather(*(_work(url, share) for share in shares))
    assert await world.state() == alone
    await assert_stream_agrees(world)


async def _work(url: str, share: list[RecordEvent]) -> None:
    async with opened(url) as worker:
        await worker.take(*share, batch=2)


def _share(worker: int) -> list[RecordEvent]:
    """Records of a worker's own that belong to businesses which the others see too."""
    refs = [f"{worker}-{number}" for number in range(6)]
    places = [record("Chicken Shop", 12 + 2 * (number % 3), severity=number % 4) for number in range(6)]
    agencies = sorted(REGIMES)
    events = [received(agencies[worker], ref, place) for ref, place in zip(refs, places, strict=True)]
    return [*events, retracted(agencies[worker], refs[0]), received(agencies[worker], refs[1], places[2], version=2)]

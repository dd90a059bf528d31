"""What nobody waits for keeps out of the way of transactions, and is done all the same where they do not end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from shared.runtime.lull import Lull

_LONG = 30.0


async def _seconds_waited(lull: Lull, patience: float) -> float:
    began = monotonic()
    await lull.wait(patience)
    return monotonic() - began


@asynccontextmanager
async def _one_after_another(lull: Lull) -> AsyncIterator[None]:
    async def follow() -> None:
        while True:
            with lull:
                await asyncio.sleep(0.001)

    following = asyncio.create_task(follow())
    await asyncio.sleep(0)
    yield
    following.cancel()


async def test_nobody_waits_where_nothing_was_committed() -> None:
    assert await _seconds_waited(Lull(), _LONG) < 0.01


async def test_a_transaction_that_just_ended_may_be_followed_by_another() -> None:
    lull = Lull()
    with lull:
        pass
    assert 0.02 <= await _seconds_waited(lull, _LONG) < _LONG / 2


async def test_one_that_takes_long_is_waited_for() -> None:
    lull, ended = Lull(), []

    async def load() -> None:
        with lull:
            await asyncio.sleep(0.1)
            ended.append(True)

    loading = asyncio.create_task(load())
    await asyncio.sleep(0)
    await lull.wait(_LONG)
    assert ended
    await loading


async def test_transactions_that_follow_each_other_without_a_gap_are_not_waited_for_longer_than_said() -> None:
    lull = Lull()
    async with _one_after_another(lull):
        assert 0.2 <= await _seconds_waited(lull, 0.2) < _LONG / 2


async def test_one_that_failed_is_over() -> None:
    lull = Lull()
    try:
        with lull:
            raise ValueError
    except ValueError:
        assert await _seconds_waited(lull, _LONG) < _LONG / 2

"""What comes round again goes on while something is away, and ends the process where something is wrong."""

import asyncio

import pytest

from shared.runtime.again import again


async def test_it_is_done_at_once_again_while_there_is_more_and_anew_after_a_while() -> None:
    stop, done = asyncio.Event(), []
    more = iter((True, True, False, False))

    async def work() -> bool:
        done.append(len(done))
        is_more = next(more)
        if len(done) == 4:
            stop.set()
        return is_more

    await again(work, 0.01, stop, "work_waits")
    assert len(done) == 4


async def test_what_is_away_is_asked_again() -> None:
    stop, tries = asyncio.Event(), []

    async def work() -> bool:
        tries.append(len(tries))
        if len(tries) < 3:
            raise ConnectionRefusedError
        stop.set()
        return True

    await again(work, 0.01, stop, "work_waits")
    assert len(tries) == 3


async def test_what_is_wrong_ends_it() -> None:
    async def work() -> bool:
        raise ValueError

    with pytest.raises(ValueError):
        await again(work, 0.01, asyncio.Event(), "work_waits")


async def test_nobody_waits_for_it_to_stop() -> None:
    stop = asyncio.Event()

    async def work() -> bool:
        stop.set()
        return False

    async with asyncio.timeout(1):
        await again(work, 3600.0, stop, "work_waits")

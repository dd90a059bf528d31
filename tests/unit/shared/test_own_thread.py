"""The thread of a store's writer: one thing after another, each answered."""

import asyncio
from threading import Event, current_thread

import pytest

from shared.runtime.own_thread import OwnThread


@pytest.fixture
def thread():
    made = OwnThread("own")
    yield made
    made.stop()


async def test_work_is_done_in_turn_by_the_one_thread(thread: OwnThread) -> None:
    done: list[int] = []

    def work(number: int) -> str:
        done.append(number)
        return current_thread().name

    assert set(await asyncio.gather(*(thread.do(lambda n=n: work(n)) for n in range(9)))) == {"own"}
    assert done == list(range(9))


async def test_what_work_raises_is_raised_to_who_asked(thread: OwnThread) -> None:
    with pytest.raises(ZeroDivisionError):
        await thread.do(lambda: 1 // 0)
    assert await thread.do(lambda: "goes on") == "goes on"


async def test_work_that_nobody_waits_for_any_more_is_not_begun(thread: OwnThread) -> None:
    go, done = Event(), []
    first = asyncio.create_task(thread.do(go.wait))
    second = asyncio.create_task(thread.do(lambda: done.append("second")))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    go.set()
    assert await first
    await thread.do(lambda: done.append("third"))
    assert done == ["third"]

"""Learning which tokens were taken back: asked for once by all who wait, and nobody gets in while it is not known."""

import asyncio

import pytest

from shared.runtime import revocations
from shared.runtime.errors import Unavailable
from shared.runtime.revocations import Revocations


class List:
    """What the gateway would answer: `tokens`, or nothing for as long as it is `away`."""

    def __init__(self) -> None:
        self.tokens = frozenset({"tok_1"})
        self.away = False
        self.asked = 0

    async def ask(self) -> frozenset[str]:
        self.asked += 1
        await asyncio.sleep(3600 if self.away else 0.01)
        return self.tokens


@pytest.fixture
def kept(monkeypatch) -> float:
    monkeypatch.setattr(revocations, "KEPT_SECONDS", 0.2)
    return 0.2


async def test_many_who_wait_ask_once():
    source = List()
    known = Revocations(source.ask)
    assert await asyncio.gather(*(known.has(f"tok_{number}") for number in range(3))) == [False, True, False]
    assert source.asked == 1


async def test_a_token_that_is_taken_back_is_refused_once_the_list_is_old(kept):
    source = List()
    known = Revocations(source.ask)
    assert not await known.has("tok_2")
    source.tokens |= {"tok_2"}
    await asyncio.sleep(kept * 1.1)
    assert await known.has("tok_2")


async def test_a_list_that_does_not_come_keeps_nobody_waiting_for_the_one_before(kept):
    source = List()
    source.away = True
    known = Revocations(source.ask)
    async with asyncio.timeout(kept * 3):
        told = await asyncio.gather(*(known.has("tok_2") for _ in range(50)), return_exceptions=True)
    assert {type(error) for error in told} == {Unavailable}
    source.away = False
    assert await known.has("tok_1")


async def test_whoever_hangs_up_while_the_list_is_on_its_way_takes_it_from_nobody():
    source = List()
    known = Revocations(source.ask)
    hanging_up, waiting = (asyncio.create_task(known.has("tok_1")) for _ in range(2))
    await asyncio.sleep(0)
    hanging_up.cancel()
    assert await waiting

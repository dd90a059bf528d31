"""The role `deliver` as a process: fed by the log, killed in the middle, and held up by nobody."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.gateway.delivering import on_both_stores
from tests.integration.gateway.receiver import Receiver
from tests.integration.gateway.risk import change, say
from tests.integration.gateway.served import Process, http
from tests.support.processes import wait_until


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


async def until(condition: Any, what: str, seconds: float = 30) -> None:
    await asyncio.to_thread(wait_until, condition, seconds, what)


async def test_killed_in_the_middle_it_loses_nothing_and_repeats_only_what_was_under_way(
    tmp_path, gateway, receiver, log
):
    """kill -9 while requests are open, three times, in a backlog of 150."""
    process = Process(tmp_path, "deliver", profile="demo", webhook_timeout_seconds=3)
    webhook = await gateway.register(receiver)
    receiver.slow = 0.02
    deaths, lock = [20, 21, 90], threading.Lock()

    def die() -> None:
        with lock:
            if deaths and len(receiver.calls) >= deaths[0]:
                deaths.pop(0)
                process.kill9()
                process.start()

    receiver.on_call = die
    await say(log, [change("fire", f"biz_{number}") for number in range(150)])
    await until(lambda: len({*receiver.ids}) == 150 and not deaths, "Everything", 60)
    states: set[str] = set()
    for _ in range(100):
        states = {one["state"] for one in await gateway.deliveries(webhook, limit=200)}
        if states == {"delivered"}:
            break
        await asyncio.sleep(0.1)
    process.kill9()
    assert states == {"delivered"}
    assert {call.notice["data"]["business_id"] for call in receiver.calls} == {f"biz_{n}" for n in range(150)}
    repeated = len(receiver.calls) - 150
    assert 0 < repeated <= 3 * 10, "no more than was open at each death"


async def test_a_slow_receiver_holds_up_nobody_else(tmp_path, gateway, receiver, log):
    slow = Receiver()
    slow.slow = 15
    process = Process(tmp_path, "deliver", profile="demo")
    await gateway.register(slow)
    await gateway.register(receiver)
    await say(log, [change("fire", f"biz_{number}") for number in range(50)])
    await until(lambda: len(receiver.calls) == 50, "What the other gets", 20)
    process.kill9()
    slow.close()
    assert receiver.calls[-1].at < slow.calls[0].at + slow.slow
    assert 0 < len(slow.calls) <= 10, "no more at once than is sent to one receiver"


async def test_it_says_what_it_measures_and_asked_to_stop_it_finishes_what_is_under_way(
    tmp_path, gateway, receiver, log
):
    process = Process(tmp_path, "deliver", profile="demo")
    webhook = await gateway.register(receiver)
    receiver.slow = 1
    await say(log, [change("fire")])
    await until(lambda: receiver.calls, "The request")
    measured = await asyncio.to_thread(http.get, f"{process.url}/metrics")
    assert "joinedup_gateway_notices_total 1.0" in measured.text
    await asyncio.to_thread(process.terminate)
    assert process.process.returncode == 0
    assert [one["state"] for one in await gateway.deliveries(webhook)] == ["delivered"]


@on_both_stores
async def test_two_processes_share_the_work_and_send_nothing_twice(tmp_path, gateway, receiver, log):
    webhook = await gateway.register(receiver)
    where = gateway.database.url.render_as_string(hide_password=False)
    processes = [Process(tmp_path, "deliver", profile="demo", database_url=where) for _ in range(2)]
    await say(log, [change("fire", f"biz_{number}") for number in range(200)])
    await until(lambda: len(receiver.calls) >= 200, "Everything")
    async with asyncio.timeout(30):
        while {one["state"] for one in await gateway.deliveries(webhook, limit=200)} != {"delivered"}:
            await asyncio.sleep(0.1)
    for process in processes:
        process.kill9()
    assert len(receiver.calls) == len({*receiver.ids}) == 200

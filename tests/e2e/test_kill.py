"""kill -9 of every process at random moments of a load leaves what an undisturbed run leaves."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from random import Random
from threading import Event

import httpx
import pytest

from joinedup.client import Api, DevToken
from joinedup.feeds import Key, gather
from services.ingest.domain.feed import Mode
from services.linker.domain.model import default_model
from shared.contracts.record import Record
from tests.e2e.load import Outcome, State, folded, outcome, send, watching
from tests.e2e.plan import ROUNDS, Plan, plan
from tests.e2e.services import Services, is_alive
from tests.integration.gateway.receiver import Receiver
from tests.support.kafka import Kafka
from tests.support.linked import link_keys
from tests.support.processes import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SEED = 20261122
IMPATIENT = {"GATEWAY_WEBHOOK_TIMEOUT_SECONDS": "2"}
"""A delivery that was under way when its process died is tried again after twice that."""
VICTIMS = (
    "ingest-api",
    "ingest-work",
    "ingest-relay",
    "linker-api",
    "linker-consume",
    "linker-relay",
    "gateway-api",
    "gateway-deliver",
    "ingest-work",
    "linker-consume",
)


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return plan(tmp_path_factory.mktemp("load"))


@pytest.fixture(scope="module")
def undisturbed(load: Plan, tmp_path_factory: pytest.TempPathFactory) -> tuple[Services, Outcome]:
    """A run in peace, on SQLite and the embedded log; its services are stopped, its data are there."""
    services = Services(tmp_path_factory.mktemp("undisturbed"), load.partnership, {})
    with services:
        result = asyncio.run(_in_peace(services.url, load))
    return services, result


async def _in_peace(url: str, load: Plan) -> Outcome:
    async with watching(url, load.viewer) as (api, stream):
        return await outcome(api, await send(url, load.rounds), stream)


def test_an_undisturbed_run_tells_the_same_story_on_every_side(undisturbed: tuple[Services, Outcome]) -> None:
    _, result = undisturbed
    happened = {name for _, counts, _ in result.receipts.values() for name, count in counts.items() if count}
    assert happened == {"stored", "corrected", "unchanged", "retracted"}
    assert {status for status, _, _ in result.receipts.values()} <= {"done", "held"}
    _assert_stream_is_whole(result)


def test_the_services_find_the_businesses_that_the_same_files_give_offline(
    load: Plan, undisturbed: tuple[Services, Outcome]
) -> None:
    _, result = undisturbed
    held: dict[Key, Record] = {}
    for number, files in enumerate(load.rounds):
        for file in files:
            status, _, _ = result.receipts[f"{file.spec.id}-{number}"]
            if file.spec.mode is Mode.snapshot and status == "done":
                held = {key: record for key, record in held.items() if key[0] != file.spec.id}
            held |= gather([file])
    assert result.graph == link_keys(held, default_model())


def test_killing_any_process_on_sqlite_and_the_embedded_log_changes_nothing(
    load: Plan, undisturbed: tuple[Services, Outcome], tmp_path: Path
) -> None:
    with Services(tmp_path / "data", load.partnership, IMPATIENT) as services, closing(Receiver()) as receiver:
        killer = Killer(services, Random(SEED), receiver)
        result = asyncio.run(_disturbed(services.url, load, killer, undisturbed[1]))
        assert sorted(killer.killed) == sorted(VICTIMS)
    _assert_same(result, undisturbed[1])


@pytest.mark.kafka
@pytest.mark.postgres
def test_killing_any_process_on_kafka_and_postgresql_changes_nothing(
    load: Plan, undisturbed: tuple[Services, Outcome], own_kafka: Kafka, postgres_url: str, tmp_path: Path
) -> None:
    servers = {"JOINEDUP_LOG_URL": f"kafka://{own_kafka.bootstrap}", "JOINEDUP_DATABASE_URL": postgres_url}
    with (
        Services(tmp_path / "data", load.partnership, servers | IMPATIENT) as services,
        closing(Receiver()) as receiver,
    ):
        killer = Killer(services, Random(SEED), receiver, own_kafka)
        result = asyncio.run(_disturbed(services.url, load, killer, undisturbed[1]))
        assert sorted(killer.killed) == sorted((*VICTIMS, "kafka"))
    _assert_same(result, undisturbed[1])


class Killer:
    """Kills each victim once, shared out over the rounds, at moments that the seed decides; who delivers, in the middle
    of a delivery to `receiver`."""

    def __init__(self, services: Services, random: Random, receiver: Receiver, kafka: Kafka | None = None) -> None:
        self._services = services
        self._random = random
        self.receiver = receiver
        receiver.slow = 0.05
        self._kafka = kafka
        self.killed: list[str] = []
        victims = [*VICTIMS, *(("kafka",) if kafka else ())]
        random.shuffle(victims)
        self._shares = [victims[number::ROUNDS] for number in range(ROUNDS)]

    async def disturb(self, number: int) -> None:
        for victim in self._shares[number]:
            await asyncio.sleep(self._random.uniform(0.0, 1.5))
            await asyncio.to_thread(self._kill, victim)
            self.killed.append(victim)

    def _kill(self, victim: str) -> None:
        if victim == "kafka":
            assert self._kafka
            self._kafka.kill9()
            self._kafka.restart()
        elif victim == "gateway-deliver":
            self._kill_in_a_delivery(victim)
        else:
            self._services.kill(victim)

    def _kill_in_a_delivery(self, victim: str) -> None:
        begun = Event()
        self.receiver.on_call = begun.set
        assert begun.wait(60), "a delivery"
        self._services.kill(victim)


async def _disturbed(url: str, load: Plan, killer: Killer, expected: Outcome) -> Outcome:
    """The webhook was given, once each, all that the stream told: a webhook's receiver knows a repeat by its id."""
    async with Api(url, DevToken(url, load.viewer, ("agency_system",))) as system:
        await system.post("/v1/webhooks", {"url": killer.receiver.url, "types": ["risk.changed"]})
    async with watching(url, load.viewer) as (api, stream):
        receipts = await send(url, load.rounds, killer.disturb)
        result = await outcome(api, receipts, stream, expected.graph)
    told = {change["event_id"] for change in result.stream}
    await asyncio.to_thread(wait_until, lambda: {*killer.receiver.ids} >= told, 60, "The last delivery")
    assert {*killer.receiver.ids} == told
    return result


def _assert_same(result: Outcome, expected: Outcome) -> None:
    assert result.receipts == expected.receipts
    assert result.graph == expected.graph
    assert result.bands == expected.bands
    _assert_stream_is_whole(result)


def _assert_stream_is_whole(result: Outcome) -> None:
    """No event twice, none missing in any business's sequence, and it ends where the API says the business is."""
    ids = [change["event_id"] for change in result.stream]
    assert len(ids) == len(set(ids))
    sequences: defaultdict[str, list[int]] = defaultdict(list)
    for change in result.stream:
        sequences[change["business_id"]].append(change["sequence"])
    assert all(seen == list(range(1, len(seen) + 1)) for seen in sequences.values())
    assert _at_risk(folded(result.stream)) == _at_risk(result.bands)


def _at_risk(states: Mapping[str, State]) -> dict[str, State]:
    return {business: state for business, state in states.items() if state != ("none", frozenset())}


def test_a_rebuild_gives_the_identical_graph_in_silence_and_ctrl_c_ends_open_streams(
    load: Plan, undisturbed: tuple[Services, Outcome]
) -> None:
    services, before = undisturbed
    services.rebuild()
    services.start()
    pids = services.pids
    result = asyncio.run(_again(services, load, before))
    assert result.graph == before.graph
    assert result.bands == before.bands
    assert _events(result) == _events(before)
    assert not [name for name, pid in pids.items() if is_alive(pid)]


def _events(result: Outcome) -> list[str]:
    return sorted(change["event_id"] for change in result.stream)


async def _again(services: Services, load: Plan, before: Outcome) -> Outcome:
    """What there is now, and then Ctrl-C while the stream is open."""
    async with watching(services.url, load.viewer) as (api, stream):
        result = await outcome(api, before.receipts, stream)
        assert await asyncio.to_thread(services.stop) < 10
        return result


def test_every_process_is_measured_a_second_start_is_refused_and_killing_the_supervisor_leaves_none_behind(
    load: Plan, tmp_path: Path
) -> None:
    with Services(tmp_path / "data", load.partnership, {}) as services:
        services.kill("calendar-consume")
        assert services.metrics.keys() == services.pids.keys()
        for name, url in services.metrics.items():
            wait_until(partial(_is_measured, url), 20, f"What {name} measures")
        refused = services.start_again()
        assert refused.returncode == 1
        assert "already running" in refused.stderr
        pids = services.pids
        services.kill_supervisor()
        wait_until(lambda: not any(map(is_alive, pids.values())), 10, "The end of every process")


def _is_measured(url: str) -> bool:
    with suppress(httpx.ConnectError):
        return "python_info" in httpx.get(url, trust_env=False).raise_for_status().text
    return False

"""A person is erased from a whole running system: from the graph, the log, its dead letters, the stores and the spool,
and neither a rebuild nor a replay gives them back."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.contracts.events import SEALED_TOPICS
from shared.contracts.events.ingest import RECORDS_TOPIC
from shared.contracts.identifiers import record_id
from shared.runtime.dead_letter import dead_letter, topic_of
from shared.runtime.eventlog.sealed import SealedLog, open_sealed_log
from tests.e2e.services import Services
from tests.e2e.two_worlds.story import CAFE, PARTNERSHIP, SHOP, step
from tests.e2e.two_worlds.world import World
from tests.support.processes import ROOT, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

PERSON, PHONE = "Ivy Quillfeather", "020 7946 0777"
THEIRS = step("alpha", "open", "v1", SHOP, 12, Rating="poor", Landlord=PERSON, Phone=PHONE)
OTHERS = (step("beta", "open", "v2", SHOP, 12, Rating="poor"), step("alpha", "open", "v3", CAFE, 40))
SAID = (PERSON.encode(), b"quillfeather", b"7946 0777", b"2079460777")
ERASURE = {
    "right": "erasure",
    "feed": THEIRS.feed,
    "source_refs": [THEIRS.ref],
    "asked_by": "data_subject",
    "outcome": "granted",
    "ground": "no-longer-necessary",
}


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    (tmp_path / "partnership.yaml").write_text(PARTNERSHIP)
    with Services(tmp_path / "data", tmp_path / "partnership.yaml", {}) as running:
        yield running


def test_after_erasure_no_byte_no_rebuild_and_no_replay_gives_the_person_back(
    services: Services, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    world = World(services.url, data)
    for what in (THEIRS, *OTHERS):
        world.take(what, f"{0xACE:x}".ljust(32, "0"))
    wait_until(world.is_quiet, 30, "Quiet")
    assert asyncio.run(_set_aside(data)) == 3
    assert found(world) == 1
    assert any(said in everything(data) for said in SAID)

    governance = world.as_("alpha", "information_governance")
    world.http.post("/v1/data-requests", json=ERASURE, headers=governance).raise_for_status()
    wait_until(world.is_quiet, 30, "Quiet")
    assert found(world) == 0
    without = graph(world)
    assert record_id(THEIRS.feed, THEIRS.ref) not in without
    assert len(without.splitlines()) == len(OTHERS)

    assert "3 put back" in replayed(data)
    wait_until(world.is_quiet, 30, "Quiet")
    assert graph(world) == without
    services.rebuild()
    wait_until(world.is_quiet, 30, "Quiet")
    assert graph(world) == without

    services.stop()
    assert [said for said in SAID if said in everything(data)] == []
    opened = asyncio.run(_opened(data))
    assert CAFE.encode() in opened, "the keys of others open what was said of them"
    assert [said for said in SAID if said in opened] == []


def found(world: World) -> int:
    """In how many businesses beta finds the person."""
    answer = world.http.get("/v1/search", params={"q": PERSON}, headers=world.as_("beta")).raise_for_status()
    return len(answer.json()["businesses"])


def graph(world: World) -> str:
    return world.http.get("/v1/graph", headers=world.as_("beta")).raise_for_status().text


async def _opened(data: Path) -> bytes:
    """All that the log still says, to one who holds the keys."""
    log = await _log(data)
    topics = (RECORDS_TOPIC, topic_of(RECORDS_TOPIC))
    messages = [message for topic in topics for message in await log.fetch(topic, {}, 100, 0.0)]
    await log.close()
    return b"".join(message.value for message in messages)


async def _log(data: Path) -> SealedLog:
    return await open_sealed_log(f"embedded://{data}/log.db", f"sqlite:///{data}/keys.db", SEALED_TOPICS)


async def _set_aside(data: Path) -> int:
    """What the linker could not have handled: every record so far."""
    log = await _log(data)
    messages = await log.fetch(RECORDS_TOPIC, {}, 100, 0.0)
    await log.append([dead_letter(message, ValueError(), 5, "linker") for message in messages])
    await log.close()
    return len(messages)


def replayed(data: Path) -> str:
    command = [sys.executable, "-m", "joinedup", "log", "dead-letters", "--replay", "--data-dir", str(data)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def everything(data: Path) -> bytes:
    return b"".join(file.read_bytes() for file in data.rglob("*") if file.is_file())

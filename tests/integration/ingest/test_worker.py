"""The worker: killed in the middle, several at once, large files, silence and retention."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import time_machine
from sqlalchemy import func, select

from services.ingest import bootstrap
from services.ingest.clients import Fetcher
from services.ingest.handlers import work
from services.ingest.settings import IngestSettings
from services.ingest.store import tables
from services.ingest.worker.files import work_submission
from services.ingest.worker.pace import Pace
from shared.contracts.identifiers import record_id
from tests.integration.ingest.served import Ingest, command, csv_of, environment, food_spec, opened, row
from tests.support.processes import free_port, kill9, start, wait_until
from tests.support.tokens import Issuer

ROWS = 4000


async def _count(ingest: Ingest, table: Any) -> int:
    async with ingest.database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def _is_past(ingest: Ingest, submission: str, row_number: int) -> bool:
    receipt = await ingest.receipt(submission)
    return bool(receipt["progress"] >= row_number or receipt["status"] == "done")


async def _progress(ingest: Ingest, submission: str) -> int:
    return int((await ingest.receipt(submission))["progress"])


async def test_a_worker_killed_again_and_again_loses_and_doubles_nothing(
    settings: IngestSettings, issuer: Issuer, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"rows_per_transaction": 100, "lease_seconds": 1.0})
    settings.model_fields_set.add("lease_seconds")
    async with opened(settings, issuer) as ingest:
        await ingest.declare(food_spec(mode="snapshot"))
        content = csv_of([row(n, rated="31/02/2026" if n % 50 == 0 else "2026-05-01") for n in range(ROWS)])
        answer = await ingest.call("POST", "/v1/feeds/food-ratings/files", content=content)
        submission = answer.json()["id"]
        kills = 0
        with (tmp_path / "work.out").open("ab") as output:
            while (await ingest.receipt(submission))["status"] != "done":
                enough = await _progress(ingest, submission) + 1000
                worker = start(command("work"), env=environment(settings), output=output)
                try:
                    while not await _is_past(ingest, submission, enough):
                        assert worker.poll() is None, (tmp_path / "work.out").read_text()
                        await asyncio.sleep(0.005)
                finally:
                    kill9(worker)
                kills += 1
                assert kills < 20
        receipt = await ingest.receipt(submission)
        said = await ingest.said()
    assert kills >= 3
    assert receipt["counts"] == {"stored": 3920, "corrected": 0, "unchanged": 0, "retracted": 0, "rejected": 80}
    expected = [("received", f"F{n}", 1) for n in range(ROWS) if n % 50]
    assert said == expected


async def test_two_workers_share_the_feeds_and_each_file_is_worked_once(
    settings: IngestSettings, issuer: Issuer
) -> None:
    async with opened(settings, issuer) as ingest, opened(settings, issuer) as other:
        names = [f"food-{n}" for n in range(4)]
        for name in names:
            await ingest.declare(food_spec(id=name))
            for _ in range(2):
                content = csv_of([row(n) for n in range(35)])
                await ingest.call("POST", f"/v1/feeds/{name}/files", content=content)
        await asyncio.gather(ingest.work(), other.work())
        await ingest.work()
        assert len(await ingest.said()) == 4 * 35
        listed = (await ingest.call("GET", "/v1/submissions")).json()["items"]
    assert {receipt["status"] for receipt in listed} == {"done"}
    assert sum(receipt["counts"]["unchanged"] for receipt in listed) == 4 * 35


async def test_a_worker_that_lost_its_lease_saves_nothing_more(settings: IngestSettings, issuer: Issuer) -> None:
    async with opened(settings, issuer) as ingest, opened(settings, issuer) as other:
        await ingest.declare()
        await ingest.call("POST", "/v1/feeds/food-ratings/files", content=csv_of([row(n) for n in range(5)]))
        async with ingest.database.transaction() as tx:
            job = await work.claim(tx, "wrk_slow", timedelta(seconds=60))
        assert job is not None
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5)):
            await other.work()
        pace = Pace(rows=10, lease=timedelta(seconds=60), upkeep_seconds=60, max_file_bytes=1)
        await work_submission(ingest.database, pace, job, asyncio.Event())
        assert len(await ingest.said()) == 5
        assert await _count(ingest, tables.receipt_row) == 5


async def test_chunks_are_gone_once_a_file_is_done(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.send(csv_of([row(n) for n in range(5)]))
    await ingest.send(b"not,the,columns\r\n")
    assert await _count(ingest, tables.submission_chunk) == 0


async def test_silence_is_told_once_and_ends_with_the_next_arrival(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1))
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=30)):
        await ingest.worker.keep_up()
        await ingest.worker.keep_up()
        stale = [event for event in await ingest.events() if event["type"] == "uk.joinedup.feed.stale.v1"]
        assert [event["data"]["feed"] for event in stale] == ["food-ratings"]
        status = (await ingest.call("GET", "/v1/feeds/food-ratings/status")).json()
        assert (status["stale"], status["age_hours"] > 29) == (True, True)
        await ingest.post(row(2))
        await ingest.worker.keep_up()
        assert (await ingest.call("GET", "/v1/feeds/food-ratings/status")).json()["stale"] is False
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=60)):
        await ingest.worker.keep_up()
    stale = [event for event in await ingest.events() if event["type"] == "uk.joinedup.feed.stale.v1"]
    assert len(stale) == 2


async def test_records_past_retention_are_retracted_and_what_they_said_is_erased(ingest: Ingest) -> None:
    await ingest.declare(food_spec(retention_days=30))
    await ingest.send(csv_of([row(n) for n in range(25)] + [row(99, rating="7")]))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=20)):
        await ingest.post(row(0))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
        await ingest.worker.keep_up()
        assert (await ingest.said())[25:] == [("retracted", "", 2)] * 24
        told = {event["subject"] for event in await ingest.events() if "retracted" in event["type"]}
        assert told == {record_id("food-ratings", f"F{n}") for n in range(1, 25)}
        history = (await ingest.call("GET", "/v1/feeds/food-ratings/records/F1")).json()
        assert [(each["record"], each["retracted"]) for each in history["versions"]] == [
            (None, "retention_ended"),
            (None, None),
        ]
        assert await _count(ingest, tables.quarantine) == 0
        assert await _count(ingest, tables.receipt_row) == 1, "of the record that was posted on the twentieth day"
        kept = (await ingest.call("GET", "/v1/feeds/food-ratings/records/F0")).json()
        assert kept["deleted"] is False


async def test_what_a_record_deleted_at_source_said_is_erased_when_its_retention_ends(ingest: Ingest) -> None:
    await ingest.declare(food_spec(retention_days=30))
    await ingest.post(row(1))
    await ingest.call("DELETE", "/v1/feeds/food-ratings/records/F1")
    for days, told in ((29, True), (31, False)):
        with time_machine.travel(datetime.now(UTC) + timedelta(days=days)):
            await ingest.worker.keep_up()
            history = (await ingest.call("GET", "/v1/feeds/food-ratings/records/F1")).json()
            assert [bool(version["record"]) for version in history["versions"]] == [False, told]


async def test_a_stopped_worker_leaves_the_rest_to_the_next_at_once(ingest: Ingest) -> None:
    await ingest.declare()
    answer = await ingest.call("POST", "/v1/feeds/food-ratings/files", content=csv_of([row(n) for n in range(35)]))
    stop = asyncio.Event()
    stop.set()
    await ingest.worker.work_one(stop)
    assert await _progress(ingest, answer.json()["id"]) == 10
    fetcher = Fetcher(allow_private=True, timeout=5)
    another = bootstrap.worker(ingest.settings, ingest.database, fetcher)
    assert await another.work_one()
    assert (await ingest.receipt(answer.json()["id"]))["counts"]["stored"] == 35
    await fetcher.close()


@pytest.mark.slow
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)  # the store holds nothing of the line
async def test_three_hundred_megabytes_in_one_line_cost_neither_process_memory(
    settings: IngestSettings, issuer: Issuer, tmp_path: Path
) -> None:
    """The good rows before it land. The bound is two connections' page caches of 64 MiB each, and buffers."""
    serving = settings.model_copy(update={"port": free_port()})
    serving.model_fields_set.add("port")
    url = f"http://127.0.0.1:{serving.port}"
    roles = {"api": serving, "work": settings}
    with (tmp_path / "out").open("ab") as output:
        processes = [start(command(role), env=environment(given), output=output) for role, given in roles.items()]
        try:
            async with opened(settings, issuer) as ingest:
                await ingest.declare()
                wait_until(lambda: _answers(url), 30, "Readiness")
                idle = [_peak_mib(process.pid) for process in processes]
                submission = _upload(url, ingest.auth())
                async with asyncio.timeout(120):
                    while not await _is_past(ingest, submission, 10**9):
                        await asyncio.sleep(0.1)
                receipt = await ingest.receipt(submission)
                [bad] = await ingest.rows(submission, outcome="rejected")
                peaks = [_peak_mib(process.pid) for process in processes]
        finally:
            for process in processes:
                kill9(process)
    assert (receipt["counts"]["stored"], bad["issues"][0]["code"]) == (100, "row_too_long")
    assert [peak - start for peak, start in zip(peaks, idle, strict=True) if peak - start > 192] == []


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").is_success
    except httpx.TransportError:
        return False


def _upload(url: str, headers: dict[str, str]) -> str:
    def content() -> Iterator[bytes]:
        yield csv_of([row(n) for n in range(100)]) + b"\r\n"
        for _ in range(300):
            yield b"x" * 1_000_000

    answer = httpx.post(f"{url}/v1/feeds/food-ratings/files", content=content(), headers=headers, timeout=120)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def _peak_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

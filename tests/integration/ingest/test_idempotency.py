"""Idempotency-Key: one effect and one answer, also at the same time; and a commit that fails is never a 202."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import event

from tests.integration.ingest.served import Ingest, csv_of, food_spec, row

RECORDS = "/v1/feeds/food-ratings/records"
FILES = "/v1/feeds/food-ratings/files"


async def test_the_same_request_again_gets_the_same_answer(ingest: Ingest) -> None:
    await ingest.declare()
    first = await ingest.call("POST", RECORDS, json=row(1), key="k1")
    again = await ingest.call("POST", RECORDS, json=row(1), key="k1")
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["Location"] == first.headers["Location"]


async def test_another_request_under_a_used_key_is_refused(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.call("POST", RECORDS, json=row(1), key="k1")
    other = await ingest.call("POST", RECORDS, json=row(2), key="k1")
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "key_reused")
    assert await ingest.said() == [("received", "F1", 1)]


async def test_two_agencies_may_choose_the_same_key(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.declare(food_spec(id="fire-visits", agency="fire"))
    await ingest.call("POST", RECORDS, json=row(1), key="k1")
    other = await ingest.call("POST", "/v1/feeds/fire-visits/records", json=row(2), key="k1", agency="fire")
    assert other.status_code == 202


async def test_twenty_requests_at_once_under_one_key_have_one_effect(ingest: Ingest) -> None:
    await ingest.declare()
    calls = [ingest.call("POST", RECORDS, json=row(1), key="k1") for _ in range(20)]
    answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    listed = (await ingest.call("GET", "/v1/submissions")).json()
    assert len(listed["items"]) == 1


async def test_twenty_posts_of_one_record_at_once_make_one_version(ingest: Ingest) -> None:
    await ingest.declare()
    receipts = await asyncio.gather(*[ingest.post(row(1)) for _ in range(20)])
    outcomes = sorted(receipt["rows"][0]["outcome"] for receipt in receipts)
    assert outcomes == ["stored"] + ["unchanged"] * 19
    assert await ingest.said() == [("received", "F1", 1)]


async def test_a_refused_request_does_not_use_its_key_up(ingest: Ingest) -> None:
    assert (await ingest.call("POST", RECORDS, json=row(1), key="k1")).status_code == 404
    await ingest.declare()
    assert (await ingest.call("POST", RECORDS, json=row(1), key="k1")).status_code == 202


async def test_a_file_sent_again_under_its_key_is_one_submission(ingest: Ingest) -> None:
    await ingest.declare()
    first = await ingest.call("POST", FILES, content=csv_of([row(1)]), key="k1")
    again = await ingest.call("POST", FILES, content=csv_of([row(1)]), key="k1")
    assert (again.status_code, again.content) == (202, first.content)
    other = await ingest.call("POST", FILES, content=csv_of([row(2)]), key="k1")
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "key_reused")
    assert len((await ingest.call("GET", "/v1/submissions")).json()["items"]) == 1


async def test_a_second_upload_waits_while_the_first_is_arriving(ingest: Ingest) -> None:
    await ingest.declare()
    arriving = asyncio.Event()

    async def slowly() -> Any:
        yield csv_of([row(1)])
        await arriving.wait()

    first = asyncio.create_task(ingest.call("POST", FILES, content=slowly(), key="k1"))
    await asyncio.sleep(0.5)
    second = await ingest.call("POST", FILES, content=csv_of([row(1)]), key="k1")
    arriving.set()
    assert (second.status_code, second.headers["Retry-After"]) == (409, "10")
    assert (await first).status_code == 202


async def test_a_feed_declared_twice_under_one_key_is_declared_once(ingest: Ingest) -> None:
    first = await ingest.call("POST", "/v1/feeds", json=food_spec(), key="k1")
    again = await ingest.call("POST", "/v1/feeds", json=food_spec(), key="k1")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert (await ingest.call("POST", "/v1/feeds", json=food_spec())).status_code == 409


@pytest.mark.parametrize("path", [RECORDS, FILES])
async def test_a_commit_that_fails_is_answered_with_a_server_error(ingest: Ingest, path: str) -> None:
    await ingest.declare()
    engine = ingest.app.state.ingest.database.write_engine.sync_engine

    def fail(_connection: object) -> None:
        raise OSError("the disk is full")

    given: dict[str, Any] = {"json": row(1)} if path == RECORDS else {"content": csv_of([row(1)])}
    event.listen(engine, "commit", fail)
    answer = await ingest.call("POST", path, **given)
    event.remove(engine, "commit", fail)
    assert answer.status_code >= 500
    assert "disk" not in answer.text
    assert (await ingest.call("GET", "/v1/submissions")).json()["items"] == []
    assert (await ingest.call("POST", path, **given)).status_code == 202

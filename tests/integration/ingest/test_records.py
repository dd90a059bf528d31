"""One record, a batch, a deletion: versions, receipts and events."""

from tests.integration.ingest.served import Ingest, row


async def test_a_posted_record_is_in_its_receipt_at_once(ingest: Ingest) -> None:
    await ingest.declare()
    receipt = await ingest.post(row(1))
    assert receipt["status"] == "done"
    assert [(each["outcome"], each["source_ref"], each["version"]) for each in receipt["rows"]] == [("stored", "F1", 1)]
    assert await ingest.said() == [("received", "F1", 1)]


async def test_the_same_record_again_changes_nothing(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1))
    receipt = await ingest.post(row(1))
    assert receipt["counts"]["unchanged"] == 1
    assert len(await ingest.said()) == 1


async def test_a_correction_is_a_new_version_and_the_old_one_is_kept(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1))
    receipt = await ingest.post(row(1, rating="0"))
    assert receipt["counts"]["corrected"] == 1
    assert await ingest.said() == [("received", "F1", 1), ("corrected", "F1", 2)]
    history = (await ingest.call("GET", "/v1/feeds/food-ratings/records/F1")).json()
    assert [each["record"]["observation"]["native_rating"] for each in history["versions"]] == ["0", "5"]


async def test_a_deleted_record_is_retracted_and_may_come_back(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1))
    answer = await ingest.call("DELETE", "/v1/feeds/food-ratings/records/F1")
    assert answer.status_code == 202
    assert answer.json()["counts"]["retracted"] == 1
    again = await ingest.call("DELETE", "/v1/feeds/food-ratings/records/F1")
    assert again.json()["counts"]["unchanged"] == 1
    await ingest.post(row(1))
    assert await ingest.said() == [("received", "F1", 1), ("retracted", "F1", 2), ("received", "F1", 3)]

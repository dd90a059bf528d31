"""One record, a batch, a deletion: versions, receipts and events."""

import pytest
from sqlalchemy import Table

from services.ingest.store import tables
from services.ingest.store.receipts import QuarantineRow, ReceiptRow
from services.ingest.store.records import CurrentRow, VersionRow
from shared.contracts.envelope import Event
from shared.contracts.events.ingest import RecordCorrected, RecordReceived, RecordRetracted, RetractionReason
from shared.contracts.identifiers import record_id
from shared.contracts.record import Record
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


async def test_what_the_outbox_holds_is_what_the_contracts_say(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1, phone="020 7946 0018"))
    await ingest.post(row(1, rating="0"))
    await ingest.post(row(1, gone="yes"))
    received, corrected, retracted = await ingest.events()
    first = Event[RecordReceived].model_validate(received, strict=False)
    assert first.data.record.phones == ("+442079460018",)
    assert first.data.record_id == first.subject == first.partitionkey == record_id("food-ratings", "F1")
    assert (first.data.agency, first.data.regime, first.data.category) == ("food", "food-hygiene", "inspections")
    second = Event[RecordCorrected].model_validate(corrected)
    assert (second.data.version, second.data.record.observation.severity) == (2, 4)
    assert Event[RecordRetracted].model_validate(retracted).data.reason is RetractionReason.deleted
    assert len({event["id"] for event in (received, corrected, retracted)}) == 3
    history = (await ingest.call("GET", "/v1/feeds/food-ratings/records/F1")).json()
    assert Record.model_validate(history["versions"][2]["record"]) == first.data.record


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        (VersionRow, tables.record_version),
        (ReceiptRow, tables.receipt_row),
        (QuarantineRow, tables.quarantine),
    ],
)
def test_the_rows_of_a_bulk_insert_stand_in_the_order_of_their_table(kind: type, table: Table) -> None:
    assert kind._fields == tuple(column.name for column in table.columns)  # type: ignore[attr-defined]


def test_a_row_that_is_taken_in_says_nothing_of_whether_its_record_is_held() -> None:
    assert (*CurrentRow._fields, "held") == tuple(column.name for column in tables.record.columns)


async def test_a_deletion_marker_retracts_and_one_for_an_unknown_record_does_nothing(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1))
    rows = [row(1, gone="yes"), row(2, gone="yes")]
    receipt = (await ingest.call("POST", "/v1/feeds/food-ratings/batches", json=rows)).json()
    assert [each["outcome"] for each in receipt["rows"]] == ["retracted", "unchanged"]
    assert await ingest.said() == [("received", "F1", 1), ("retracted", "F1", 2)]


async def test_a_row_that_is_no_object_or_no_json_is_told_so(ingest: Ingest) -> None:
    await ingest.declare()
    receipt = (await ingest.call("POST", "/v1/feeds/food-ratings/records", content=b'["F1"]')).json()
    assert (receipt["rows"][0]["outcome"], receipt["rows"][0]["issues"][0]["code"]) == ("rejected", "not_an_object")
    answer = await ingest.call("POST", "/v1/feeds/food-ratings/records", content=b"\xff\xfe")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    too_large = await ingest.call("POST", "/v1/feeds/food-ratings/records", content=b"{" + b" " * (1 << 20))
    assert too_large.status_code == 413

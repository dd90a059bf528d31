"""Files: rows in order, several submissions, bad rows and bad files, and forms."""

from tests.integration.ingest.served import Ingest, csv_of, food_spec, row


async def test_a_file_is_received_and_then_worked_into_receipts(ingest: Ingest) -> None:
    await ingest.declare()
    answer = await ingest.call("POST", "/v1/feeds/food-ratings/files", content=csv_of([row(n) for n in range(25)]))
    assert answer.status_code == 202
    assert answer.json()["status"] == "queued"
    assert answer.headers["Location"] == f"/v1/submissions/{answer.json()['id']}"
    await ingest.work()
    receipt = await ingest.receipt(answer.json()["id"])
    assert (receipt["status"], receipt["counts"]["stored"], receipt["progress"]) == ("done", 25, 25)
    assert [each["row"] for each in await ingest.rows(receipt["id"])] == list(range(1, 26))
    assert len(await ingest.said()) == 25


async def test_a_file_sent_as_a_form_is_the_same_as_its_bytes(ingest: Ingest) -> None:
    await ingest.declare()
    content = csv_of([row(n) for n in range(3)])
    answer = await ingest.call("POST", "/v1/feeds/food-ratings/files", files={"file": ("export.csv", content)})
    assert answer.status_code == 202
    await ingest.work()
    again = await ingest.send(content)
    assert again["counts"]["unchanged"] == 3


async def test_a_form_without_a_file_is_refused_by_name(ingest: Ingest) -> None:
    await ingest.declare()
    answer = await ingest.call("POST", "/v1/feeds/food-ratings/files", files={"other": ("export.csv", b"id")})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "file"


async def test_a_file_sent_twice_is_harmless(ingest: Ingest) -> None:
    await ingest.declare()
    content = csv_of([row(n) for n in range(12)])
    await ingest.send(content)
    again = await ingest.send(content)
    assert again["counts"] == {"stored": 0, "corrected": 0, "unchanged": 12, "retracted": 0, "rejected": 0}
    assert len(await ingest.said()) == 12


async def test_rows_of_one_reference_in_one_file_count_once_and_a_different_one_is_rejected(ingest: Ingest) -> None:
    await ingest.declare()
    rows = [row(1), row(1), *[row(n) for n in range(2, 12)], row(1, rating="0")]
    receipt = await ingest.send(csv_of(rows))
    assert (receipt["counts"]["stored"], receipt["counts"]["unchanged"], receipt["counts"]["rejected"]) == (11, 1, 1)
    [rejected] = await ingest.rows(receipt["id"], outcome="rejected")
    assert (rejected["row"], rejected["issues"][0]["code"]) == (13, "reference_repeated")


async def test_bad_rows_are_quarantined_by_column_and_the_others_land(ingest: Ingest) -> None:
    await ingest.declare()
    content = csv_of([row(1), row(2, rated="31/02/2026"), row(3)]) + b"\r\nF4,only two columns"
    receipt = await ingest.send(content)
    assert (receipt["status"], receipt["counts"]["stored"], receipt["counts"]["rejected"]) == ("done", 2, 2)
    answer = await ingest.call("GET", f"/v1/submissions/{receipt['id']}/quarantine")
    first, second = answer.json()["items"]
    assert first["errors"][0]["field"] == "rated"
    assert first["values"]["name"] == "Café 2"
    assert second["values"] is None
    assert second["errors"][0]["remedy"]


async def test_a_file_without_a_mapped_column_is_refused_with_its_name(ingest: Ingest) -> None:
    await ingest.declare()
    receipt = await ingest.send(b"id,nmae,street\r\nF1,Cafe,1 High Street\r\n")
    assert receipt["status"] == "refused"
    assert "name" in {problem["field"] for problem in receipt["problems"]}


async def test_an_empty_file_is_refused_and_retracts_nothing(ingest: Ingest) -> None:
    await ingest.declare(food_spec(mode="snapshot"))
    await ingest.send(csv_of([row(1)]))
    assert (await ingest.send(b""))["status"] == "refused"
    assert await ingest.said() == [("received", "F1", 1)]


async def test_rows_before_a_break_in_a_json_file_land(ingest: Ingest) -> None:
    await ingest.declare(food_spec(format={"kind": "json"}))
    receipt = await ingest.send(b'[{"id": "F1", "name": "Cafe", "street": "1 High Street"}, {"id": ')
    assert (receipt["status"], receipt["counts"]["stored"]) == ("refused", 1)
    assert receipt["problems"][0]["code"] == "json_malformed"


async def test_an_older_file_does_not_undo_what_was_posted_after_it(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1))
    answer = await ingest.call("POST", "/v1/feeds/food-ratings/files", content=csv_of([row(1, rating="1"), row(2)]))
    await ingest.post(row(1, rating="0"))
    await ingest.work()
    receipt = await ingest.receipt(answer.json()["id"])
    assert (receipt["counts"]["unchanged"], receipt["counts"]["stored"]) == (1, 1)
    history = (await ingest.call("GET", "/v1/feeds/food-ratings/records/F1")).json()
    assert history["versions"][0]["record"]["observation"]["native_rating"] == "0"


async def test_files_of_one_feed_are_worked_in_the_order_in_which_they_came(ingest: Ingest) -> None:
    await ingest.declare()
    for rating in ("0", "1", "5"):
        await ingest.call("POST", "/v1/feeds/food-ratings/files", content=csv_of([row(1, rating=rating)]))
    await ingest.work()
    assert await ingest.said() == [("received", "F1", 1), ("corrected", "F1", 2), ("corrected", "F1", 3)]
    history = (await ingest.call("GET", "/v1/feeds/food-ratings/records/F1")).json()
    assert history["versions"][0]["record"]["observation"]["native_rating"] == "5"


async def test_a_batch_tells_the_result_of_each_row(ingest: Ingest) -> None:
    await ingest.declare()
    rows = [row(1), row(2, rating="9"), row(3, gone="yes")]
    answer = await ingest.call("POST", "/v1/feeds/food-ratings/batches", json=rows)
    assert [each["outcome"] for each in answer.json()["rows"]] == ["stored", "rejected", "unchanged"]
    too_many = await ingest.call("POST", "/v1/feeds/food-ratings/batches", json=[row(n) for n in range(1001)])
    assert too_many.status_code == 422


async def test_pages_of_rows_and_of_submissions_follow_one_another(ingest: Ingest) -> None:
    await ingest.declare()
    receipt = await ingest.send(csv_of([row(n) for n in range(5)]))
    path, seen, cursor = f"/v1/submissions/{receipt['id']}/rows", [], "0"
    while cursor is not None:
        page = (await ingest.call("GET", path, params={"limit": 2, "cursor": cursor})).json()
        seen += [each["row"] for each in page["items"]]
        cursor = page["next"]
    assert seen == [1, 2, 3, 4, 5]
    later = await ingest.post(row(9))
    first = (await ingest.call("GET", "/v1/submissions", params={"limit": 1})).json()
    second = (await ingest.call("GET", "/v1/submissions", params={"limit": 1, "cursor": first["next"]})).json()
    assert [first["items"][0]["id"], second["items"][0]["id"]] == [later["id"], receipt["id"]]

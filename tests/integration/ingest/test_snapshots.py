"""Snapshots: what is no longer in one is retracted, unless that would be too much to believe."""

from tests.integration.ingest.served import Ingest, csv_of, food_spec, row


async def test_a_record_that_left_the_snapshot_is_retracted(ingest: Ingest) -> None:
    await ingest.declare(food_spec(mode="snapshot"))
    await ingest.send(csv_of([row(n) for n in range(10)]))
    receipt = await ingest.send(csv_of([row(n) for n in range(9)]))
    assert (receipt["status"], receipt["counts"]["retracted"], receipt["counts"]["unchanged"]) == ("done", 1, 9)
    assert (await ingest.said())[-1] == ("retracted", "F9", 2)
    assert (await ingest.events())[-1]["data"]["reason"] == "left_snapshot"


async def test_a_delta_retracts_nothing(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.send(csv_of([row(n) for n in range(10)]))
    receipt = await ingest.send(csv_of([row(0)]))
    assert (receipt["status"], receipt["counts"]["retracted"]) == ("done", 0)


async def test_a_snapshot_that_would_retract_too_much_is_held_until_confirmed(ingest: Ingest) -> None:
    await ingest.declare(food_spec(mode="snapshot"))
    await ingest.send(csv_of([row(n) for n in range(25)]))
    held = await ingest.send(csv_of([row(n) for n in range(2)]))
    assert held["status"] == "held"
    assert (held["hold"]["would_retract"], held["hold"]["share"]) == (23, 0.92)
    assert len(await ingest.said()) == 25
    confirmed = await ingest.call("POST", f"/v1/submissions/{held['id']}/confirm")
    assert confirmed.status_code == 202
    await ingest.work()
    receipt = await ingest.receipt(held["id"])
    assert (receipt["status"], receipt["counts"]["retracted"]) == ("done", 23)
    assert (await ingest.call("POST", f"/v1/submissions/{held['id']}/confirm")).status_code == 409


async def test_new_rows_do_not_hide_that_a_snapshot_replaces_everything(ingest: Ingest) -> None:
    await ingest.declare(food_spec(mode="snapshot"))
    await ingest.send(csv_of([row(n) for n in range(5)]))
    held = await ingest.send(csv_of([row(n) for n in range(100, 200)]))
    assert (held["status"], held["counts"]["stored"], held["hold"]["share"]) == ("held", 100, 1.0)


async def test_a_discarded_hold_keeps_the_records(ingest: Ingest) -> None:
    await ingest.declare(food_spec(mode="snapshot"))
    await ingest.send(csv_of([row(n) for n in range(5)]))
    held = await ingest.send(csv_of([row(0)]))
    answer = await ingest.call("POST", f"/v1/submissions/{held['id']}/discard")
    assert answer.json()["status"] == "done"
    await ingest.work()
    assert len(await ingest.said()) == 5


async def test_a_record_whose_row_is_bad_is_still_present_at_source(ingest: Ingest) -> None:
    await ingest.declare(food_spec(mode="snapshot"))
    await ingest.send(csv_of([row(n) for n in range(5)]))
    receipt = await ingest.send(csv_of([*[row(n) for n in range(4)], row(4, rated="31/02/2026")]))
    assert (receipt["status"], receipt["counts"]["retracted"], receipt["counts"]["rejected"]) == ("done", 0, 1)


async def test_a_row_that_cannot_be_identified_holds_the_retractions(ingest: Ingest) -> None:
    await ingest.declare(food_spec(mode="snapshot"))
    await ingest.send(csv_of([row(n) for n in range(20)]))
    held = await ingest.send(csv_of([row(n) for n in range(19)]) + b"\r\nF19,cut off")
    assert (held["status"], held["hold"]["would_retract"]) == ("held", 1)


async def test_a_record_posted_while_the_snapshot_waited_is_kept(ingest: Ingest) -> None:
    await ingest.declare(food_spec(mode="snapshot"))
    await ingest.send(csv_of([row(n) for n in range(10)]))
    answer = await ingest.call("POST", "/v1/feeds/food-ratings/files", content=csv_of([row(n) for n in range(10)]))
    await ingest.post(row(11))
    await ingest.work()
    receipt = await ingest.receipt(answer.json()["id"])
    assert (receipt["status"], receipt["counts"]["retracted"]) == ("done", 0)


async def test_confirming_late_does_not_retract_what_a_later_snapshot_has(ingest: Ingest) -> None:
    await ingest.declare(food_spec(mode="snapshot"))
    everything = csv_of([row(n) for n in range(10)])
    await ingest.send(everything)
    held = await ingest.send(csv_of([row(0)]))
    await ingest.send(everything)
    await ingest.call("POST", f"/v1/submissions/{held['id']}/confirm")
    await ingest.work()
    assert (await ingest.receipt(held["id"]))["counts"]["retracted"] == 0

"""Feeds: declared once, versioned, of their own agency alone; preview, quarantine and mapping fixes; coverage."""

import orjson
import pytest
import yaml
from sqlalchemy import func, select

from services.ingest.store import tables
from tests.integration.ingest.served import Ingest, csv_of, food_spec, row


async def test_a_feed_is_declared_in_yaml_as_in_json(ingest: Ingest) -> None:
    text = yaml.safe_dump(food_spec())
    answer = await ingest.call("POST", "/v1/feeds", content=text, headers={"Content-Type": "application/yaml"})
    assert (answer.status_code, answer.json()["version"]) == (201, 1)
    assert (await ingest.declare())["version"] == 1


async def test_a_change_is_a_new_version_and_the_old_one_stays_readable(ingest: Ingest) -> None:
    await ingest.declare()
    assert (await ingest.declare(food_spec(title="Ratings")))["version"] == 2
    versions = (await ingest.call("GET", "/v1/feeds/food-ratings/versions")).json()
    assert [(each["version"], each["spec"]["title"]) for each in versions] == [(2, "Ratings"), (1, "Food ratings")]


async def test_the_agency_and_the_category_must_be_the_partnerships(ingest: Ingest) -> None:
    answer = await ingest.call("PUT", "/v1/feeds/food-ratings", json=food_spec(category="weather"))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "category")
    answer = await ingest.call("PUT", "/v1/feeds/food-ratings", json=food_spec(), agency="fire")
    assert answer.status_code == 403
    stranger = await ingest.call("PUT", "/v1/feeds/food-ratings", json=food_spec(agency="stranger"), agency="stranger")
    assert (stranger.status_code, stranger.json()["errors"][0]["field"]) == (422, "agency")


async def test_whether_another_agency_has_a_feed_of_an_id_is_not_told(ingest: Ingest) -> None:
    """An id belongs to an agency by how it begins, whether or not there is such a feed."""

    async def asked(id_: str) -> set[tuple[int, bytes]]:
        spec = food_spec(id=id_, agency="fire")
        said = [
            await ingest.call(*how, json=spec, agency="fire")
            for how in (("POST", "/v1/feeds"), ("PUT", f"/v1/feeds/{id_}"))
        ]
        return {(answer.status_code, answer.content) for answer in said}

    before = {id_: await asked(id_) for id_ in ("food-ratings", "police", "nobodys-feed")}
    await ingest.declare()
    assert {id_: await asked(id_) for id_ in before} == before
    assert {status for answers in before.values() for status, _ in answers} == {422}


async def test_what_records_rest_on_cannot_change_under_them(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1))
    changed = food_spec(category="intelligence", mapping={"source_ref": "name"})
    answer = await ingest.call("PUT", "/v1/feeds/food-ratings", json=changed)
    assert answer.status_code == 409
    assert {problem["field"] for problem in answer.json()["errors"]} == {"category", "mapping.source_ref"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/feeds/food-ratings"),
        ("GET", "/v1/feeds/food-ratings/versions"),
        ("GET", "/v1/feeds/food-ratings/status"),
        ("POST", "/v1/feeds/food-ratings/pause"),
        ("POST", "/v1/feeds/food-ratings/records"),
        ("POST", "/v1/feeds/food-ratings/batches"),
        ("POST", "/v1/feeds/food-ratings/files"),
        ("POST", "/v1/feeds/food-ratings/preview"),
        ("GET", "/v1/feeds/food-ratings/records/F1"),
        ("DELETE", "/v1/feeds/food-ratings/records/F1"),
        ("GET", "/v1/submissions/{submission}"),
        ("GET", "/v1/submissions/{submission}/rows"),
        ("GET", "/v1/submissions/{submission}/quarantine"),
        ("POST", "/v1/submissions/{submission}/confirm"),
        ("POST", "/v1/submissions/{submission}/discard"),
        ("POST", "/v1/submissions/{submission}/resubmit"),
        ("POST", "/v1/submissions/{submission}/quarantine/discard"),
        ("GET", "/v1/submissions?feed=food-ratings"),
    ],
)
async def test_another_agency_finds_nothing(ingest: Ingest, method: str, path: str) -> None:
    bodies = {"batches": b"[]", "preview": b'{"rows": []}', "records": b"{}"}
    body = bodies.get(path.rpartition("/")[2], b"") if method == "POST" else None
    await ingest.declare()
    receipt = await ingest.post(row(1))
    target = path.format(submission=receipt["id"])
    theirs = await ingest.call(method, target, agency="fire", content=body)
    nobodys = target.replace("food-ratings", "no-such-feed").replace(receipt["id"], "sub_" + "0" * 32)
    nothing = await ingest.call(method, nobodys, agency="fire", content=body)
    assert (theirs.status_code, nothing.status_code) == (404, 404)
    assert _without_trace(theirs.content) == _without_trace(nothing.content)


def _without_trace(problem: bytes) -> dict[str, object]:
    return {name: value for name, value in orjson.loads(problem).items() if name != "instance"}


async def test_a_role_without_the_right_is_forbidden_and_no_token_is_unauthenticated(ingest: Ingest) -> None:
    headers = ingest.issuer.headers("food", roles=["officer"])
    assert (await ingest.client.get("/v1/feeds", headers=headers)).status_code == 403
    assert (await ingest.client.get("/v1/feeds")).status_code == 401


async def test_a_paused_feed_takes_nothing_in(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.call("POST", "/v1/feeds/food-ratings/pause")
    for path, content in (("records", orjson.dumps(row(1))), ("files", csv_of([row(1)]))):
        answer = await ingest.call("POST", f"/v1/feeds/food-ratings/{path}", content=content)
        assert answer.status_code == 409
    await ingest.call("POST", "/v1/feeds/food-ratings/resume")
    assert (await ingest.post(row(1)))["counts"]["stored"] == 1


async def test_quarantined_rows_land_after_the_mapping_was_mended(ingest: Ingest) -> None:
    await ingest.declare()
    receipt = await ingest.send(csv_of([row(n, rating="9" if n % 2 else "5") for n in range(30)]))
    assert (receipt["counts"]["stored"], receipt["counts"]["rejected"]) == (15, 15)
    outcomes = {"0": 4, "1": 3, "5": "nothing_found", "9": "nothing_found"}
    await ingest.declare(food_spec(mapping={"observation": {"rating": "rating", "outcomes": outcomes}}))
    again = await ingest.call("POST", f"/v1/submissions/{receipt['id']}/resubmit")
    assert again.status_code == 202
    await ingest.work()
    mended = await ingest.receipt(again.json()["id"])
    assert (mended["status"], mended["counts"]["stored"], mended["resubmits"]) == ("done", 15, receipt["id"])
    assert [each["row"] for each in await ingest.rows(mended["id"])] == list(range(2, 31, 2))
    listed = (await ingest.call("GET", f"/v1/submissions/{receipt['id']}/quarantine")).json()["items"]
    assert {(each["status"], each["values"]) for each in listed} == {("resubmitted", None)}
    assert (await ingest.call("POST", f"/v1/submissions/{receipt['id']}/resubmit")).status_code == 409


async def test_a_resubmitted_row_does_not_undo_a_newer_record(ingest: Ingest) -> None:
    await ingest.declare()
    receipt = await ingest.send(csv_of([row(1, rating="9")]))
    await ingest.post(row(1, rating="0"))
    await ingest.declare(food_spec(mapping={"observation": {"rating": "rating", "outcomes": {"9": 1, "0": 4}}}))
    again = await ingest.call("POST", f"/v1/submissions/{receipt['id']}/resubmit")
    await ingest.work()
    [result] = await ingest.rows(again.json()["id"])
    assert (result["outcome"], result["issues"][0]["code"]) == ("unchanged", "superseded")


async def test_discarded_quarantine_forgets_the_rows(ingest: Ingest) -> None:
    await ingest.declare()
    receipt = await ingest.send(csv_of([row(1, rating="9")]))
    await ingest.call("POST", f"/v1/submissions/{receipt['id']}/quarantine/discard")
    [left] = (await ingest.call("GET", f"/v1/submissions/{receipt['id']}/quarantine")).json()["items"]
    assert (left["status"], left["values"]) == ("discarded", None)


async def test_a_preview_shows_records_errors_and_absent_columns_and_stores_nothing(ingest: Ingest) -> None:
    await ingest.declare()
    sample = {"rows": [row(1), {"id": "F2", "name": "Cafe", "rating": "9"}]}
    preview = (await ingest.call("POST", "/v1/feeds/food-ratings/preview", json=sample)).json()
    assert preview["rows"][0]["record"]["names"][0]["value"] == "Café 1"
    assert preview["rows"][1]["errors"][0]["field"] == "rating"
    assert preview["absent_columns"] == []
    assert await _stored(ingest) == 0


async def test_a_preview_tries_a_draft_on_a_file_before_the_feed_exists(ingest: Ingest) -> None:
    draft = yaml.safe_dump(food_spec(format={"kind": "csv", "delimiter": ";"}))
    files = {"file": ("s.csv", csv_of([row(1)]).replace(b",", b";")), "spec": (None, draft)}
    preview = (await ingest.call("POST", "/v1/feeds/food-ratings/preview", files=files)).json()
    assert preview["rows"][0]["source_ref"] == "F1"
    refused = {"file": ("s.csv", b"nothing;of;it"), "spec": (None, draft)}
    answer = (await ingest.call("POST", "/v1/feeds/food-ratings/preview", files=refused)).json()
    assert (answer["rows"], bool(answer["problems"])) == ([], True)
    assert await _stored(ingest) == 0


async def _stored(ingest: Ingest) -> int:
    watched = (tables.submission, tables.record, tables.receipt_row, tables.quarantine, tables.outbox)
    async with ingest.database.read() as connection:
        counts = [await connection.execute(select(func.count()).select_from(table)) for table in watched]
        return sum(int(count.scalar_one()) for count in counts)


async def test_coverage_counts_what_the_viewer_may_know_and_no_more(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.declare(food_spec(id="fire-visits", agency="fire"))
    await ingest.send(csv_of([row(n, postcode="W5 1AA" if n < 5 else "UB1 2AB") for n in range(30)]))
    await ingest.post(row(1, rated="2026-01-31"), feed="fire-visits", agency="fire")
    seen_by_fire = (await ingest.call("GET", "/v1/coverage", agency="fire")).json()
    assert seen_by_fire["agencies"] == [{"agency": "fire", "records": 1}, {"agency": "food", "records": 30}]
    assert any(warning.startswith("Lopsided: food has 30 records and fire 1") for warning in seen_by_fire["warnings"])
    food = next(feed for feed in seen_by_fire["feeds"] if feed["feed"] == "food-ratings")
    assert food["areas"] == [{"area": "UB1", "records": 25}, {"area": "W5", "records": 5}]
    assert (food["earliest"], food["latest"]) == ("2026-05-01", "2026-05-01")
    seen_by_food = (await ingest.call("GET", "/v1/coverage")).json()
    assert [each["agency"] for each in seen_by_food["agencies"]] == ["food"]
    assert seen_by_food["warnings"] == []
    assert (await ingest.call("GET", "/v1/coverage", agency="police")).json()["agencies"] == []


async def test_the_templates_ship_with_the_project(ingest: Ingest) -> None:
    templates = (await ingest.call("GET", "/v1/feed-templates", agency="police")).json()
    assert {"ealing-food-hygiene", "companies-house-basic"} <= {template["id"] for template in templates}

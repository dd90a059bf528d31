"""Subject access: everything of the caller's own agency that is of the person, and who may have it."""

from typing import Any

import httpx

from tests.integration.ingest.served import Ingest, csv_of, food_spec, row

DUTIES = "/v1/duties/ingest"
NAME = "Ivy Marsden"
ENFORCING = """
law_enforcement:
- {agencies: [food], categories: [inspections], purposes: [crime], starts: 2020-01-01, review_on: 2030-01-01,
   source: Data Protection Act 2018 s30}
"""


async def ask(ingest: Ingest, agency: str = "food", **subject: Any) -> httpx.Response:
    headers = ingest.auth(agency, roles=["information_governance"])
    return await ingest.client.post(f"{DUTIES}/subject-access", json=subject or {"name": NAME}, headers=headers)


async def test_every_version_every_recipient_and_the_rows_that_could_not_be_used(ingest: Ingest) -> None:
    await ingest.declare(food_spec(retention_days=365, source={"notes": "inspections since 2019"}))
    await ingest.post(row(1, name=NAME))
    await ingest.post(row(1, name="Ivy Marston"))
    bad = await ingest.send(csv_of([row(2, name="Somebody Else"), row(3, name=NAME, rating="no such rating")]))
    found = (await ask(ingest)).json()
    (record,) = found["records"]
    assert [version["record"]["names"][0]["value"] for version in record["versions"]] == ["Ivy Marston", NAME]
    assert (record["source"], record["law"], record["restricted"]) == ("inspections since 2019", "uk_gdpr", False)
    told = [(one["agency"], one["level"], one["statute"], one["purposes"]) for one in record["recipients"]]
    assert told == [("fire", "full", "Test Act", ["compliance"]), ("police", "known", "Test Act", ["compliance"])]
    assert record["keep_until"] > found["as_of"]
    (kept,) = found["rows"]
    assert (kept["submission"], kept["row"], kept["values"]["name"]) == (bad["id"], 2, NAME)


async def test_the_law_of_a_record_is_what_the_partnership_says_today_whenever_its_feed_was_declared(
    ingest: Ingest,
) -> None:
    """No feed says it, so none can say otherwise than its category; and a ground has to fit it."""
    await ingest.declare()
    await ingest.post(row(1, name=NAME))
    file = ingest.settings.partnership_file
    file.write_text(file.read_text() + ENFORCING)
    (record,) = (await ask(ingest)).json()["records"]
    assert record["law"] == "part_3"
    refused = await ingest.client.post("/v1/feeds", json=food_spec(law="uk_gdpr"), headers=ingest.auth())
    assert [error["field"] for error in refused.json()["errors"]] == ["law"]
    erase = {"right": "erasure", "feed": "food-ratings", "source_refs": [record["source_ref"]], "outcome": "granted"}
    headers = ingest.auth(roles=["information_governance"])
    for ground, status in (("no-longer-necessary", 422), ("part-3-must-erase", 201)):
        wish = erase | {"ground": ground, "asked_by": "data_subject"}
        answer = await ingest.client.post(f"{DUTIES}/data-requests", json=wish, headers=headers)
        assert answer.status_code == status, answer.text


async def test_another_agencys_records_of_the_person_are_not_found(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1, name=NAME))
    found = (await ask(ingest, agency="fire")).json()
    assert (found["records"], found["rows"]) == ([], [])


async def test_only_information_governance_may_ask_and_never_in_an_address(ingest: Ingest) -> None:
    answer = await ingest.client.post(
        f"{DUTIES}/subject-access", json={"name": NAME}, headers=ingest.auth(roles=["officer"])
    )
    assert answer.status_code == 403
    headers = ingest.auth(roles=["information_governance"])
    assert (await ingest.client.get(f"{DUTIES}/subject-access", headers=headers)).status_code == 405
    nobody = await ask(ingest, phones=[])
    assert nobody.status_code == 422
    long = await ask(ingest, name=NAME * 100)
    assert NAME not in long.text


async def test_what_was_erased_is_not_found_and_what_is_restricted_has_no_recipient(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1, name=NAME))
    await ingest.post(row(2, name=NAME))
    headers = ingest.auth(roles=["information_governance"])
    asked = {"feed": "food-ratings", "asked_by": "data_subject", "outcome": "granted"}
    for right, ground, ref in (("erasure", "unlawfully-processed", "F1"), ("restriction", "objection-pending", "F2")):
        body = asked | {"right": right, "ground": ground, "source_refs": [ref]}
        assert (await ingest.client.post(f"{DUTIES}/data-requests", json=body, headers=headers)).status_code == 201
    (record,) = (await ask(ingest)).json()["records"]
    assert (record["source_ref"], record["restricted"], record["recipients"]) == ("F2", True, [])

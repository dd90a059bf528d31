"""Decisions, comparisons, the review queue and histories, as agencies would ask for them."""

from typing import Any

import pytest

from shared.contracts.identifiers import business_id
from tests.integration.linker.test_api import Api, api
from tests.integration.linker.world import THREE_AUDIENCES, World, id_of, received, record

__all__ = ["api"]  # a fixture

SHOP, SAME_SHOP, HMRC_SHOP = id_of("council", "1"), id_of("fire", "1"), id_of("hmrc", "1")
DRAGON, TYRES = id_of("fire", "2"), id_of("hmrc", "2")
NEVER = "rec_" + "a" * 20


@pytest.fixture
async def filled(world: World, api: Api) -> Api:
    """Council sees its own and fire's, fire its own, HMRC all: records and decisions alike."""
    await world.settle(THREE_AUDIENCES)
    await world.take(
        received("council", "1", record("Chicken Shop", severity=3)),
        received("fire", "1", record("The Chicken Shop", severity=2)),
        received("hmrc", "1", record("Chicken Shop Ltd")),
        received("fire", "2", record("Golden Dragon", 14)),
        received("hmrc", "2", record("Southall Tyres", 240, postcode="UB2 4XX")),
    )
    return api


async def decide(api: Api, a: str, b: str, verdict: str, agency: str = "hmrc", **more: Any) -> Any:
    body = {"records": [a, b], "verdict": verdict, "reason": more.pop("reason", "the owner told us")}
    return await api.post("/v1/decisions", body, agency, **more)


async def compared(api: Api, a: str, b: str, agency: str = "hmrc") -> Any:
    return (await api.get(f"/v1/records/{a}/compare/{b}", agency)).json()


async def test_a_decision_shows_in_the_next_answer(filled: Api) -> None:
    assert (await compared(filled, SHOP, SAME_SHOP))["one_business"]
    answer = await decide(filled, SHOP, SAME_SHOP, "different")
    assert answer.status_code == 201
    body = answer.json()
    assert (body["one_business"], len(body["business_ids"])) == (False, 2)
    assert body["decision"]["in_force"]
    assert (body["decision"]["agency"], body["decision"]["person"]) == ("hmrc", "hmrc-system")
    now = await compared(filled, SAME_SHOP, SHOP)
    assert now["sentences"][0] == "They are two businesses because a person decided so, whatever else the records say."
    assert "HMRC decided that they are different businesses: “the owner told us”." in now["sentences"][1]
    assert [decision["decision_id"] for decision in now["decisions"]] == [body["decision"]["decision_id"]]


async def test_a_decision_against_the_evidence_is_taken_with_a_warning(filled: Api) -> None:
    (warning,) = (await decide(filled, SHOP, SAME_SHOP, "different")).json()["warnings"]
    assert warning.startswith("The two records alone speak for one business: ")
    (warning,) = (await decide(filled, SHOP, DRAGON, "same")).json()["warnings"]
    assert warning.startswith("The two records alone speak against it: −")


async def test_a_decision_that_cannot_be_followed_says_what_forbids_it(filled: Api) -> None:
    await decide(filled, SHOP, SAME_SHOP, "different", "council")
    body = (await decide(filled, SHOP, SAME_SHOP, "same")).json()
    assert not body["one_business"]
    (conflict,) = (await compared(filled, SHOP, SAME_SHOP))["conflicts"]
    assert body["warnings"] == [conflict]
    assert "is not followed: it contradicts what Council decided on" in conflict
    why = (await filled.get(f"/v1/businesses/{body['business_ids'][0]}/why")).json()
    assert why["conflicts"] == [conflict]


async def test_the_same_request_again_is_the_same_decision(filled: Api) -> None:
    first = await decide(filled, SHOP, DRAGON, "same")
    again = await decide(filled, DRAGON, SHOP, "same")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


async def test_a_decision_is_listed_taken_back_and_stays_on_record(filled: Api) -> None:
    id_ = (await decide(filled, SHOP, DRAGON, "same")).json()["decision"]["decision_id"]
    path = f"/v1/decisions/{id_}/withdrawal"
    back = await filled.post(path, {"reason": "wrong shop"})
    assert back.status_code == 201
    assert not back.json()["one_business"]
    assert (await filled.post(path, {"reason": "wrong shop"})).status_code == 200
    listed = (await filled.get(f"/v1/decisions?record={DRAGON}")).json()["decisions"]
    assert [(one["verdict"], one["in_force"]) for one in listed] == [("withdrawn", False), ("same", False)]
    assert listed[0]["supersedes"] == id_
    assert (await filled.post(path, {"reason": "no"}, "council")).status_code == 422
    assert (await filled.post(path, {"reason": "not ours"}, "council")).status_code == 404


async def test_decisions_come_newest_first_page_by_page(filled: Api) -> None:
    for other in (SAME_SHOP, HMRC_SHOP, DRAGON, TYRES):
        await decide(filled, SHOP, other, "unsure")
    whole = (await filled.get("/v1/decisions")).json()["decisions"]
    assert [{one["a"], one["b"]} for one in whole] == [{SHOP, other} for other in (TYRES, DRAGON, HMRC_SHOP, SAME_SHOP)]
    seen, cursor = [], ""
    while cursor is not None:
        page = (await filled.get(f"/v1/decisions?limit=1{cursor and f'&cursor={cursor}'}")).json()
        seen += page["decisions"]
        cursor = page["next"]
    assert seen == whole
    of_business = (await filled.get(f"/v1/decisions?business={business_id(TYRES)}")).json()["decisions"]
    assert [one["verdict"] for one in of_business] == ["unsure"]
    assert len(of_business) == 1
    both = f"business={business_id(TYRES)}&record={DRAGON}"
    assert (await filled.get(f"/v1/decisions?{both}")).json()["decisions"] == []


@pytest.mark.parametrize("agency", ["council", "fire"])
async def test_who_may_not_see_a_decision_or_a_record_is_told_of_neither(filled: Api, agency: str) -> None:
    asked = ("/v1/decisions", "/v1/review-queue", f"/v1/records/{SAME_SHOP}/compare/{DRAGON}", "/v1/graph")
    asked += (f"/v1/businesses/{business_id(min(SAME_SHOP, SHOP))}/history", f"/v1/decisions?record={SAME_SHOP}")
    before = [(await filled.get(path, agency)).text for path in asked]
    ids = [
        (await decide(filled, a, b, v)).json()["decision"]["decision_id"]
        for a, b, v in (
            (SAME_SHOP, DRAGON, "same"),
            (SHOP, SAME_SHOP, "different"),
            (HMRC_SHOP, SAME_SHOP, "different"),
        )
    ]
    assert [(await filled.get(path, agency)).text for path in asked] == before
    never = await filled.post(f"/v1/decisions/dec_{'a' * 20}/withdrawal", {"reason": "not so"}, agency)
    for id_ in ids:
        hidden = await filled.post(f"/v1/decisions/{id_}/withdrawal", {"reason": "not so"}, agency)
        assert (hidden.status_code, _plain(hidden)) == (404, _plain(never))
        assert (await filled.get(f"/v1/decisions?cursor={id_}", agency)).json()["decisions"] == []


def _plain(answer: Any) -> dict[str, Any]:
    return {key: value for key, value in answer.json().items() if key != "instance"}


async def test_a_hidden_record_cannot_be_told_from_one_that_never_was(filled: Api) -> None:
    for other in (HMRC_SHOP, NEVER):
        assert (await filled.get(f"/v1/records/{SAME_SHOP}/compare/{other}", "council")).status_code == 404
        assert (await filled.get(f"/v1/records/{other}/compare/{SAME_SHOP}", "council")).status_code == 404
        assert (await decide(filled, SAME_SHOP, other, "same", "council")).status_code == 404


async def test_only_analysts_and_chairs_decide_and_every_reader_reads(filled: Api) -> None:
    for role in ("officer", "agency_system", "auditor", "operator"):
        assert (await decide(filled, SHOP, DRAGON, "same", roles=(role,))).status_code == 403
    for role in ("analyst", "tasking_chair"):
        assert (await decide(filled, SHOP, DRAGON, "same", roles=(role,))).status_code in (200, 201)
    for path in ("/v1/decisions", "/v1/review-queue", f"/v1/records/{SHOP}/compare/{DRAGON}"):
        assert (await filled.get(path, roles=("officer",))).status_code == 200
        assert (await filled.get(path, roles=("auditor",))).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"records": [SHOP, SHOP], "verdict": "same", "reason": "one till"},
        {"records": [SHOP], "verdict": "same", "reason": "one till"},
        {"records": [SHOP, DRAGON], "verdict": "withdrawn", "reason": "one till"},
        {"records": [SHOP, DRAGON], "verdict": "same", "reason": "  "},
        {"records": [SHOP, "Chicken Shop"], "verdict": "same", "reason": "one till"},
    ],
)
async def test_a_request_that_says_too_little_is_refused_without_being_repeated(filled: Api, body: Any) -> None:
    answer = await filled.post("/v1/decisions", body)
    assert answer.status_code == 422
    assert "Chicken" not in answer.text
    assert "one till" not in answer.text


async def test_a_comparison_says_what_would_change_it(filled: Api) -> None:
    body = await compared(filled, SHOP, DRAGON)
    assert (body["one_business"], body["a"]["name"], body["b"]["name"]) == (False, "Chicken Shop", "Golden Dragon")
    assert body["weight"] == pytest.approx(sum(step["bits"] for step in body["waterfall"]))
    assert body["what_would_change_it"]
    assert all(one["sentence"].startswith("If ") for one in body["what_would_change_it"])


async def test_a_comparison_shows_both_records_as_their_agencies_hold_them(filled: Api, world: World) -> None:
    """Down to the numbers that its sentences cite."""
    numbers = {"company_number": "SC123456", "vat_number": "GB999999973", "licence_numbers": ("24/1",)}
    await world.take(received("council", "3", record("Corner Cafe", phone="+442079460000").model_copy(update=numbers)))
    cafe = id_of("council", "3")
    first, second = (await compared(filled, DRAGON, cafe))["records"]
    assert (first["record_id"], first["source_ref"]) == (DRAGON, "2")
    assert {name: second[name] for name in numbers} == numbers | {"licence_numbers": ["24/1"]}
    assert (second["names"][0]["value"], second["phones"]) == ("Corner Cafe", ["+442079460000"])
    assert (await filled.get(f"/v1/records/{DRAGON}/compare/{cafe}", "fire")).status_code == 404


async def test_the_records_that_decisions_are_about_are_listed_beside_them(filled: Api) -> None:
    await decide(filled, SHOP, DRAGON, "different")
    await decide(filled, SHOP, TYRES, "different")
    page = (await filled.get("/v1/decisions?limit=1")).json()
    assert {record["name"] for record in page["records"]} == {"Chicken Shop", "Southall Tyres"}


async def test_the_chain_of_a_business_has_a_sentence_for_each_link(filled: Api) -> None:
    body = (await filled.get(f"/v1/businesses/{business_id(min(SHOP, SAME_SHOP, HMRC_SHOP))}/why")).json()
    assert len(body["chain"]) == 2
    assert body["summary"] == "3 records; all 3 pairs that were compared link by their own weight."
    assert all("bits" in step["sentence"] for step in body["chain"])


async def test_a_history_tells_of_records_and_decisions_that_the_caller_sees(filled: Api) -> None:
    path = f"/v1/businesses/{business_id(min(SHOP, SAME_SHOP, HMRC_SHOP))}/history"
    before = (await filled.get(path)).json()
    assert before["complete"]
    assert [event["kind"] for event in before["events"]] == ["began", "joined", "joined"]
    assert before["events"][0]["sentence"].startswith("On 2 November 2026 ")
    await decide(filled, min(SHOP, SAME_SHOP, HMRC_SHOP), DRAGON, "same")
    after = (await filled.get(path)).json()["events"]
    assert (after[-1]["kind"], after[-1]["size"]) == ("merged", 4)
    assert after[-1]["decision_id"].startswith("dec_")


async def test_answers_carry_an_etag(filled: Api) -> None:
    merged = business_id(min(SHOP, SAME_SHOP, HMRC_SHOP))
    for path in (f"/v1/records/{SHOP}/compare/{DRAGON}", f"/v1/businesses/{merged}/history", "/v1/review-queue"):
        tag = (await filled.get(path)).headers["etag"]
        assert (await filled.get(path, headers={"If-None-Match": tag})).status_code == 304

"""3x5x2: graded by who has it, its source apart, and nothing but the sanitised version for anybody else."""

from typing import Any

from tests.integration.referrals.beat import Beat
from tests.integration.referrals.office import Office

TEXT = "Ivy Marsden says that three men sleep in the loft and are paid in cash on Fridays."
CLEAN = "Three men are said to sleep above the premises and to be paid in cash."
PERMITTED = {"source": "2", "assessment": "C", "handling": "P"}


async def taken(office: Office, **given: Any) -> str:
    made = await office.post("border/ana", "/v1/intelligence", {"text": TEXT, "received_on": "2026-11-20"} | given)
    return str(made["id"])


async def sanitised(office: Office, grading: dict[str, Any] | None = None, **given: Any) -> str:
    id_ = await taken(office, **given)
    await office.post("border/ana", f"/v1/intelligence/{id_}/gradings", grading or PERMITTED)
    return str((await office.post("border/ana", f"/v1/intelligence/{id_}/sanitised", {"text": CLEAN}))["id"])


async def listed(office: Office, who: str, **claims: Any) -> list[str]:
    return [one["id"] for one in (await office.get(who, "/v1/intelligence/sanitised", **claims))["items"]]


async def test_others_get_the_sanitised_version_with_its_grade_and_never_the_original(office: Office) -> None:
    id_ = await sanitised(office)
    found = await office.get("council", f"/v1/intelligence/sanitised/{id_}")
    assert (found["text"], found["grade"], found["agency"]) == (CLEAN, "2CP", "border")
    assert await listed(office, "council") == [id_]
    original = await taken(office)
    for who in ("council", "revenue"):
        for path in (f"/v1/intelligence/{original}", f"/v1/intelligence/{id_}"):
            assert (await office.call(who, "GET", path)).status_code in (404, 422)
    assert await listed(office, "revenue") == []
    assert (await office.call("revenue", "GET", f"/v1/intelligence/sanitised/{id_}")).status_code == 404
    assert await listed(office, "council", purpose="another-purpose") == []


async def test_with_conditions_it_goes_to_the_named_agencies_alone_and_they_are_told_them(office: Office) -> None:
    conditions = {"source": "1", "assessment": "A", "handling": "C", "conditions": "Act only with us."}
    hidden = await sanitised(office, conditions)
    assert await listed(office, "council") == []
    assert (await office.call("council", "GET", f"/v1/intelligence/sanitised/{hidden}")).status_code == 404
    told = await sanitised(office, conditions | {"agencies": ["council", "revenue"]})
    assert await listed(office, "council") == [told]
    assert (await office.get("council", f"/v1/intelligence/sanitised/{told}"))["conditions"] == "Act only with us."
    assert await listed(office, "revenue") == [], "to be named is not to have a power"
    assert await listed(office, "border") == [told, hidden]


async def test_what_came_from_another_agency_needs_a_power_of_that_agency_too(office: Office) -> None:
    await sanitised(office, origin="revenue")
    assert await listed(office, "council") == []
    own = await sanitised(office, origin="council")
    assert await listed(office, "council") == [own]


async def test_it_is_graded_before_it_is_sanitised_and_the_grade_that_it_left_with_stays(office: Office) -> None:
    id_ = await taken(office)
    await office.post("border/ana", f"/v1/intelligence/{id_}/sanitised", {"text": CLEAN}, 409)
    await office.post("border/ana", f"/v1/intelligence/{id_}/gradings", PERMITTED)
    left = await office.post("border/ana", f"/v1/intelligence/{id_}/sanitised", {"text": CLEAN})
    again = await office.post("border/ben", f"/v1/intelligence/{id_}/gradings", PERMITTED | {"assessment": "E"})
    assert [one["grade"] for one in again["gradings"]] == ["2EP", "2CP"]
    assert (await office.get("council", f"/v1/intelligence/sanitised/{left['id']}"))["grade"] == "2CP"


async def test_the_sanitised_version_may_not_be_the_original_nor_name_the_source(office: Office) -> None:
    id_ = await taken(office)
    await office.post("border/ana", f"/v1/intelligence/{id_}/gradings", PERMITTED)
    await office.call("border/ana", "POST", f"/v1/intelligence/{id_}/source", json={"name": "Ivy Marsden"})
    for text, codes in ((f"{TEXT.upper()} ", ["original", "names_source"]), ("MARSDEN told us.", ["names_source"])):
        answer = await office.call("border/ana", "POST", f"/v1/intelligence/{id_}/sanitised", json={"text": text})
        assert [one["code"] for one in answer.json()["errors"]] == codes
        assert "arsden" not in answer.text.casefold()
    path = f"/v1/intelligence/{id_}/source/readings"
    noted = [(one["by"], one["reason"]) for one in await office.get("border/ig", path)]
    assert len(noted) == 2, "whoever tries names out may learn the source's, and is noted as who read it"
    assert {reason for _, reason in noted} == {"A text was refused because it named the source."}


async def test_who_the_source_is_is_read_by_few_with_a_reason_and_never_without_a_trace(office: Office) -> None:
    id_ = await taken(office)
    path = f"/v1/intelligence/{id_}/source"
    await office.post("border/ana", path, {"name": "Ivy Marsden", "reached": "at her shop"}, 204)
    assert "Marsden" not in str({**await office.get("border/ana", f"/v1/intelligence/{id_}"), "text": ""})
    why = {"says": "To ask her about the loft."}
    assert (await office.post("border/ana", f"{path}/readings", why, 200))["name"] == "Ivy Marsden"
    await office.post("border/ben", f"{path}/readings", why, 403)
    handler = await office.officer("border", "ben")
    role = {"role": "Source desk", "topics": ["source-handling"], "people": [handler]}
    await office.post("border", "/v1/contacts", role)
    await office.post("border/ben", f"{path}/readings", {"says": "Review."}, 200)
    await office.post("council", f"{path}/readings", why, 404)
    found = await office.get("border/grace", f"{path}/readings", roles=["information_governance"])
    assert [(one["by"], one["reason"]) for one in found] == [("ben", "Review."), ("ana", "To ask her about the loft.")]


async def test_a_grade_with_conditions_says_them_and_one_without_has_none(office: Office) -> None:
    id_ = await taken(office)
    for wrong in (
        {"source": "1", "assessment": "A", "handling": "C"},
        PERMITTED | {"conditions": "None."},
        PERMITTED | {"agencies": ["council"]},
        PERMITTED | {"source": "4"},
        {"source": "1", "assessment": "A", "handling": "C", "conditions": "Ask.", "agencies": ["nobody"]},
    ):
        await office.post("border/ana", f"/v1/intelligence/{id_}/gradings", wrong, 422)


async def test_of_a_referral_the_original_is_its_cards_and_the_origin_who_filed_it(beat: Beat) -> None:
    seen = (await beat.adopt("border"))["nervous-workers"]
    await beat.file("council/olive", seen, text=TEXT)
    (referral,) = await beat.inbox("border")
    body = {"referral": referral["referral_id"], "received_on": "2026-11-20"}
    made = await beat.post("border/ana", "/v1/intelligence", body)
    assert (made["text"], made["origin"]) == (TEXT, "council")
    for who in ("council", "fire"):
        await beat.post(who, "/v1/intelligence", body, 422)
    await beat.post("border/ana", "/v1/intelligence", body | {"origin": "fire"}, 422)
    beat.rules("council-to-border")
    await beat.post("border/ana", "/v1/intelligence", body, 422)

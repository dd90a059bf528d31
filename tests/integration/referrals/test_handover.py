"""Somebody leaves, and nothing that was with them is lost."""

from datetime import timedelta
from typing import Any

from shared.runtime.clock import today
from tests.integration.referrals.beat import Beat
from tests.integration.referrals.office import Office
from tests.integration.referrals.test_requests import EMPLOYEES, asked, look, sent, step


async def leave(office: Office, officer: str, last_day: str, **given: Any) -> dict[str, Any]:
    path = f"/v1/contacts/officers/{officer}/leaving"
    return dict(await office.post("border", path, {"last_day": last_day} | given, 200))


async def test_the_pack_holds_what_is_open_and_the_successor_has_it_with_the_answers(office: Office) -> None:
    olive, oscar = await office.officer("border", "olive"), await office.officer("border", "oscar")
    desk = await office.post("border", "/v1/contacts", {"role": "Desk", "topics": ["tips"], "people": [olive]})
    id_, ended = await sent(office), await sent(office)
    await step(office, "revenue/rita", ended, "hit", {"hit": True})
    await step(office, "revenue/rita", ended, "answer", {"values": {"employees": EMPLOYEES}})
    pack = await office.get("border", f"/v1/contacts/officers/{olive}/handover")
    assert [one["id"] for one in pack["roles"]] == [desk["id"]]
    assert [(one["kind"], one["id"]) for one in pack["open"]] == [("request", id_)]

    last_day = today()
    passed = await leave(office, olive, last_day.isoformat(), successor=oscar)
    assert (passed["successor"]["name"], passed["open"]) == ("oscar", pack["open"])
    assert [[one["name"] for one in role["people"]] for role in passed["roles"]] == [["oscar"]]
    assert (await look(office, "border/oscar", ended))["answer"] == {"employees": EMPLOYEES}
    assert (await look(office, "border/olive", ended))["answer"] is None
    await step(office, "border/oscar", id_, "withdrawal", {"says": "No longer needed."})
    asked = {"agency": "border", "topic": "tips"}
    for day, name in ((last_day, "olive"), (last_day + timedelta(days=1), "oscar")):
        found = await office.get("council", "/v1/contacts/who", params=asked | {"day": day.isoformat()})
        assert found["on_duty"]["name"] == name


async def test_who_made_a_request_cannot_approve_it_after_passing_it_on(office: Office) -> None:
    olive, oscar = await office.officer("border", "olive"), await office.officer("border", "oscar")
    role = {"role": "Chief", "topics": ["authorising-officer"], "people": [olive]}
    await office.post("border", "/v1/contacts", role)
    id_ = await asked(office)
    await leave(office, olive, today().isoformat(), successor=oscar)
    await step(office, "border/olive", id_, "authority", {"says": "My own, on my last day."}, 403)


async def test_without_a_successor_the_deputy_takes_over_and_without_a_deputy_the_role_has_it_still(
    office: Office,
) -> None:
    olive, oscar = await office.officer("border", "olive"), await office.officer("border", "oscar")
    await office.post("border", "/v1/contacts", {"role": "Desk", "topics": ["tips"], "people": [olive, oscar]})
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert (await leave(office, olive, today().isoformat()))["successor"]["name"] == "oscar"
    passed = await leave(office, oscar, tomorrow)
    assert (passed["successor"], [role["people"] for role in passed["roles"]]) == (None, [[]])
    later = (today() + timedelta(days=9)).isoformat()
    found = await office.get("council", f"/v1/contacts/who?agency=border&topic=tips&day={later}")
    assert (found["role"], found["on_duty"]) == ("Desk", None)


async def test_who_has_left_may_be_named_for_nothing(office: Office) -> None:
    olive = await office.officer("border", "olive")
    await leave(office, olive, (today() - timedelta(days=1)).isoformat())
    await office.post("border", "/v1/contacts", {"role": "Desk", "people": [olive]}, 422)
    answer = await office.call(
        "council", "POST", f"/v1/contacts/officers/{olive}/leaving", json={"last_day": today().isoformat()}
    )
    assert answer.status_code == 404


async def test_a_referral_that_somebody_took_is_with_the_successor(beat: Beat) -> None:
    seen = (await beat.adopt("fire"))["blocked-exits"]
    await beat.file("council/cara", seen)
    (referral,) = await beat.inbox("fire")
    await beat.step("fire/finn", referral["referral_id"], "accept", referral["version"])
    finn, flo = await beat.officer("fire", "finn"), await beat.officer("fire", "flo")
    pack = await beat.get("fire", f"/v1/contacts/officers/{finn}/handover")
    assert [(one["kind"], one["id"]) for one in pack["open"]] == [("referral", referral["referral_id"])]
    path = f"/v1/contacts/officers/{finn}/leaving"
    await beat.post("fire", path, {"last_day": today().isoformat(), "successor": flo}, 200)
    (passed,) = await beat.inbox("fire")
    assert passed["taken_by"] == "flo"

"""Contacts: each agency keeps its own, every partner reads all; an absence or a succession moves what is asked."""

from datetime import date, timedelta
from typing import Any

import time_machine

from tests.integration.referrals.office import PARTNERSHIP, Office

DAY = date(2026, 11, 23)


async def role(office: Office, agency: str = "revenue", **given: Any) -> dict[str, Any]:
    fixed = {"role": "Request desk", "topics": ["rti"], "hours": "Mon to Fri, 9 to 5"}
    return dict(await office.post(agency, "/v1/contacts", fixed | given))


async def who(office: Office, day: date = DAY, caller: str = "council", **asked: str) -> dict[str, Any]:
    params = {"agency": "revenue", "topic": "rti", "day": day.isoformat()} | asked
    return dict(await office.get(caller, "/v1/contacts/who", params=params))


async def test_a_partner_learns_who_to_ring_and_who_stands_in(office: Office) -> None:
    ann, bob = await office.officer("revenue", "Ann", phone="01872 1"), await office.officer("revenue", "Bob")
    await role(office, people=[ann, bob])
    away = {"since": DAY.isoformat(), "until": (DAY + timedelta(days=1)).isoformat()}
    with time_machine.travel(DAY - timedelta(days=1)):
        made = await role(office, people=[ann, bob], areas=["TR"])
    absence = await office.post("revenue", f"/v1/contacts/officers/{ann}/absences", away)
    assert await office.get("revenue", "/v1/contacts/officers") == [
        {"id": ann, "name": "Ann", "phone": "01872 1", "email": None, "subject": "Ann", "left_on": None,
         "absences": [{"id": absence["id"], **away}]},
        {"id": bob, "name": "Bob", "phone": None, "email": None, "subject": "Bob", "left_on": None, "absences": []},
    ]  # fmt: skip
    found = await who(office, area="TR1")
    assert (found["id"], found["people"][0]["name"], found["on_duty"]["name"]) == (made["id"], "Ann", "Bob")
    assert found["people"][0] == {"id": ann, "name": "Ann", "phone": "01872 1", "email": None}
    assert (await who(office, DAY + timedelta(days=2), area="TR1"))["on_duty"]["name"] == "Ann"
    await office.call("revenue", "DELETE", f"/v1/contacts/officers/{ann}/absences/{absence['id']}")
    assert (await who(office, area="TR1"))["on_duty"]["name"] == "Ann"


async def test_a_role_that_is_ended_leaves_what_it_had_to_the_next_wider_one(office: Office) -> None:
    with time_machine.travel(DAY):
        await role(office, topics=[], role="Switchboard")
        narrow = await role(office)
        assert (await who(office))["role"] == "Request desk"
        answer = await office.call("revenue", "DELETE", f"/v1/contacts/{narrow['id']}")
        assert (answer.status_code, (await who(office))["role"]) == (204, "Switchboard")
        again = await office.call("revenue", "DELETE", f"/v1/contacts/{narrow['id']}")
        assert again.status_code == 409


async def test_a_succession_counts_from_its_day_and_what_was_before_stays_known(office: Office) -> None:
    ann, bob = await office.officer("revenue", "Ann"), await office.officer("revenue", "Bob")
    with time_machine.travel(DAY):
        made = await role(office, people=[ann])
    later = DAY + timedelta(days=7)
    await office.post("revenue", f"/v1/contacts/{made['id']}/succession", {"people": [bob], "since": later.isoformat()})
    found = [(await who(office, day))["people"][0]["name"] for day in (DAY, later - timedelta(days=1), later)]
    assert found == ["Ann", "Ann", "Bob"]
    assert [one["people"][0]["name"] for one in await office.get("council", f"/v1/contacts?day={later}")] == ["Bob"]


async def test_nobody_writes_another_agencys_contacts(office: Office) -> None:
    ann = await office.officer("revenue", "Ann")
    made = await role(office, people=[ann])
    body = {"people": [], "since": "2030-01-01"}
    others = [
        await office.call("council", "POST", f"/v1/contacts/{made['id']}/succession", json=body),
        await office.call("council", "PUT", f"/v1/contacts/{made['id']}", json={"role": "Mine"}),
        await office.call("council", "DELETE", f"/v1/contacts/{made['id']}"),
        await office.call("council", "PUT", f"/v1/contacts/officers/{ann}", json={"name": "Mine"}),
    ]
    assert [answer.status_code for answer in others] == [404, 404, 404, 404]
    stranger = {"role": "Desk", "people": [ann]}
    answer = await office.call("council", "POST", "/v1/contacts", json=stranger)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.people")
    assert await office.get("council", "/v1/contacts/officers") == []


async def test_senders_see_that_a_role_has_no_capacity_and_when_it_takes_things_in(office: Office) -> None:
    change = {"role": "Request desk", "topics": ["rti"], "digest": "weekly", "no_capacity_until": "2026-11-30"}
    with time_machine.travel(DAY):
        made = await role(office)
        answer = await office.call("revenue", "PUT", f"/v1/contacts/{made['id']}", json=change)
        assert answer.status_code == 200
        found = await who(office)
    assert (found["digest"], found["no_capacity_until"]) == ("weekly", "2026-11-30")


async def test_an_agency_that_is_no_partner_or_none_any_more_gains_nothing_by_its_token(office: Office) -> None:
    await role(office, people=[await office.officer("revenue", "Ann", phone="01872 1")])
    for path in ("contacts", "contacts/who?agency=revenue&topic=rti", "contacts/officers", "indicators"):
        assert (await office.call("council", "GET", f"/v1/{path}")).status_code == 200
        assert (await office.call("ghost", "GET", f"/v1/{path}")).status_code == 403
    without = PARTNERSHIP.partition("- {id: council-asks")[0].replace(",\n  {id: council, title: Council}", "")
    office.settings.partnership_file.write_text(without)
    read = await office.call("council", "GET", "/v1/contacts")
    assert (read.status_code, "Ann" in read.text) == (403, False)
    written = await office.call("council", "POST", "/v1/contacts/officers", json={"name": "Eve", "subject": "eve"})
    assert written.status_code == 403

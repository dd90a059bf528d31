"""Visits through the API: what is planned, what partners see of it, who may change it, who comes."""

from typing import Any

import pytest

from shared.contracts.identifiers import business_id
from shared.sharing import load_partnership
from tests.integration.calendar.served import BETWEEN, Calendar, address, gateway, planned, rules, slot
from tests.integration.linker.patterns import shop
from tests.integration.linker.world import id_of, placed, received

HERE = "/v1/visits?near=51.511,-0.375&km=1"
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


async def refused(calendar: Calendar, body: dict[str, Any], agency: str = "council") -> dict[str, Any]:
    answer = await calendar.call("POST", "/v1/visits", body, agency)
    assert answer.status_code == 422, answer.text
    return dict(answer.json()["errors"][0])


async def test_a_business_of_ones_view_is_visited_where_ones_own_records_have_it(calendar: Calendar) -> None:
    await calendar.world.take(
        received("fire", "1", shop("GOLDEN CHICKEN LTD", "12, The Broadway")),
        received("council", "1", placed(shop("Golden Chicken", "12 The Broadway"), 51.5110, -0.3750)),
    )
    (id_,) = await calendar.world.businesses("council")
    made = await calendar.plan("council", {"business_id": id_})
    assert made["place"]["address"]["lines"] == ["12 The Broadway, Southall, UB1 1AA"]
    assert (made["place"]["area"], made["own"]["business_id"]) == ("UB1", id_)
    (near,) = (await calendar.get(HERE, "fire"))["visits"]
    assert near["visit_id"] == made["visit_id"]
    for agency, found in (("council", [made["visit_id"]]), ("fire", [])):  # whose id it is not
        listed = await calendar.get(f"/v1/visits?business_id={id_}", agency)
        assert [one["visit_id"] for one in listed["visits"]] == found


async def test_a_place_is_named_to_partners_by_its_planner_and_never_by_a_third_agencys_record(
    calendar: Calendar,
) -> None:
    between = (*BETWEEN, gateway("hmrc", "council", "inspections"))
    calendar.govern(*between)
    await calendar.world.settle(load_partnership(rules(*between)))
    hidden = placed(shop("Quiet Kitchen", "5 Hidden Lane"), 51.5110, -0.3750)
    await calendar.world.take(received("hmrc", "1", hidden))
    (id_,) = await calendar.world.businesses("council")
    fault = await refused(calendar, planned({"business_id": id_}))
    assert (fault["field"], fault["code"]) == ("body.place.address", "missing")
    made = await calendar.plan("council", address(5, "Hidden Lane") | {"name": None, "business_id": id_})
    seen = await calendar.get(f"/v1/visits/{made['visit_id']}", "fire")
    assert (made["own"]["business_id"], seen["place"]["name"]) == (id_, None)
    assert (await calendar.get(HERE, "fire"))["visits"] == []


async def test_a_business_of_anothers_view_cannot_be_picked_and_is_not_told_of(calendar: Calendar) -> None:
    await calendar.world.take(received("hmrc", "1", shop()))
    hidden = {"business_id": business_id(id_of("hmrc", "1"))}
    nowhere = {"business_id": "biz_" + "a" * 20}
    assert await refused(calendar, planned(hidden)) == await refused(calendar, planned(nowhere))


async def test_an_address_is_short_because_every_list_of_visits_holds_it(calendar: Calendar) -> None:
    place = address()
    place["address"]["lines"] *= 200
    assert (await refused(calendar, planned(place)))["field"] == "body.place"


async def test_times_are_londons_and_those_that_the_clock_skips_or_shows_twice_are_asked_back(
    calendar: Calendar,
) -> None:
    summer = await calendar.plan("council", None, slot("2027-07-01"))
    assert (summer["starts"], summer["ends"]) == ("2027-07-01T09:00:00Z", "2027-07-01T10:00:00Z")
    skipped = await refused(calendar, planned(when=slot("2027-03-28", "01:30", "02:30")))
    assert skipped["remedy"] == "The clocks go forward that night and skip this time; choose another."
    twice = await refused(calendar, planned(when=slot("2027-10-31", "01:30", "02:30")))
    assert (twice["field"], twice["code"]) == ("body.when.starts", "clock_change")
    said = await calendar.plan("council", None, {"starts": "2027-10-31T01:30+01:00", "ends": "2027-10-31T02:30"})
    assert said["starts"] == "2027-10-31T00:30:00Z"


async def test_a_window_is_whole_days_in_london(calendar: Calendar) -> None:
    made = await calendar.plan("council", None, {"first": "2027-03-27", "last": "2027-03-28"})
    assert (made["starts"], made["ends"]) == ("2027-03-27T00:00:00Z", "2027-03-28T23:00:00Z")
    assert (made["first_day"], made["last_day"]) == ("2027-03-27", "2027-03-28")


async def test_advice_names_bank_holidays_hours_and_days_too_far_ahead_to_know(calendar: Calendar) -> None:
    made = await calendar.plan("council", None, slot("2026-12-25", "19:00", "20:00"))
    codes = {one["code"]: one["sentence"] for one in made["own"]["advice"]}
    assert codes["bank_holiday"] == "It is on a bank holiday: Christmas Day."
    assert "out_of_hours" in codes
    far = await calendar.plan("council", None, slot("2029-01-15"))
    assert [one["code"] for one in far["own"]["advice"]] == ["holidays_unknown"]


async def test_of_two_who_change_one_version_the_second_is_told(calendar: Calendar) -> None:
    made = await calendar.plan()
    path, change = f"/v1/visits/{made['visit_id']}", {"version": made["version"], "when": slot("2027-02-04")}
    assert (await calendar.call("PATCH", path, change)).json()["version"] == 2
    second = await calendar.call("PATCH", path, change | {"when": slot("2027-02-05")})
    assert (second.status_code, second.json()["detail"]) == (
        409,
        "The visit was changed since you saw it; read it again.",
    )
    assert (await calendar.get(path))["first_day"] == "2027-02-04"


async def test_partners_see_what_is_shared_and_only_its_agency_what_is_its_own(calendar: Calendar) -> None:
    made = await calendar.plan(note="Ask for Amir", contribution={"officers": 2, "people": ["dev|jo"]})
    path = f"/v1/visits/{made['visit_id']}"
    theirs = await calendar.get(path, "fire")
    assert (theirs["own"], theirs["details"]["attendances"][0]["people"]) == (None, [])
    assert made["details"]["attendances"][0]["people"] == ["dev|jo"]
    assert (await calendar.call("GET", path, agency="police")).status_code == 404
    assert (
        await calendar.call("POST", f"{path}/cancel", {"version": 1, "reason": "safety"}, "fire")
    ).status_code == 403
    assert (
        await calendar.call("POST", f"{path}/cancel", {"version": 1, "reason": "safety"}, "hmrc")
    ).status_code == 404


async def test_revocation_withdraws_visits_at_once_those_that_were_told_by_invitation_too(calendar: Calendar) -> None:
    made = await calendar.plan("hmrc", tier="hidden", invite=[{"agency": "council", "met": ["authorising_officer"]}])
    path = f"/v1/visits/{made['visit_id']}"
    assert (await calendar.get(path))["details"]["lead"] == "hmrc"
    (*_, said) = await calendar.events("visit.changed")
    assert said["met"] == {"council": ["authorising_officer"]}
    calendar.govern(*BETWEEN[:3])
    assert (await calendar.call("GET", path)).status_code == 404
    assert (await calendar.get("/v1/visits"))["visits"] == []


async def test_who_may_not_be_told_cannot_be_invited_and_the_missing_power_is_named(calendar: Calendar) -> None:
    body = planned(invite=[{"agency": "council"}])
    answer = await calendar.call("POST", "/v1/visits", body, "hmrc")
    assert answer.status_code == 403
    assert "authorising officer" in answer.json()["detail"].lower() or "authoris" in answer.json()["detail"]
    nobody = await calendar.call("POST", "/v1/visits", planned(invite=[{"agency": "hmrc"}]), "council")
    assert nobody.status_code == 403
    assert (await calendar.get("/v1/visits", "hmrc"))["visits"] == []


async def test_an_invitation_is_answered_by_its_own_agency_and_everybody_concerned_is_told(calendar: Calendar) -> None:
    made = await calendar.plan(invite=[{"agency": "fire"}], contribution={"officers": 2, "alone": 8})
    path = f"/v1/visits/{made['visit_id']}"
    answer = {"answer": "accepted", "contribution": {"officers": 1, "alone": 3, "uniformed": True}}
    accepted = await calendar.post(f"{path}/reply", answer, "fire")
    assert [(one["agency"], one["answer"]) for one in accepted["details"]["attendances"]] == [
        ("council", "accepted"),
        ("fire", "accepted"),
    ]
    assert "approach" in {one["code"] for one in (await calendar.get(path))["own"]["advice"]}
    assert (await calendar.call("POST", f"{path}/reply", answer, "council")).status_code == 404
    (*_, changed) = await calendar.events("visit.changed")
    assert (changed["agencies"], changed["version"]) == (["council", "fire"], accepted["version"])


async def test_a_cancelled_visit_says_why_and_is_told_to_all_who_were_invited(calendar: Calendar) -> None:
    made = await calendar.plan(invite=[{"agency": "fire"}])
    body = {"version": made["version"], "reason": "reallocated_at_short_notice"}
    gone = await calendar.post(f"/v1/visits/{made['visit_id']}/cancel", body)
    assert (gone["status"], gone["details"]["cancelled"]) == ("cancelled", "reallocated_at_short_notice")
    (said,) = await calendar.events("visit.cancelled")
    assert (said["agencies"], said["reason"], said["by"]) == (
        ["council", "fire"],
        "reallocated_at_short_notice",
        "council",
    )


async def test_events_of_a_visit_hold_no_word_of_what_it_is_about(calendar: Calendar) -> None:
    await calendar.confirmed(
        note="Ask for Amir", contact="Jo on 07700 900123", powers=[{"kind": "power", "power": "P1"}]
    )
    said = repr([await calendar.events("visit.planned"), await calendar.events("visit.changed")])
    assert not any(word in said for word in ("Amir", "07700", "Broadway", "Chicken", "enforcement", "P1"))


async def test_lists_filter_by_area_days_agency_and_distance_and_go_on_where_they_ended(calendar: Calendar) -> None:
    near = address() | {}
    near["address"] = near["address"] | {"latitude": 51.5110, "longitude": -0.3750}
    far = address(1, "Mattock Lane", "W5 5BB")
    far["address"] = far["address"] | {"latitude": 51.5120, "longitude": -0.3070}
    first = await calendar.plan("council", near, slot("2027-02-01"))
    second = await calendar.plan("fire", far, slot("2027-02-02"))
    third = await calendar.plan("fire", near, slot("2027-03-02"))

    async def listed(query: str) -> list[str]:
        return [one["visit_id"] for one in (await calendar.get(f"/v1/visits?{query}"))["visits"]]

    ids = [one["visit_id"] for one in (first, second, third)]
    assert await listed("") == ids
    assert await listed("area=W5") == [ids[1]]
    assert await listed("since=2027-02-02&until=2027-02-28") == [ids[1]]
    assert await listed("agency=fire") == ids[1:]
    assert await listed("near=51.511,-0.375&km=1") == [ids[0], ids[2]]
    page = await calendar.get("/v1/visits?limit=2")
    assert [one["visit_id"] for one in page["visits"]] == ids[:2]
    assert await listed(f"limit=2&cursor={page['next']}") == ids[2:]
    close = await calendar.get(f"/v1/visits/{ids[0]}/near?km=10")
    assert [one["visit_id"] for one in close["visits"]] == [ids[1]]


async def test_a_page_ends_where_it_did_before_there_was_something_hidden(calendar: Calendar) -> None:
    for day in ("2027-02-01", "2027-02-03", "2027-02-05"):
        await calendar.plan("fire", None, slot(day))
    before = await calendar.get("/v1/visits?limit=2")
    for day in ("2027-02-01", "2027-02-02", "2027-02-03", "2027-02-04"):
        await calendar.plan("fire", None, slot(day), tier="ring")
        await calendar.plan("hmrc", None, slot(day))
        await calendar.plan("police", None, slot(day))
    assert await calendar.get("/v1/visits?limit=2") == before


async def test_an_answer_that_is_held_is_not_sent_again(calendar: Calendar) -> None:
    made = await calendar.plan()
    path = f"/v1/visits/{made['visit_id']}"
    tag = (await calendar.call("GET", path)).headers["etag"]
    assert (await calendar.call("GET", path, headers={"If-None-Match": tag})).status_code == 304


async def test_for_a_purpose_without_a_power_only_ones_own_is_shown(calendar: Calendar) -> None:
    calendar.govern(*BETWEEN, gateway("fire", "police", "visits"))
    await calendar.plan("fire")
    assert len((await calendar.get("/v1/visits", "police"))["visits"]) == 1
    other = await calendar.get("/v1/visits", "police", claims={"purpose": "licensing"})
    assert other["visits"] == []


async def test_a_routine_round_keeps_its_hour_in_london_and_moves_off_bank_holidays(calendar: Calendar) -> None:
    body = {"visit": planned(when=slot("2027-02-01")), "rule": "FREQ=MONTHLY;COUNT=4"}
    made = await calendar.post("/v1/visits/programmes", body)
    assert [one["starts"] for one in made["visits"]] == [
        "2027-02-01T10:00:00Z",
        "2027-03-01T10:00:00Z",
        "2027-04-01T09:00:00Z",
        "2027-05-04T09:00:00Z",  # the 1st is a Saturday, the 3rd a bank holiday
    ]
    listed = await calendar.get(f"/v1/visits?programme={made['programme']}")
    assert len(listed["visits"]) == 4
    assert (await calendar.get(f"/v1/visits?programme={made['programme']}", "fire"))["visits"] == []


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=HOURLY;COUNT=3", "every Monday", "FREQ=DAILY;COUNT=61"])
async def test_a_rule_that_is_none_never_ends_or_comes_too_often_is_refused(calendar: Calendar, rule: str) -> None:
    answer = await calendar.call("POST", "/v1/visits/programmes", {"visit": planned(), "rule": rule})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.rule")

"""What came of visits: told to the graph and to those who had referred it; who comes where it agreed to come."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from tests.integration.calendar.served import Calendar, address, planned, slot

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)

DAY = "2026-12-01"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=True) as traveller:
        yield traveller


def after(clock: time_machine.Traveller, day: int = 2, month: int = 12, year: int = 2026) -> None:
    clock.move_to(datetime(year, month, day, 9, tzinfo=UTC))


def found(kind: str = "notice", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "regime": "food-hygiene", "found_on": DAY} | more


async def held(calendar: Calendar, **more: Any) -> dict[str, Any]:
    """A confirmed visit of council, to which fire agreed to come."""
    made = await calendar.confirmed("council", None, slot(DAY), invite=[{"agency": "fire"}], **more)
    await calendar.post(f"/v1/visits/{made['visit_id']}/reply", {"answer": "accepted"}, "fire")
    return made


async def test_an_outcome_becomes_a_record_of_its_own_agency(calendar: Calendar, clock: Any) -> None:
    visit = await held(calendar)
    after(clock)
    made = await calendar.post(f"/v1/visits/{visit['visit_id']}/outcomes", found(note="Amir was there"), "fire")
    (noted,) = await calendar.events("outcome.recorded")
    assert (noted["agency"], noted["regime"], noted["source_ref"]) == ("fire", "food-hygiene", made["outcome_id"])
    said = noted["record"]["observation"]
    assert (said["kind"], said["severity"], said["observed_on"]) == ("concern", 2, DAY)
    assert noted["record"]["address"]["postcode"] == "UB1 1AA"
    assert "Amir" not in repr(noted)


async def test_nothing_found_is_kept_as_a_negative_and_what_was_put_right_as_closed(
    calendar: Calendar, clock: Any
) -> None:
    visit = await held(calendar)
    after(clock)
    for kind in ("nothing_found", "resolved_on_site", "referral_made"):
        await calendar.post(f"/v1/visits/{visit['visit_id']}/outcomes", found(kind))
    said = [noted["record"]["observation"] for noted in await calendar.events("outcome.recorded")]
    assert [one["kind"] for one in said] == ["nothing_found", "concern", "presence"]
    assert said[1]["closed_on"] == DAY


async def test_a_late_outcome_tells_those_who_had_referred_it(calendar: Calendar, clock: Any) -> None:
    visit = await held(calendar, referrals=["ref_1"])
    after(clock, 1, 12, 2027)
    body = found("penalty", found_on="2027-11-30", value_pence=40_000_00)
    made = await calendar.post(f"/v1/visits/{visit['visit_id']}/outcomes", body)
    assert made["late"] is True
    (said,) = await calendar.events("visit.outcome")
    assert (said["referrals"], said["kind"], said["late"], said["visit_agency"]) == (
        ["ref_1"],
        "penalty",
        True,
        "council",
    )


async def test_who_came_along_names_its_own_referrals_and_what_is_taken_back_is_told_to_all(
    calendar: Calendar, clock: Any
) -> None:
    visit = await held(calendar, referrals=["ref_1"])
    body = {"answer": "accepted", "contribution": {"officers": 1, "referrals": ["ref_9"]}}
    accepted = await calendar.post(f"/v1/visits/{visit['visit_id']}/reply", body, "fire")
    named = {one["agency"]: one["referrals"] for one in accepted["details"]["attendances"]}
    seen = await calendar.get(f"/v1/visits/{visit['visit_id']}")
    assert (named, "ref_9" in str(seen)) == ({"council": [], "fire": ["ref_9"]}, False)
    after(clock)
    made = await calendar.post(f"/v1/visits/{visit['visit_id']}/outcomes", found())
    await calendar.call("DELETE", f"/v1/outcomes/{made['outcome_id']}")
    said = await calendar.events("visit.outcome")
    assert [(one["visit_agency"], one["referrals"], one["taken_back"]) for one in said] == [
        ("council", ["ref_1"], False),
        ("fire", ["ref_9"], False),
        ("council", ["ref_1"], True),
        ("fire", ["ref_9"], True),
    ]


async def test_only_who_was_to_come_records_only_of_what_took_place_only_values_that_there_are(
    calendar: Calendar, clock: Any
) -> None:
    visit = await held(calendar)
    path = f"/v1/visits/{visit['visit_id']}/outcomes"
    assert (await calendar.call("POST", path, found())).status_code == 409
    after(clock)
    assert (await calendar.call("POST", path, found(), "police")).status_code == 404
    assert (await calendar.call("POST", path, found("advice", value_pence=1))).status_code == 422


async def test_outcomes_are_seen_where_their_agency_shares_them_and_the_visit_is_known(
    calendar: Calendar, clock: Any
) -> None:
    seen, hidden = (
        await held(calendar),
        await calendar.confirmed("council", address(14), slot("2026-12-02"), tier="ring"),
    )
    after(clock, 3)
    shown = await calendar.post(f"/v1/visits/{seen['visit_id']}/outcomes", found(note="mine"))
    await calendar.post(f"/v1/visits/{hidden['visit_id']}/outcomes", found())
    (theirs,) = (await calendar.get("/v1/outcomes?kind=notice", "fire"))["outcomes"]
    assert theirs == shown | {"note": None}
    assert (await calendar.get("/v1/outcomes", "police"))["outcomes"] == []
    assert len((await calendar.get("/v1/outcomes"))["outcomes"]) == 2


async def test_an_outcome_that_is_taken_back_leaves_the_graph_too(calendar: Calendar, clock: Any) -> None:
    visit = await held(calendar)
    after(clock)
    made = await calendar.post(f"/v1/visits/{visit['visit_id']}/outcomes", found())
    path = f"/v1/outcomes/{made['outcome_id']}"
    assert (await calendar.call("DELETE", path, agency="fire")).status_code == 404
    assert (await calendar.call("DELETE", path)).status_code == 204
    assert (await calendar.events("outcome.recorded"))[-1]["record"] is None


async def test_reliability_counts_who_came_who_did_not_and_who_cancelled_late(calendar: Calendar, clock: Any) -> None:
    kept, dropped = (
        await held(calendar),
        await calendar.plan("fire", None, slot("2026-12-08"), invite=[{"agency": "council"}]),
    )
    await calendar.post(f"/v1/visits/{dropped['visit_id']}/reply", {"answer": "accepted"})
    after(clock, 7)
    path = f"/v1/visits/{kept['visit_id']}"
    await calendar.post(f"{path}/attended", {"attended": True, "officers_sent": 2})
    await calendar.post(f"{path}/attended", {"attended": False}, "fire")
    await calendar.post(f"{path}/done", {"version": (await calendar.get(path))["version"]})
    version = (await calendar.get(f"/v1/visits/{dropped['visit_id']}", "fire"))["version"]
    await calendar.post(
        f"/v1/visits/{dropped['visit_id']}/cancel", {"version": version, "reason": "no_capacity"}, "fire"
    )
    told = (await calendar.get("/v1/calendar/reliability?since=2026-12-01&until=2026-12-31"))["agencies"]
    counts = {one["agency"]: (one["agreed"], one["attended"], one["missed"], one["cancelled_late"]) for one in told}
    assert counts == {"council": (2, 1, 0, 0), "fire": (2, 0, 1, 1)}
    assert len((await calendar.get(told[1]["list"]))["visits"]) == 2


async def test_a_visit_of_which_nobody_says_that_it_took_place_counts_as_not_told_after_a_while(
    calendar: Calendar, clock: Any
) -> None:
    joint = await calendar.plan("council", None, slot(DAY), invite=[{"agency": "fire"}])
    await calendar.post(f"/v1/visits/{joint['visit_id']}/reply", {"answer": "accepted"}, "fire")
    after(clock, 15)
    assert (await calendar.get("/v1/calendar/reliability"))["agencies"] == []
    after(clock, 16)
    told = (await calendar.get("/v1/calendar/reliability"))["agencies"]
    assert {one["agency"]: (one["agreed"], one["not_told"], one["not_said"]) for one in told} == {
        "council": (1, 1, 0),
        "fire": (1, 1, 0),
    }
    listed = (await calendar.get(told[1]["untold"]))["visits"]
    assert [one["visit_id"] for one in listed] == [joint["visit_id"]]
    assert (await calendar.get("/v1/calendar/reliability", "police"))["agencies"] == []


async def test_a_visit_that_has_not_begun_was_attended_by_nobody(calendar: Calendar, clock: Any) -> None:
    made = await calendar.post("/v1/visits", planned(when=slot(DAY)))
    answer = await calendar.call("POST", f"/v1/visits/{made['visit_id']}/attended", {"attended": True})
    assert answer.status_code == 409

"""Deconfliction through the API: what clashes, and what is told of it."""

from typing import Any

import pytest

from shared.contracts.identifiers import business_id
from tests.integration.calendar.served import BETWEEN, Calendar, address, gateway, planned, slot
from tests.integration.linker.patterns import MOBILE, shop
from tests.integration.linker.world import id_of, received

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)

SOON = slot("2027-02-10")
LATER = slot("2027-06-10")


async def test_a_visit_elsewhere_or_at_another_time_is_no_clash(calendar: Calendar) -> None:
    await calendar.confirmed()
    for place, when in ((address(14), slot()), (address(), LATER)):
        assert (await calendar.confirm(await calendar.plan("fire", place, when), "fire")).status_code == 200


async def test_the_same_premises_is_known_however_it_is_written(calendar: Calendar) -> None:
    theirs = await calendar.confirmed()
    place = {"address": {"lines": ["12, The Broadway, Southall, UB1 1AA"]}}
    answer = await calendar.confirm(await calendar.plan("fire", place, SOON), "fire")
    assert answer.status_code == 409
    (clash,) = answer.json()["clashes"]["clashes"]
    assert (clash["visit_id"], clash["how"], clash["blocks"]) == (theirs["visit_id"], "same_premises", True)
    assert clash["sentence"].startswith("Council has a confirmed visit at the same premises, on 3 February 2027. Ring ")


async def test_who_says_that_it_knows_and_why_goes_ahead_but_only_with_what_it_was_told(calendar: Calendar) -> None:
    await calendar.confirmed()
    mine = await calendar.plan("fire", None, SOON)
    told = (await calendar.confirm(mine, "fire")).json()["clashes"]
    again = await calendar.plan("council", None, slot("2027-02-08"))
    await calendar.confirm(again, knowing=(await calendar.confirm(again)).json()["clashes"]["seen"], reason="agreed")
    assert (await calendar.confirm(mine, "fire", knowing=told["seen"], reason="Rang them.")).status_code == 409
    now = await calendar.get(f"/v1/visits/{mine['visit_id']}/clashes", "fire")
    answer = await calendar.confirm(mine, "fire", knowing=now["seen"], reason="Rang them.")
    assert answer.status_code == 200
    assert answer.json()["own"]["knowing"] == "Rang them."


async def test_of_a_hidden_police_operation_nothing_is_told_but_whom_to_ring(calendar: Calendar) -> None:
    mine = await calendar.plan("council", None, SOON)
    alone = (await calendar.get(f"/v1/visits/{mine['visit_id']}/clashes"))["clear"]
    await calendar.confirmed("police", None, slot(), tier="full", purpose="enforcement", regimes=["drugs"])
    answer = await calendar.confirm(mine)
    assert (alone, answer.status_code) == (True, 409)
    told = answer.json()["clashes"]
    sentence = "A partner plans something that concerns this place. Ring police liaison desk first."
    assert told["clashes"] == []
    assert told["caps"] == []
    assert told["ring"] == [{"contact": "police liaison desk", "sentence": sentence}]
    assert answer.json()["detail"] == sentence
    assert "drugs" not in answer.text
    assert "2027-02-03" not in answer.text
    assert (await calendar.get("/v1/visits"))["visits"] == [await calendar.get(f"/v1/visits/{mine['visit_id']}")]


async def test_who_moves_a_visit_about_learns_four_weeks_and_never_the_day_of_a_hidden_one(calendar: Calendar) -> None:
    police = await calendar.confirmed("police", None, slot("2027-02-01"))

    async def told() -> list[Any]:
        plans = [await calendar.plan("council", None, slot(day)) for day in ("2027-01-10", "2027-03-20", "2027-04-01")]
        found = [(await calendar.get(f"/v1/visits/{plan['visit_id']}/clashes"))["ring"] for plan in plans]
        for plan in plans:
            await calendar.post(f"/v1/visits/{plan['visit_id']}/cancel", {"version": 1, "reason": "other"})
        return found

    early = await told()
    moved = {"version": police["version"], "when": slot("2027-02-28")}
    await calendar.call("PATCH", f"/v1/visits/{police['visit_id']}", moved, "police")
    assert (await told(), [bool(one) for one in early]) == (early, [True, True, False])


async def test_two_hidden_operations_are_told_as_one(calendar: Calendar) -> None:
    mine = await calendar.plan("council", None, SOON)
    await calendar.confirmed("police")
    path = f"/v1/visits/{mine['visit_id']}/clashes"
    one = await calendar.get(path)
    await calendar.plan("police", None, slot("2027-02-04"))
    assert await calendar.get(path) == one


async def test_its_owner_may_hide_it_altogether_and_is_told_of_the_others(calendar: Calendar) -> None:
    hidden = await calendar.confirmed("fire", tier="hidden")
    theirs = await calendar.confirmed("council", None, SOON)
    told = await calendar.get(f"/v1/visits/{hidden['visit_id']}/clashes", "fire")
    assert [clash["visit_id"] for clash in told["clashes"]] == [theirs["visit_id"]]


async def test_where_no_power_lets_them_know_neither_is_told(calendar: Calendar) -> None:
    await calendar.confirmed("hmrc")
    assert (await calendar.confirm(await calendar.plan("fire"), "fire")).status_code == 200


async def test_the_days_alone_are_told_where_the_owner_lets_partners_see_no_more(calendar: Calendar) -> None:
    await calendar.confirmed("fire", tier="agency", contact="020 7946 0018")
    mine = await calendar.plan("council", None, SOON)
    (clash,) = (await calendar.get(f"/v1/visits/{mine['visit_id']}/clashes"))["clashes"]
    assert clash["contact"] == "020 7946 0018"
    shown = await calendar.get(f"/v1/visits/{clash['visit_id']}")
    assert (shown["agency"], shown["first_day"]) == ("fire", "2027-02-03")
    assert [shown[name] for name in ("starts", "ends", "version", "details", "own")] == [None] * 5


async def test_a_business_of_the_same_network_by_the_askers_own_records(calendar: Calendar) -> None:
    await calendar.world.take(
        received("council", "1", shop("Golden Chicken", phones=(MOBILE,))),
        received("council", "2", shop("Pizza Palace", "240 Park Lane", phones=(MOBILE,))),
    )
    theirs = await calendar.confirmed("fire", address(240, "Park Lane"))
    place = {"business_id": business_id(id_of("council", "1"))}
    answer = await calendar.confirm(await calendar.plan("council", place, SOON))
    (clash,) = answer.json()["clashes"]["clashes"]
    assert (clash["visit_id"], clash["how"]) == (theirs["visit_id"], "network")


async def test_a_business_is_spared_more_visits_than_were_agreed(calendar: Calendar) -> None:
    await calendar.confirmed("council", None, slot("2027-01-04"))
    await calendar.confirmed("council", None, slot("2027-02-15"))
    answer = await calendar.confirm(await calendar.plan("fire", None, slot("2027-03-29")), "fire")
    told = answer.json()["clashes"]
    assert (answer.status_code, told["clashes"]) == (409, [])
    assert told["caps"][0]["sentence"] == "With yours it would have 3 visits within 90 days; 2 are agreed."
    assert len(told["caps"][0]["visits"]) == 2


async def test_eight_officers_are_enough(calendar: Calendar) -> None:
    await calendar.confirmed("council", None, slot("2027-01-04"), contribution={"officers": 6})
    visit = await calendar.plan("fire", None, slot("2027-02-15"), contribution={"officers": 3})
    (cap,) = (await calendar.get(f"/v1/visits/{visit['visit_id']}/clashes", "fire"))["caps"]
    assert (cap["code"], cap["sentence"]) == (
        "officers",
        "With yours it would have 9 officers within 90 days; 8 are agreed.",
    )


async def test_nine_officers_at_once_are_too_many_as_well(calendar: Calendar) -> None:
    visit = await calendar.plan(contribution={"officers": 9})
    (cap,) = (await calendar.get(f"/v1/visits/{visit['visit_id']}/clashes"))["caps"]
    assert (cap["code"], cap["visits"]) == ("officers", [])


async def test_a_confirmed_visit_that_moves_has_to_be_confirmed_again(calendar: Calendar) -> None:
    await calendar.confirmed("fire", address(14))
    mine = await calendar.confirmed()
    path = f"/v1/visits/{mine['visit_id']}"
    moved = await calendar.call("PATCH", path, {"version": mine["version"], "place": address(14)})
    assert moved.json()["status"] == "planned"
    assert (await calendar.confirm(moved.json())).status_code == 409


async def test_joining_takes_one_step_and_ones_own_visit_makes_way(calendar: Calendar) -> None:
    theirs = await calendar.confirmed(contribution={"officers": 2})
    mine = await calendar.plan("fire", None, SOON)
    (clash,) = (await calendar.confirm(mine, "fire")).json()["clashes"]["clashes"]
    body = {"instead_of": mine["visit_id"], "contribution": {"officers": 1, "alone": 4}}
    joined = await calendar.post(clash["join"], body, "fire")
    coming = {one["agency"]: (one["answer"], one["officers"]) for one in joined["details"]["attendances"]}
    assert coming == {"council": ("accepted", 2), "fire": ("accepted", 1)}
    gone = await calendar.get(f"/v1/visits/{mine['visit_id']}", "fire")
    assert (gone["status"], gone["details"]["cancelled"]) == ("cancelled", "joined_another")
    assert joined["visit_id"] == theirs["visit_id"]


async def test_who_sees_the_days_alone_asks_to_join_and_sees_more_once_accepted(calendar: Calendar) -> None:
    theirs = await calendar.confirmed(tier="agency")
    path = f"/v1/visits/{theirs['visit_id']}"
    asked = await calendar.post(f"{path}/join", {}, "fire")
    assert asked["details"] is None
    await calendar.call("DELETE", f"{path}/invitations/fire")
    assert [said["agencies"] for said in await calendar.events("visit.changed")][-1] == ["council"]  # it has the times
    await calendar.post(f"{path}/join", {}, "fire")
    accepted = await calendar.post(f"{path}/invitations", {"invite": [{"agency": "fire"}]})
    assert {one["agency"]: one["answer"] for one in accepted["details"]["attendances"]}["fire"] == "accepted"
    assert (await calendar.get(path, "fire"))["details"]["purpose"] == "enforcement"


async def test_a_clash_is_the_same_whatever_of_it_is_hidden(calendar: Calendar) -> None:
    await calendar.confirmed("council")
    mine = await calendar.plan("fire", None, SOON)
    path = f"/v1/visits/{mine['visit_id']}/clashes"
    before = await calendar.get(path, "fire")
    await calendar.confirmed("hmrc", None, SOON)
    await calendar.confirmed("police", None, SOON, tier="hidden")
    await calendar.post("/v1/visits", planned(when=SOON), "hmrc")
    assert await calendar.get(path, "fire") == before


async def test_what_others_know_of_a_network_changes_nothing_for_who_does_not(calendar: Calendar) -> None:
    """Police's visit is compared by police's own records, of which there are none: that council's join the two places
    is council's to know."""
    calendar.govern(*BETWEEN, gateway("council", "police", "visits"))
    await calendar.world.take(
        received("council", "1", shop("Golden Chicken", phones=(MOBILE,))),
        received("council", "2", shop("Pizza Palace", "240 Park Lane", phones=(MOBILE,))),
    )
    await calendar.confirmed("council", {"business_id": business_id(id_of("council", "1"))})
    theirs = await calendar.plan("police", address(240, "Park Lane"), SOON)
    assert (await calendar.get(f"/v1/visits/{theirs['visit_id']}/clashes", "police"))["clashes"] == []

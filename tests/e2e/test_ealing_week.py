"""A week in Ealing, from a fire officer's card to the partnership's report, through the public address alone.

Source: seed ¶11, ¶41, ¶47 to ¶50, Box 2 (three or more, then two, the ten most serious a week) and Table 3. Everybody
signs in at the gateway, agencies have classes and signed legal gateways, and files are as systems export them.
Everything is made up.
"""

import io
import json
from typing import Any

import icalendar
import pypdf
import pytest

from services.calendar.handlers.printing import amount
from shared.contracts.api.calendar.reports import PartnershipReport
from tests.e2e.ealing.exports import BUTCHERS, GROCERS, PIZZA, SHOP
from tests.e2e.ealing.partnership import COUNCIL, FIRE, HMRC, IMMIGRATION, RING
from tests.e2e.ealing.week import Week, played

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Week:
    return played(tmp_path_factory.mktemp("ealing"))


def test_a_card_puts_the_shop_among_those_with_three_regimes(week: Week) -> None:
    assert _listed(week.before)[:2] == [(BUTCHERS, 3), (SHOP, 2)]
    assert _listed(week.agenda)[:2] == [(BUTCHERS, 3), (SHOP, 3)]
    assert all(receipt["counts"]["rejected"] == 0 for receipt in week.receipts)


def _listed(agenda: dict[str, Any]) -> list[tuple[str, int]]:
    """Names, and the number of regimes that put each on the list."""
    return [(one["business"]["name"], int(one["listed_because"].split()[3])) for one in agenda["agenda"]]


def test_the_meeting_has_ten_businesses_and_says_of_each_what_is_done_and_why(week: Week) -> None:
    assert len(week.agenda["agenda"]) == 10 < 12
    assert [regimes for _, regimes in _listed(week.agenda)] == [3, 3, *[2] * 8]
    decided = {one["business"]["name"]: one["decision"] for one in week.agenda["agenda"] if one["decision"]}
    assert {name: (one["decision"], one["because"]) for name, one in decided.items()} == {
        SHOP: ("visit", None),
        BUTCHERS: ("no_visit", "better_information"),
        PIZZA: ("no_visit", "primary_authority"),
        GROCERS: ("visit", None),
    }
    marks = {one["business"]["name"]: one["primary_authority"] for one in week.agenda["agenda"]}
    assert [name for name, mark in marks.items() if mark] == [PIZZA]
    assert marks[PIZZA][0]["sentence"].startswith("Slough Borough Council is its primary authority for food hygiene")


def test_the_two_agencies_with_a_reason_come_and_who_may_open_the_door_leads(week: Week) -> None:
    council, immigration = week.proposal["attendees"]
    assert [council["agency"], immigration["agency"]] == [COUNCIL, IMMIGRATION]
    assert [one["regime"] for one in council["reasons"]] == ["food-hygiene", "housing"]
    assert "records of partners show a live concern" in immigration["reasons"][0]["sentence"]
    assert (council["entry"]["ease"], immigration["entry"]["ease"]) == ("open", "warrant")
    assert week.proposal["lead_because"][0] == "Ealing Council needs no warrant."
    (warrant,) = week.proposal["warrants"]
    assert (warrant["agency"], warrant["power"], warrant["names"]) == (
        COUNCIL,
        "housing-2004-s240-warrant",
        [IMMIGRATION],
    )
    assert (immigration["officers"], immigration["would_have_sent"]) == (2, 8)
    assert {one["why"] for one in week.proposal["left_out"]} == {
        "No live concern that you may see is in a regime that it enforces."
    }


def test_of_a_hidden_police_operation_the_planner_is_told_whom_to_ring_and_nothing_else(week: Week) -> None:
    (path,) = (path for path in week.told[0] if path.endswith("/clashes"))
    told = json.loads(week.told[0][path])
    seen = told.pop("seen")
    sentence = f"A partner plans something that concerns this place. Ring {RING} first."
    assert told == {
        "clashes": [],
        "ring": [{"contact": RING, "sentence": sentence}],
        "caps": [],
        "days": 28,
        "clear": False,
    }
    assert json.loads(week.refused[0]) == {
        "type": "urn:joinedup:problem:clash",
        "title": "This visit clashes with others",
        "status": 409,
        "detail": sentence,
        "errors": [],
        "clashes": told | {"seen": seen},
    }
    assert set(week.theirs) == {404}


def test_whatever_the_police_plan_there_every_answer_is_the_same_byte_for_byte(week: Week) -> None:
    first, second = week.told
    assert sorted(first) == sorted(second)
    assert [path for path in first if first[path] != second[path]] == []
    assert week.refused[0] == week.refused[1]
    everything = b"".join([*first.values(), *week.refused]).decode()
    assert [hidden for hidden in ("Zyzzyva", "Xylophone", *week.police) if hidden in everything] == []


def test_the_visit_is_in_each_calendar_as_far_as_its_agency_may_see(week: Week) -> None:
    shown = {who: _entry(week, who) for who in week.feeds}
    whole = (
        f"Joint visit: {COUNCIL}, {IMMIGRATION}",
        "12 The Broadway, Southall, UB1 1AA",
        "2027-03-05T10:00:00+00:00",
    )
    days = (f"Visit: {COUNCIL}", "UB1", "2027-03-05")
    assert shown == {"olu": whole, "ines": whole, "fay": days, "pat": days, "gil": None}
    assert week.feeds["pat"].count("SUMMARY:Busy") == 5
    assert "Busy" not in week.feeds["olu"] + week.feeds["ines"] + week.feeds["fay"]


def _entry(week: Week, who: str) -> tuple[str, str, str] | None:
    """Title, place and beginning of the joint visit."""
    events = icalendar.Calendar.from_ical(week.feeds[who]).events
    found = [one for one in events if str(one["UID"]).startswith(week.visit["visit_id"])]
    return (str(found[0]["SUMMARY"]), str(found[0]["LOCATION"]), found[0].start.isoformat()) if found else None


def test_it_was_moved_and_confirmed_by_who_rang(week: Week) -> None:
    assert (week.visit["status"], week.visit["starts"]) == ("confirmed", "2027-03-05T10:00:00Z")
    assert week.visit["own"]["knowing"].startswith("Rang the police desk")
    assert [(one["agency"], one["answer"]) for one in week.visit["details"]["attendances"]] == [
        (COUNCIL, "accepted"),
        (IMMIGRATION, "accepted"),
    ]


def test_what_came_of_it_are_records_and_the_risk_moves(week: Week) -> None:
    before, after = week.risks
    weights = [{one["regime"]: one["severity"] for one in risk["regimes"]} for risk in (before, after)]
    assert (weights[0]["immigration"], weights[1]["immigration"]) == (1, 4)
    assert before["score"] < after["score"]
    assert "rated arrest by the agency, seen on 5 March 2027" in after["regimes"][0]["reason"]


def test_the_officer_whose_card_began_it_hears_of_all_that_came_of_it_and_of_what_came_late(week: Week) -> None:
    says = [one["says"] for one in week.history]
    assert {*says[:2]} == {"Ealing Council has it.", "Immigration Enforcement has it."}
    assert says[2:] == [
        "Ealing Council took it on.",
        "Immigration Enforcement took it on.",
        "Ealing Council told what a visit came to: Notice (food hygiene), 5 March 2027.",
        "Ealing Council told what a visit came to: Referral made (housing), 5 March 2027.",
        "Immigration Enforcement told what a visit came to: Arrest (immigration), 5 March 2027.",
        "Immigration Enforcement told what a visit came to: Penalty (immigration), 12 April 2027.",
    ]


PLAYED = {
    "visits": 3,  # the shop, the grocers, and the one that found nothing
    "joint-visits": 2,
    "agencies-a-visit": 1.67,  # two, two and one
    "officers-saved": 11,  # at the shop 1 of the council and 6 of immigration; at the grocers 2 and 2
    "duplicates-avoided": 1,  # HMRC's own, which it gave up to come along
    "visits-avoided": 3,  # two to the butchers, one to the pizza shop
    "wasted-share": 0.33,
    "planning-days": 4,  # of 8, 2 and 4
    "days-to-tasking": 23.5,  # of 19, 4, 28 and 40
    "letters": 1,
    "in-operations": 0,
    "without-outcome": 0,
    "late-outcomes": 2,  # the civil penalty and the arrears
    "cancelled": 1,  # for want of people
    "overridden": 0,  # the chair did as was proposed
}


def test_each_figure_of_the_report_is_what_was_played(week: Week) -> None:
    soon, late = (_figures(report) for report in week.reports)
    assert late == PLAYED
    assert soon == PLAYED | {"late-outcomes": 0}


def _figures(report: dict[str, Any]) -> dict[str, float]:
    return {one["key"]: one["value"] for one in report["columns"][0]["figures"]}


def test_the_report_counts_each_agencys_outcomes_and_what_it_gives_and_gets(week: Week) -> None:
    counted = {(one["agency"], one["kind"]): (one["number"], one["value_pence"]) for one in week.reports[1]["outcomes"]}
    assert counted == {
        (COUNCIL, "advice"): (0, 0),
        (COUNCIL, "notice"): (1, 0),
        (COUNCIL, "referral_made"): (0, 0),
        (HMRC, "arrears"): (0, 2_600_000),
        (IMMIGRATION, "arrest"): (2, 0),
        (IMMIGRATION, "penalty"): (0, 4_000_000),
        (FIRE, "nothing_found"): (0, 0),
    }
    given = {one["agency"]: [figure["value"] for figure in one["figures"]] for one in week.reports[1]["balances"]}
    assert given == {
        COUNCIL: [0, 0, 3, 0, 2],
        HMRC: [1, 1, 0, 1, 0],
        IMMIGRATION: [1, 2, 0, 2, 0],
        FIRE: [0, 0, 0, 0, 0],
    }
    warned = [[one["agency"] for one in report["balances"] if one["warning"]] for report in week.reports]
    assert warned == [[HMRC], []]


def test_the_page_and_the_paper_say_the_same_as_the_data(week: Week) -> None:
    report = PartnershipReport.model_validate(week.reports[1])
    paper = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(week.paper)).pages)
    words = " ".join(paper.split())
    for one in report.columns[0].figures:
        assert f'aria-label="{one.title}, This period: {amount(one)}"' in week.page, one.key
        assert f"{one.definition} {amount(one)}" in words, one.key
    for said in ("£40,000.00", "£26,000.00"):
        assert said in week.page
        assert said in words

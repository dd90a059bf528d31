"""Policies through the API: proposed by one agency, agreed to by another, and what counted on a day stays so."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from tests.integration.calendar.served import Calendar, slot

CHAIR, ADMIN = ("tasking_chair",), ("agency_admin",)
PATH = "/v1/calendar/policies"
ON_ONE_STORE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""For what no store does differently."""


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2027, 1, 15, 9, tzinfo=UTC), tick=True) as traveller:
        yield traveller


async def content(calendar: Calendar, kind: str, day: str = "2027-01-15", agency: str = "council") -> dict[str, Any]:
    on_day = (await calendar.get(f"{PATH}?day={day}", agency))["policies"]
    return dict(next(one["content"] for one in on_day if one["content"]["kind"] == kind))


async def shorter(calendar: Calendar, days: int = 7) -> dict[str, Any]:
    """A proposal of council's for a shorter window, from 1 February."""
    now = await content(calendar, "deconfliction")
    asked = now | {"days": now["days"] | {"default": days}}
    body = {"starts": "2027-02-01", "source": "Meeting of 14 January", "reason": "Too many calls", "content": asked}
    return dict(await calendar.post(PATH, body, roles=CHAIR))


async def answered(calendar: Calendar, made: dict[str, Any], agency: str = "fire", agreed: bool = True) -> Any:
    body = {"agreed": agreed, "reason": "As said at the meeting"}
    return await calendar.call("POST", f"{PATH}/{made['policy_id']}/review", body, agency, roles=ADMIN)


async def window(calendar: Calendar, visit: dict[str, Any]) -> int:
    return int((await calendar.get(f"/v1/visits/{visit['visit_id']}/clashes"))["days"])


async def test_a_policy_counts_from_its_day_once_another_agency_agreed_and_the_days_before_keep_theirs(
    calendar: Calendar, clock: time_machine.Traveller
) -> None:
    made, visit = await shorter(calendar), await calendar.plan("council", None, slot("2027-02-20"))
    assert (made["status"], made["counts_from"]) == ("proposed", None)
    assert (await answered(calendar, made, "council")).status_code == 403
    agreed = await answered(calendar, made)
    assert (agreed.json()["status"], agreed.json()["counts_from"]) == ("agreed", "2027-02-01")
    assert (await answered(calendar, made, "police", agreed=False)).status_code == 409
    clock.move_to(datetime(2027, 1, 31, 12, tzinfo=UTC))
    assert await window(calendar, visit) == 28
    clock.move_to(datetime(2027, 2, 1, 12, tzinfo=UTC))
    assert await window(calendar, visit) == 7
    then = [(await content(calendar, "deconfliction", day))["days"]["default"] for day in ("2027-01-31", "2027-02-01")]
    assert then == [28, 7]


async def test_what_is_agreed_late_counts_from_the_next_day_and_the_last_to_begin_counts(
    calendar: Calendar, clock: time_machine.Traveller
) -> None:
    first, second = await shorter(calendar, 7), await shorter(calendar, 14)
    await answered(calendar, second)
    clock.move_to(datetime(2027, 2, 3, 12, tzinfo=UTC))
    assert (await answered(calendar, first)).json()["counts_from"] == "2027-02-04"
    days = [(await content(calendar, "deconfliction", f"2027-02-0{day}"))["days"]["default"] for day in (1, 3, 4)]
    assert days == [14, 14, 7]
    listed = (await calendar.get(f"{PATH}/deconfliction", "police"))["policies"]
    assert [one["status"] for one in listed] == ["agreed", "agreed", "shipped"]


@ON_ONE_STORE
async def test_what_is_refused_never_counts_and_every_partner_reads_why(calendar: Calendar, clock: Any) -> None:
    made = await shorter(calendar)
    await answered(calendar, made, agreed=False)
    assert (await content(calendar, "deconfliction", "2027-03-01"))["days"]["default"] == 28
    refused = (await calendar.get(f"{PATH}/deconfliction", "hmrc"))["policies"][0]
    assert (refused["status"], refused["reviewed_by"], refused["review"]) == (
        "refused",
        "fire",
        "As said at the meeting",
    )
    assert "dev|" not in str(refused)


@ON_ONE_STORE
@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("outcomes", {"starts": "2027-01-15"}, "body.starts"),
        ("working_time", {"content": {"travel": {"source": "ours", "journeys": [
            {"agency": "nobody", "areas": ["TR"], "minutes": 90}]}}}, "body.content"),
        ("outcomes", {"content": {"kinds": {"advice": {"says": "concern", "severity": 1}}}}, "body.content.outcomes"),
        ("follow_up", {"content": {"otherwise": {"nonsense": 1.0}}}, "body.content.follow_up"),
    ],
)  # fmt: skip
async def test_what_would_count_at_once_names_a_stranger_or_leaves_something_unsaid_is_refused(
    calendar: Calendar, clock: Any, kind: str, change: dict[str, Any], field: str
) -> None:
    said = await content(calendar, kind) | change.get("content", {})
    body = {"starts": "2027-02-01", "source": "Ours", "reason": "Because"} | change | {"content": said}
    answer = await calendar.call("POST", PATH, body, roles=CHAIR)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


@ON_ONE_STORE
async def test_what_an_outcome_weighs_what_is_late_and_what_a_report_counts_are_policy(
    calendar: Calendar, clock: time_machine.Traveller
) -> None:
    now = await content(calendar, "outcomes")
    graver = {"kind": "notice", "classes": [], "regimes": ["food-hygiene"], "severity": 4, "source": "Agreed"}
    said = now | {"exceptions": [graver], "late_after_days": 3, "wasted": ["nothing_found", "notice"]}
    body = {"starts": "2027-01-16", "source": "Ours", "reason": "Because", "content": said}
    await answered(calendar, await calendar.post(PATH, body, roles=ADMIN))
    visit = await calendar.confirmed("council", None, slot("2027-01-20"))
    clock.move_to(datetime(2027, 1, 25, 12, tzinfo=UTC))
    found = {"kind": "notice", "regime": "food-hygiene", "found_on": "2027-01-25"}
    made = await calendar.post(f"/v1/visits/{visit['visit_id']}/outcomes", found)
    (noted,) = await calendar.events("outcome.recorded")
    assert (made["late"], noted["record"]["observation"]["severity"]) == (True, 4)
    await calendar.post(f"/v1/visits/{visit['visit_id']}/done", {"version": visit["version"]})
    assert [await wasted(calendar, query) for query in ("", "&as_of=2027-01-15")] == [1.0, 0.0]


async def wasted(calendar: Calendar, query: str) -> float:
    """The share, which the list that it opens to is of too."""
    report = await calendar.get(f"/v1/reports/partnership?since=2027-01-01&until=2027-01-31{query}", roles=CHAIR)
    (figure,) = [one for one in report["columns"][0]["figures"] if one["key"] == "wasted-share"]
    (item,) = (await calendar.get(figure["list"], roles=CHAIR))["items"]
    assert item["adds"] == figure["value"]
    return float(figure["value"])


@ON_ONE_STORE
async def test_who_plans_is_told_of_the_notice_and_the_journeys_that_partners_agreed_on(
    calendar: Calendar, clock: time_machine.Traveller
) -> None:
    now = await content(calendar, "working_time")
    journey = {"agency": "council", "areas": ["UB"], "minutes": 180}
    asked = now | {"travel": now["travel"] | {"journeys": [journey]}}
    body = {"starts": "2027-02-01", "source": "Meeting of 14 January", "reason": "Far away", "content": asked}
    await answered(calendar, await calendar.post(PATH, body, roles=CHAIR))
    clock.move_to(datetime(2027, 2, 1, 12, tzinfo=UTC))
    visit = await calendar.plan("council", None, slot("2027-02-03"))
    assert {one["code"]: one["sentence"] for one in visit["own"]["advice"]} == {
        "short_notice": "council asks for 3 clear working days; there are 1.",
        "travel": "council travels about 180 minutes to UB: prepare by video first.",
    }

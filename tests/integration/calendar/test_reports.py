"""The partnership's report through the API: of what the caller may see, and every number opens to its list."""

import asyncio
import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
import time_machine

from services.calendar.api import reports
from tests.integration.calendar.served import BETWEEN, Calendar, address, gateway, slot

ON_ONE_STORE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""For what no store does differently."""
DAY = "2026-12-01"
PERIOD = "since=2026-12-01&until=2026-12-31"
ANALYST = ("analyst",)
_PATIENCE = 20


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=True) as traveller:
        yield traveller


async def held(calendar: Calendar, number: int = 1, agency: str = "council", invite: str | None = "fire", **more: Any):
    """A confirmed visit, to which whoever was invited agreed to come."""
    invited = [{"agency": invite}] if invite else []
    made = await calendar.confirmed(agency, address(number), slot(DAY), invite=invited, **more)
    if invite:
        reply = {"answer": "accepted", "contribution": {"officers": 2, "alone": 8}}
        await calendar.post(f"/v1/visits/{made['visit_id']}/reply", reply, invite)
    return made


async def done(calendar: Calendar, clock: time_machine.Traveller, *visits: dict[str, Any]) -> None:
    clock.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    for made in visits:
        seen = await calendar.get(f"/v1/visits/{made['visit_id']}", made["agency"])
        await calendar.post(f"/v1/visits/{made['visit_id']}/done", {"version": seen["version"]}, made["agency"])


async def found(calendar: Calendar, visit: dict[str, Any], agency: str, kind: str, **more: Any) -> None:
    body = {"kind": kind, "regime": "food-hygiene", "found_on": DAY} | more
    await calendar.post(f"/v1/visits/{visit['visit_id']}/outcomes", body, agency)


async def report(calendar: Calendar, agency: str = "council", query: str = PERIOD) -> dict[str, Any]:
    return dict(await calendar.get(f"/v1/reports/partnership?{query}", agency, roles=ANALYST))


def figures(made: dict[str, Any], column: int = 0) -> dict[str, Any]:
    return {one["key"]: one["value"] for one in made["columns"][column]["figures"]}


@pytest.fixture
async def month(calendar: Calendar, clock: time_machine.Traveller) -> Calendar:
    """Three visits: a joint one that led to an arrest, one alone that found nothing, and one of fire with council."""
    joint = await held(calendar, contribution={"officers": 1, "alone": 2}, letter_on="2026-11-25")
    alone = await held(calendar, 99, invite=None)
    theirs = await held(calendar, 240, "fire", invite="council")
    await done(calendar, clock, joint, alone, theirs)
    await found(calendar, joint, "fire", "arrest", number=1)
    await found(calendar, alone, "council", "nothing_found")
    await found(calendar, theirs, "council", "seizure", value_pence=200_000)
    return calendar


async def test_the_report_counts_what_was_done_and_what_came_of_it(month: Calendar) -> None:
    made = await report(month)
    assert figures(made) == {
        "visits": 3,
        "joint-visits": 2,
        "agencies-a-visit": 1.67,
        "officers-saved": 13,
        "duplicates-avoided": 0,
        "visits-avoided": 0,
        "wasted-share": 0.33,
        "planning-days": 11,
        "days-to-tasking": None,
        "letters": 1,
        "in-operations": 0,
        "without-outcome": 0,
        "late-outcomes": 0,
        "cancelled": 0,
        "overridden": 0,
    }
    counted = {(one["agency"], one["kind"]): (one["number"], one["value_pence"]) for one in made["outcomes"]}
    assert counted == {
        ("council", "nothing_found"): (0, 0),
        ("council", "seizure"): (0, 200_000),
        ("fire", "arrest"): (1, 0),
    }


async def test_every_number_opens_to_the_list_that_it_was_worked_out_from(month: Calendar) -> None:
    made = await report(month)
    numbers = [(one["list"], one["of"]) for one in made["columns"][0]["figures"]]
    numbers += [(one["list"], one["outcomes"]) for one in made["outcomes"]]
    for address_, of in numbers:
        opened = await month.get(address_, roles=ANALYST)
        assert len(opened["items"]) == of, address_
        for one in opened["items"]:
            await month.get(one["address"])
    for who in made["balances"]:
        for one in who["figures"]:
            items = (await month.get(one["list"], roles=ANALYST))["items"]
            assert sum(item["adds"] for item in items) == one["value"], one["list"]


@ON_ONE_STORE
async def test_what_an_agency_may_not_see_of_others_is_in_none_of_its_numbers(month: Calendar) -> None:
    month.govern(*(one for one in BETWEEN if "council-fire" not in one))
    blind = await report(month, "fire")
    assert figures(blind)["visits"] == 1
    opened = await month.get(blind["columns"][0]["figures"][0]["list"], "fire", roles=ANALYST)
    own = await month.get("/v1/visits?agency=fire", "fire")
    assert [one["id"] for one in opened["items"]] == [visit["visit_id"] for visit in own["visits"]]
    assert {one["agency"] for one in blind["outcomes"]} == set()


@ON_ONE_STORE
async def test_outcomes_that_are_not_shared_are_not_counted_though_the_visit_is(month: Calendar) -> None:
    month.govern(gateway("council", "fire", "visits"), gateway("fire", "council", "visits"))
    made = await report(month)
    assert figures(made)["visits"] == 3
    assert {one["agency"] for one in made["outcomes"]} == {"council"}
    assert figures(made)["without-outcome"] == 1


@ON_ONE_STORE
async def test_a_baseline_and_a_comparison_area_stand_beside_the_period(month: Calendar) -> None:
    asked = f"{PERIOD}&area=UB1&baseline_since=2025-12-01&baseline_until=2025-12-31&comparison_area=W5"
    made = await report(month, query=asked)
    assert [one["title"] for one in made["columns"]] == ["This period", "Baseline", "Comparison area"]
    assert [figures(made, column)["visits"] for column in range(3)] == [3, 0, 0]
    said = " ".join(one["sentence"] for one in made["confounders"])
    assert "too few" in said
    assert "announced by letter" in said


@ON_ONE_STORE
async def test_the_page_and_the_paper_say_the_same(month: Calendar) -> None:
    page = await month.call("GET", f"/v1/reports/partnership.html?{PERIOD}", roles=ANALYST)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    style = page.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.headers["content-security-policy"]
    assert "£2,000.00" in page.text
    paper = await month.call("GET", f"/v1/reports/partnership.pdf?{PERIOD}", roles=ANALYST)
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF-")


@ON_ONE_STORE
@pytest.mark.parametrize(
    "path",
    [
        "partnership?since=2026-12-31&until=2026-12-01",
        "partnership?since=1926-12-31&until=2026-12-01",
        f"partnership/lists/never?{PERIOD}",
        f"partnership/lists/officers-lent?{PERIOD}",
    ],
)
async def test_a_period_or_a_list_that_there_is_not_is_refused(calendar: Calendar, path: str) -> None:
    answer = await calendar.call("GET", f"/v1/reports/{path}", roles=ANALYST)
    assert answer.status_code == 422


@ON_ONE_STORE
async def test_others_are_answered_while_a_report_is_worked_out(
    month: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    others_were_answered = Event()

    def held_up(*given: Any) -> Any:
        assert others_were_answered.wait(_PATIENCE)
        return made_at_once(*given)

    made_at_once = reports.report
    monkeypatch.setattr(reports, "report", held_up)
    waiting = asyncio.create_task(report(month))
    await asyncio.sleep(0)
    assert len((await month.get("/v1/visits"))["visits"]) == 3
    assert not waiting.done()
    others_were_answered.set()
    assert figures(await waiting)["visits"] == 3

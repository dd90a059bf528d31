"""Calendar feeds, files, free and busy times and imports through the API."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from icalendar import Calendar as Parsed

from services.calendar.api import calendars
from services.calendar.handlers.closing import close_past
from tests.integration.calendar.served import BETWEEN, Calendar, address, slot
from tests.support.ical4j import ICal4j
from tests.unit.calendar.test_calendar_files import event, theirs

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2027, 1, 15, 9, tzinfo=UTC), tick=True) as traveller:
        yield traveller


async def fed(calendar: Calendar, agency: str = "fire", scope: str = "partnership", **more: Any) -> str:
    return str((await calendar.post("/v1/calendar/feeds", {"scope": scope}, agency, **more))["url"])


async def read(calendar: Calendar, url: str) -> dict[str, Any]:
    """Events by UID."""
    answer = await calendar.client.get(url)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/calendar")
    return {str(one["UID"]): one for one in Parsed.from_ical(answer.content).events}


def uid(visit: dict[str, Any]) -> str:
    return f"{visit['visit_id']}@joinedup"


async def test_a_feed_shows_what_its_agency_may_see_as_much_as_it_may(calendar: Calendar) -> None:
    whole = await calendar.confirmed()
    days = await calendar.confirmed("council", address(14), tier="agency")
    hidden = await calendar.confirmed("council", address(16), tier="ring")
    await calendar.confirmed("hmrc", address(18))
    found = await read(calendar, await fed(calendar))
    assert found.keys() == {uid(whole), uid(days)}
    assert (found[uid(whole)]["SUMMARY"], found[uid(whole)]["LOCATION"]) == (
        "Visit: council",
        "12 The Broadway, Southall, UB1 1AA",
    )
    assert found[uid(days)]["LOCATION"] == "UB1"
    own = await read(calendar, await fed(calendar, "council"))
    assert own[uid(hidden)]["SUMMARY"] == "Busy"


async def test_a_cancelled_visit_stays_in_the_feed_as_cancelled(calendar: Calendar) -> None:
    visit, url = await calendar.confirmed(), await fed(calendar)
    before = (await read(calendar, url))[uid(visit)]
    await calendar.post(f"/v1/visits/{visit['visit_id']}/cancel", {"version": visit["version"], "reason": "weather"})
    after = (await read(calendar, url))[uid(visit)]
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert "weather" not in (await calendar.client.get(url)).text


async def test_a_feed_of_ones_own_holds_what_one_planned_or_is_named_on(calendar: Calendar) -> None:
    named = await calendar.plan("council", contribution={"officers": 1, "people": ["dev|jo"]})
    await calendar.plan("council", address(14))
    jo = await fed(calendar, "council", "person", claims={"sub": "dev|jo"})
    assert (await read(calendar, jo)).keys() == {uid(named)}
    joint = await calendar.plan("council", address(16), slot("2027-02-20"), invite=[{"agency": "fire"}])
    agency = await fed(calendar, "fire", "agency")
    assert await read(calendar, agency) == {}
    await calendar.post(f"/v1/visits/{joint['visit_id']}/reply", {"answer": "accepted"}, "fire")
    assert (await read(calendar, agency))[uid(joint)]["SUMMARY"] == "Joint visit: council, fire"


async def test_a_feed_is_read_for_the_purpose_of_the_streams_and_made_by_nobody_who_acts_for_another(
    calendar: Calendar,
) -> None:
    claims = {"purpose": "housing", "purposes": ["housing"]}
    answer = await calendar.call("POST", "/v1/calendar/feeds", {"scope": "agency"}, claims=claims)
    assert answer.status_code == 403


async def test_a_feed_ends_when_it_is_revoked_when_nobody_reads_it_and_when_the_power_ends(
    calendar: Calendar, clock: time_machine.Traveller
) -> None:
    visit, url = await calendar.confirmed(), await fed(calendar)
    calendar.govern(*BETWEEN[1:])
    assert await read(calendar, url) == {}
    calendar.govern(*BETWEEN)
    assert (await read(calendar, url)).keys() == {uid(visit)}
    (feed,) = (await calendar.get("/v1/calendar/feeds", "fire"))["feeds"]
    assert feed["used_at"] is not None
    path = f"/v1/calendar/feeds/{feed['feed_id']}"
    assert (await calendar.call("DELETE", path, agency="council")).status_code == 404
    other = await fed(calendar)
    assert (await calendar.call("DELETE", path, agency="fire")).status_code == 204
    assert (await calendar.client.get(url)).status_code == 404
    theirs, admin = await fed(calendar, claims={"sub": "dev|jo"}), {"roles": ("agency_admin",)}
    for agency, status in (("council", 200), ("fire", 404)):
        assert (
            await calendar.call("DELETE", "/v1/calendar/feeds?subject=dev%7Cjo", agency=agency, **admin)
        ).status_code == 204
        assert (await calendar.client.get(theirs)).status_code == status
    clock.shift(timedelta(days=91))
    assert (await calendar.client.get(other)).status_code == 404


async def test_the_token_is_nowhere_in_the_store_and_an_unchanged_feed_is_not_sent_again(calendar: Calendar) -> None:
    await calendar.confirmed()
    url = await fed(calendar)
    first = await calendar.client.get(url)
    again = await calendar.client.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    token = url.removesuffix(".ics").rpartition("/")[2].encode()
    file = calendar.settings.database_url.removeprefix("sqlite:///")
    for end in ("", "-wal"):
        with open(file + end, "rb") as held:
            assert token not in held.read()


async def test_a_feed_says_the_same_whatever_is_hidden(calendar: Calendar) -> None:
    visit = await calendar.confirmed("council", None, slot(), tier="agency")
    url = await fed(calendar)
    before = (await calendar.client.get(url)).content
    await calendar.call(
        "PATCH", f"/v1/visits/{visit['visit_id']}", {"version": visit["version"], "when": slot(begins="09:00")}
    )
    await calendar.confirm(await calendar.get(f"/v1/visits/{visit['visit_id']}"))
    await calendar.confirmed("council", address(14), tier="hidden")
    await calendar.confirmed("hmrc", address(16))
    assert (await calendar.client.get(url)).content == before


async def test_one_visit_is_a_file(calendar: Calendar) -> None:
    visit = await calendar.confirmed()
    answer = await calendar.call("GET", f"/v1/visits/{visit['visit_id']}/ics", agency="fire")
    (one,) = Parsed.from_ical(answer.content).events
    assert (str(one["UID"]), answer.headers["content-disposition"]) == (
        uid(visit),
        f'attachment; filename="{visit["visit_id"]}.ics"',
    )
    assert (await calendar.call("GET", f"/v1/visits/{visit['visit_id']}/ics", agency="police")).status_code == 404


async def test_free_and_busy_of_an_agency_as_far_as_one_may_see(calendar: Calendar) -> None:
    await calendar.plan("council", None, slot("2027-02-03", "10:00", "11:00"))
    await calendar.plan("council", None, slot("2027-02-03", "10:30", "12:00"))
    await calendar.plan("council", None, slot("2027-02-04"), tier="agency")
    await calendar.plan("council", None, slot("2027-02-05"), tier="ring")
    found = await calendar.get("/v1/calendar/free-busy?agency=council&since=2027-02-01&until=2027-02-28", "fire")
    assert [(one["starts"], one["ends"]) for one in found["busy"]] == [
        ("2027-02-03T10:00:00Z", "2027-02-03T12:00:00Z"),
        ("2027-02-04T00:00:00Z", "2027-02-05T00:00:00Z"),
    ]
    nothing = await calendar.get("/v1/calendar/free-busy?agency=council&since=2027-02-01&until=2027-02-28", "police")
    assert nothing["busy"] == []


async def of_every_kind(calendar: Calendar) -> dict[str, Any]:
    """The first of visits of each status and tier, joint, in a window, and across both clock changes of a year."""
    first = await calendar.confirmed("council", None, slot("2027-03-28", "00:30", "02:30"), invite=[{"agency": "fire"}])
    autumn = {"starts": "2027-10-31T01:30:00+01:00", "ends": "2027-10-31T01:30:00+00:00"}
    for number, tier in enumerate(("agency", "ring", "hidden"), start=14):
        await calendar.plan("council", address(number), autumn, tier=tier)
    await calendar.plan("council", address(20, "Großé Straße; Hof, 3"), {"first": "2027-02-01", "last": "2027-02-05"})
    gone = await calendar.plan("council", address(21))
    await calendar.post(f"/v1/visits/{gone['visit_id']}/cancel", {"version": gone["version"], "reason": "weather"})
    return first


async def test_every_feed_and_file_keeps_to_rfc_5545_as_another_implementation_reads_it(
    calendar: Calendar, ical4j: ICal4j
) -> None:
    visit = await of_every_kind(calendar)
    urls = {
        f"{scope}-{agency}": await fed(calendar, agency, scope)
        for scope in ("person", "agency", "partnership")
        for agency in ("council", "fire", "police")
    }
    found = {name: (await calendar.client.get(url)).content for name, url in urls.items()}
    found["one"] = (await calendar.call("GET", f"/v1/visits/{visit['visit_id']}/ics")).content
    broken = found["one"].replace(b"STATUS:CONFIRMED", b"STATUS:PERHAPS")
    counts = {name: text.count(b"BEGIN:VEVENT") for name, text in found.items()}
    assert (counts["partnership-council"], counts["partnership-fire"], counts["partnership-police"]) == (6, 4, 0)
    assert {line.partition(":")[0] for line in ical4j.faults(found | {"broken": broken})} == {"broken"}


async def taken(
    calendar: Calendar, *events: str, agency: str = "police", query: str = "", name: str = "duty"
) -> dict[str, Any]:
    headers = calendar.issuer.headers(agency, ["agency_system"]) | {"Content-Type": "text/calendar"}
    path = f"/v1/calendar/imports/{name}?regime=crime{query}"
    answer = await calendar.client.put(path, content=theirs(*events), headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_an_agencys_own_calendar_becomes_masked_visits_and_again_changes_nothing(calendar: Calendar) -> None:
    entries = (event("a"), event("b", ":20270202T100000", ":20270202T110000", "LOCATION:"))
    assert await taken(calendar, *entries, query="&contact=police%20liaison") == {
        "made": 1, "changed": 0, "unchanged": 0, "cancelled": 0, "skipped": ["b"],
    }  # fmt: skip
    mine = await calendar.plan("council")
    told = await calendar.get(f"/v1/visits/{mine['visit_id']}/clashes")
    assert [one["contact"] for one in told["ring"]] == ["police liaison"]
    assert (await taken(calendar, *entries, query="&contact=police%20liaison"))["unchanged"] == 1


async def test_a_calendar_sent_again_to_be_shown_less_hides_what_it_showed_and_leaves_what_was_set_by_hand(
    calendar: Calendar,
) -> None:
    entries = (event("a"), event("b", ":20270203T090000", ":20270203T100000"))
    await taken(calendar, *entries, query="&tier=full&contact=police%20liaison")
    first, second = (await calendar.get("/v1/visits", "police"))["visits"]
    by_hand = {"purpose": "mixed", "regimes": ["crime"], "tier": "hidden", "note": "Ask Ann first."}
    path = f"/v1/visits/{second['visit_id']}"
    changed = await calendar.call("PATCH", path, {"version": second["version"], "terms": by_hand}, "police")
    assert changed.is_success, changed.text
    again = await taken(calendar, *entries, query="&tier=full&contact=police%20liaison")
    assert again["unchanged"] == 2
    assert (await calendar.get(path, "police"))["own"]["tier"] == "hidden"
    assert (await taken(calendar, *entries, query="&tier=hidden"))["changed"] == 2
    shown = [await calendar.get(f"/v1/visits/{one['visit_id']}", "police") for one in (first, second)]
    assert [one["own"]["tier"] for one in shown] == ["hidden", "hidden"]
    assert shown[1]["own"]["note"] == "Ask Ann first."
    assert (await taken(calendar, *entries, query="&tier=hidden"))["unchanged"] == 2


async def test_what_moves_or_leaves_the_agencys_calendar_moves_or_is_cancelled_here(calendar: Calendar) -> None:
    await taken(calendar, event("a"), agency="council", query="&tier=agency")
    (visit,) = (await calendar.get("/v1/visits"))["visits"]
    moved = event("a", ":20270202T140000", ":20270202T160000")
    assert (await taken(calendar, moved, agency="council"))["changed"] == 1
    assert (await calendar.get(f"/v1/visits/{visit['visit_id']}"))["ends"] == "2027-02-02T16:00:00Z"
    assert (await taken(calendar, agency="council"))["cancelled"] == 1
    gone = await calendar.get(f"/v1/visits/{visit['visit_id']}")
    assert (gone["status"], gone["details"]["cancelled"]) == ("cancelled", "no_longer_in_source")
    assert await taken(calendar, agency="council") == {
        "made": 0, "changed": 0, "unchanged": 0, "cancelled": 0, "skipped": [],
    }  # fmt: skip


async def test_each_of_an_agencys_calendars_cancels_its_own_visits_and_is_withdrawn_alone(calendar: Calendar) -> None:
    for name in ("food-team", "night-team"):  # the same entry, which both teams have
        assert (await taken(calendar, event("a"), agency="council", name=name))["made"] == 1
    assert (await taken(calendar, event("b"), agency="council", name="food-team"))["cancelled"] == 1
    names = [("food-team", 1), ("night-team", 1)]
    found = (await calendar.get("/v1/calendar/imports"))["calendars"]
    assert [(one["name"], one["entries"]) for one in found] == names
    assert (await calendar.get("/v1/calendar/imports", "police"))["calendars"] == []
    path = "/v1/calendar/imports/food-team"
    assert (await calendar.call("DELETE", path, agency="police")).status_code == 404
    assert (await calendar.call("DELETE", path)).status_code == 204
    assert (await calendar.call("DELETE", path)).status_code == 404
    statuses = [one["status"] for one in (await calendar.get("/v1/visits"))["visits"]]
    assert sorted(statuses) == ["cancelled", "cancelled", "planned"]


async def test_a_calendar_that_would_never_be_read_to_its_end_keeps_nobody_else_waiting(
    calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendars, "_SECONDS", 1)
    always = event(
        "a", ":20270201T100000", ":20270201T110000", "RRULE:FREQ=SECON\r\n DLY"
    )  # folded, as any line may be
    headers = calendar.issuer.headers("council", ("officer",)) | {"Content-Type": "text/calendar"}
    sent = asyncio.create_task(
        calendar.client.put("/v1/calendar/imports/duty?regime=fire-safety", content=theirs(always), headers=headers)
    )
    await asyncio.sleep(0.2)
    others = asyncio.create_task(calendar.get("/v1/visits"))
    done, _ = await asyncio.wait({sent, others}, return_when=asyncio.FIRST_COMPLETED)
    assert others in done
    assert ((await sent).status_code, (await sent).json()["errors"][0]["code"]) == (422, "too_much")


async def test_what_is_over_was_held_and_counts_for_nobodys_reliability(
    calendar: Calendar, clock: time_machine.Traveller
) -> None:
    over, later = event("a"), event("b", ":20270203T090000", ":20270203T100000")
    await taken(calendar, over, later, agency="council")
    clock.move_to(datetime(2027, 2, 2, 9, tzinfo=UTC))
    async with calendar.database.transaction() as tx:
        assert not await close_past(tx)
    held, planned = (await calendar.get("/v1/visits"))["visits"]
    assert (held["status"], planned["status"]) == ("done", "planned")
    (said,) = await calendar.events("visit.done")
    assert (said["visit_id"], said["version"]) == (held["visit_id"], 2)
    again = await taken(calendar, over, agency="council")
    assert (again["made"], again["cancelled"]) == (0, 1)
    assert (await calendar.get("/v1/calendar/reliability?since=2027-02-01&until=2027-02-28"))["agencies"] == []
    report = await calendar.get("/v1/reports/partnership?since=2027-02-01&until=2027-02-28", roles=("analyst",))
    counted = {one["key"]: one["value"] for one in report["columns"][0]["figures"]}
    assert (counted["visits"], counted["without-outcome"], counted["cancelled"]) == (1, 1, 1)

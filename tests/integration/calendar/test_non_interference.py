"""What council is told is a function of what council may see: in two worlds that differ in hidden things only, every
route, feed and event of calendar tells it the same."""

from typing import Any

import pytest

from shared.contracts.identifiers import business_id
from tests.integration.calendar.served import Calendar, address, slot
from tests.integration.calendar.test_outcomes import after, clock, found
from tests.integration.linker.patterns import MOBILE, shop
from tests.integration.linker.world import id_of, received
from tests.unit.calendar.test_calendar_files import event, theirs

__all__ = ["clock"]  # the fixture

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)

DAY, NEXT = "2026-12-01", "2026-12-04"
LISTS = (
    "",
    "?limit=1",
    "?area=UB1",
    "?agency=fire",
    "?ended=true",
    "?untold=true",
    "?attending=fire",
    "?status=confirmed",
    "?since=2026-12-02",
)
DAYS = "since=2026-11-01&until=2027-02-01"


async def everything(calendar: Calendar, feed: str) -> dict[str, Any]:
    """All that council is told, by what it asked."""
    listed = (await calendar.get("/v1/visits?limit=200"))["visits"]
    paths = [f"/v1/visits{query}" for query in LISTS] + ["/v1/outcomes", "/v1/calendar/reliability"]
    paths += [f"/v1/calendar/free-busy?agency={agency}&{DAYS}" for agency in ("council", "fire", "police", "hmrc")]
    for visit in listed:
        path = f"/v1/visits/{visit['visit_id']}"
        paths += [path, f"{path}/ics", f"{path}/clashes", f"{path}/near?km=50&days=60"]
    answers = {path: await calendar.call("GET", path) for path in paths}
    told = {path: (answer.status_code, answer.text, answer.headers.get("etag")) for path, answer in answers.items()}
    told["feed"] = (await calendar.client.get(feed)).text
    events = [*await calendar.events("visit.planned"), *await calendar.events("visit.changed")]
    told["events"] = [one for one in events if "council" in one["agencies"]]
    return told


async def visible_world(calendar: Calendar) -> dict[str, dict[str, Any]]:
    await calendar.world.take(
        received("council", "1", shop("Golden Chicken", phones=(MOBILE,))),
        received("council", "2", shop("Pizza Palace", "240 Park Lane", phones=(MOBILE,))),
    )
    return {
        "mine": await calendar.plan("council", {"business_id": business_id(id_of("council", "1"))}, slot(DAY)),
        "theirs": await calendar.confirmed("fire", None, slot(NEXT), invite=[{"agency": "council"}]),
        "days": await calendar.confirmed("fire", address(240, "Park Lane"), slot(NEXT), tier="agency"),
        "ring": await calendar.confirmed("police", None, slot(NEXT)),
    }


async def hide_more(calendar: Calendar, world: dict[str, dict[str, Any]]) -> list[str]:
    """The ids of visits that council may not see."""
    await calendar.world.take(
        received("hmrc", "1", shop("Golden Chicken", phones=(MOBILE,))),
        received("hmrc", "2", shop("Nail Bar", "9 High Street", phones=(MOBILE,))),
    )
    hidden = [
        await calendar.plan("hmrc", None, slot(DAY)),
        await calendar.confirmed("fire", address(9, "High Street"), slot(DAY), tier="hidden"),
        await calendar.plan("fire", None, slot(DAY, "12:00", "13:00"), tier="hidden"),
        await calendar.plan("police", None, slot(DAY)),
        await calendar.plan("hmrc", {"business_id": business_id(id_of("hmrc", "1"))}, slot(NEXT), tier="hidden"),
    ]
    days = f"/v1/visits/{world['days']['visit_id']}"
    moved = {"version": world["days"]["version"], "when": slot(NEXT, "15:00", "16:00")}
    now = (await calendar.call("PATCH", days, moved, "fire")).json()
    assert (await calendar.confirm(now, "fire", **await knowing(calendar, now))).status_code == 200
    body = {"version": 1, "reason": "weather"}
    await calendar.post(f"/v1/visits/{hidden[3]['visit_id']}/cancel", body, "police")
    headers = calendar.issuer.headers("police", ["officer"]) | {"Content-Type": "text/calendar"}
    entries = theirs(event("a", ":20261202T100000", ":20261202T110000"))
    taken = await calendar.client.put("/v1/calendar/imports/duty?regime=crime", content=entries, headers=headers)
    assert taken.json()["made"] == 1
    return [one["visit_id"] for one in hidden]


async def knowing(calendar: Calendar, visit: dict[str, Any]) -> dict[str, str]:
    told = await calendar.get(f"/v1/visits/{visit['visit_id']}/clashes", "fire")
    return {"knowing": told["seen"], "reason": "agreed"}


async def test_hidden_visits_and_records_change_nothing_that_a_partner_is_told(calendar: Calendar, clock: Any) -> None:
    world = await visible_world(calendar)
    feed = (await calendar.post("/v1/calendar/feeds", {"scope": "partnership"}))["url"]
    before = await everything(calendar, feed)
    assert len(before) > 20
    assert '"ring":[{' in before[f"/v1/visits/{world['mine']['visit_id']}/clashes"][1]
    hidden = await hide_more(calendar, world)
    assert await everything(calendar, feed) == before
    nowhere = await calendar.call("GET", "/v1/visits/vis_" + "0" * 32)
    for id_ in hidden:
        for path in ("", "/ics", "/clashes", "/near"):
            answer = await calendar.call("GET", f"/v1/visits/{id_}{path}")
            assert (answer.status_code, answer.text) == (nowhere.status_code, nowhere.text)
        for act, body in (
            ("cancel", {"version": 1, "reason": "other"}),
            ("join", {}),
            ("attended", {"attended": True}),
        ):
            assert (await calendar.call("POST", f"/v1/visits/{id_}/{act}", body)).status_code == 404


async def test_hidden_outcomes_change_nothing_that_a_partner_is_told(calendar: Calendar, clock: Any) -> None:
    world = await visible_world(calendar)
    feed = (await calendar.post("/v1/calendar/feeds", {"scope": "partnership"}))["url"]
    hidden = await calendar.confirmed("fire", address(9, "High Street"), slot(DAY), tier="hidden")
    after(clock, 6)
    await calendar.post(f"/v1/visits/{world['theirs']['visit_id']}/outcomes", found(found_on=NEXT), "fire")
    before = await everything(calendar, feed)
    await calendar.post(f"/v1/visits/{hidden['visit_id']}/outcomes", found("arrest", number=2), "fire")
    await calendar.post(f"/v1/visits/{world['ring']['visit_id']}/outcomes", found("arrest", found_on=NEXT), "police")
    await calendar.post(f"/v1/visits/{hidden['visit_id']}/done", {"version": hidden["version"]}, "fire")
    assert await everything(calendar, feed) == before

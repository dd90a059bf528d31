"""What is spoken of while these people listen: confirmations, a missing power, a revocation, minutes and actions."""

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from services.referrals.clients.linker import Linker
from shared.contracts.api.linker.businesses import Business, BusinessPage, BusinessSummary
from tests.integration.referrals.beat import Beat
from tests.integration.referrals.office import Office
from tests.integration.referrals.test_intelligence import CLEAN, sanitised

AT = "2026-11-20T09:00:00Z"
BUSINESS = "biz_" + "a" * 20
OTHER = "biz_" + "b" * 20
_NAMES = {BUSINESS: ("Zyzzo Fried Chicken", "border", date(2026, 11, 20)), OTHER: ("Corge", "border", date(2026, 9, 1))}


def business(id_: str) -> Business:
    """Of high risk, with one record of Border's, as the linker answers of it."""
    name, agency, seen = _NAMES[id_]
    member = {"record_id": f"rec_{id_}", "feed": "f", "agency": agency, "regime": "immigration",
              "category": "inspections", "law": "uk_gdpr", "no_onward_sharing": False,
              "source_ref": "1", "names": [], "address": None, "phones": [],
              "emails": [], "people": [], "sector": None,
              "status": "open", "observation": "concern", "severity": 4, "native_rating": None, "observed_on": seen,
              "closed_on": None}  # fmt: skip
    regime = {
        "regime": "immigration",
        "severity": 4,
        "weight": 4.0,
        "records": [],
        "reason": "Two worked without leave.",
    }
    at = f"/v1/businesses/{id_}"
    risk = {"band": "high", "score": 3.9, "as_of": date(2026, 11, 23), "opens_at": f"{at}/risk", "regimes": [regime]}
    behind = {"why": f"{at}/why", "history": f"{at}/history", "relations": f"{at}/relations"}
    behind["findings"] = f"/v1/findings?business={id_}"
    opened = {"opens_at": at, **behind, "risk": risk, "members": [member]}
    return Business.model_validate(
        {"business_id": id_, "name": name, "area": "TR1", "address": None, "records": 1, "agencies": [agency],
         "band": "high", "score": 3.9, "regimes": ["immigration"], "first_on": seen, "last_on": seen, **opened}
    )  # fmt: skip


def answer(request: httpx.Request) -> httpx.Response:
    """As the linker does of the view of Council, which asks with its own token."""
    assert request.headers["authorization"].startswith("Bearer ")
    if request.url.path != "/v1/businesses":
        return httpx.Response(200, content=business(request.url.path.rpartition("/")[2]).model_dump_json())
    assert request.url.params["band"] == "high"
    known = BusinessSummary.model_fields
    listed = tuple(BusinessSummary(**{name: getattr(business(id_), name) for name in known}) for id_ in _NAMES)
    return httpx.Response(200, content=BusinessPage(businesses=listed).model_dump_json())


class Meeting:
    """Called by Carl of Council, with Olive of Border and Rita of Revenue asked to it."""

    def __init__(self, office: Office, id_: str, officers: dict[str, str]) -> None:
        self.office, self.id, self.officers = office, id_, officers

    async def look(self, who: str, **claims: Any) -> dict[str, Any]:
        return dict(await self.office.get(who, f"/v1/agendas/{self.id}", **claims))

    async def titles(self, who: str) -> list[str]:
        return [one["title"] for one in (await self.look(who))["items"]]

    async def do(self, who: str, step: str, body: Any = None, expected: int = 200) -> Any:
        return await self.office.post(who, f"/v1/agendas/{self.id}/{step}", body, expected)

    async def confirmed(self, *who: str) -> None:
        for one in who:
            await self.do(one, "attendance")

    async def without(self, name: str) -> None:
        path = f"/v1/agendas/{self.id}/attendees/{self.officers[name]}"
        assert (await self.office.call("council/carl", "DELETE", path)).status_code == 200


@pytest.fixture
async def meeting(office: Office) -> Meeting:
    object.__setattr__(office.app.state.referrals, "linker", Linker("http://linker", httpx.MockTransport(answer)))
    officers = {"olive": await office.officer("border", "olive"), "rita": await office.officer("revenue", "rita")}
    await sanitised(office, premises={"name": "Quux Car Wash", "address": "20 Oak Road", "postcode": "TR12AA"})
    body = {"series": "daily-call", "title": "Daily call", "kind": "call", "at": AT, "attendees": [*officers.values()]}
    made = await office.post("council/carl", "/v1/agendas", body)
    assert made["since"] == "2026-11-13T09:00:00Z"
    found = Meeting(office, made["id"], officers)
    await found.do("council/carl", "collection")
    return found


async def test_nothing_is_shown_until_everybody_has_said_with_a_token_of_their_own_that_they_are_there(
    meeting: Meeting,
) -> None:
    await meeting.without("rita")
    found = await meeting.look("council/carl")
    assert (found["items"], found["withheld"], found["waiting_for"]) == ([], True, ["olive"])
    await meeting.do("border/another", "attendance", expected=404)
    await meeting.do("council/carl", "attendance")
    assert (await meeting.look("council/carl"))["items"] == []
    await meeting.confirmed("border/olive")
    for who in ("council/carl", "border/olive"):
        assert await meeting.titles(who) == ["Zyzzo Fried Chicken", "Quux Car Wash"]
    found = await meeting.look("council/carl")
    assert (found["withheld"], found["waiting_for"]) == (False, [])
    assert found["items"][0]["says"] == ["Two worked without leave."]
    assert found["items"][0]["address"] == f"/v1/businesses/{BUSINESS}"
    assert (found["items"][1]["area"], found["items"][1]["says"]) == ("TR1", [CLEAN])
    heard = await meeting.look("border/olive")
    assert (heard["withheld"], heard["items"][0]["address"]) == (None, None)


async def test_an_item_disappears_if_one_who_is_there_may_not_have_it_and_the_chair_is_told_only_that(
    meeting: Meeting,
) -> None:
    await meeting.confirmed("border/olive", "revenue/rita")
    found = await meeting.look("council/carl")
    assert (found["items"], found["withheld"], found["waiting_for"]) == ([], True, [])
    assert "Zyzzo" not in str(found)
    for who in ("border/olive", "revenue/rita"):
        heard = await meeting.look(who)
        assert (heard["items"], heard["withheld"]) == ([], None)
    await meeting.without("rita")
    assert await meeting.titles("border/olive") == ["Zyzzo Fried Chicken", "Quux Car Wash"]
    assert (await meeting.office.call("revenue/rita", "GET", f"/v1/agendas/{meeting.id}")).status_code == 404


async def test_of_what_the_chair_may_not_have_it_is_told_nothing(meeting: Meeting) -> None:
    """The same answer as in the world in which Revenue put nothing on the agenda."""
    body = {"series": "other", "title": "Other", "kind": "call", "at": AT, "attendees": [meeting.officers["rita"]]}
    meeting.id = (await meeting.office.post("council/carl", "/v1/agendas", body))["id"]
    await meeting.confirmed("revenue/rita")
    as_before = await meeting.look("council/carl")
    taken = {"text": "Takings of 900 a week.", "received_on": "2026-11-20"}
    path = f"/v1/intelligence/{(await meeting.office.post('revenue/rita', '/v1/intelligence', taken))['id']}"
    await meeting.office.post("revenue/rita", f"{path}/gradings", {"source": "1", "assessment": "A", "handling": "P"})
    own = await meeting.office.post("revenue/rita", f"{path}/sanitised", {"text": "Takings."})
    await meeting.do("revenue/rita", "items", {"sanitised": own["id"]})
    assert await meeting.look("council/carl") == as_before
    assert (as_before["items"], as_before["withheld"]) == ([], False)


async def test_only_a_sanitised_version_of_ones_own_can_be_put_on_it(meeting: Meeting) -> None:
    await meeting.without("rita")
    made = await meeting.office.post("border/olive", "/v1/intelligence", {"text": "A", "received_on": "2026-11-20"})
    for body in ({"sanitised": made["id"]}, {"intelligence": made["id"]}, {"text": "A"}):
        await meeting.do("border/olive", "items", body, 422)
    (version,) = (await meeting.office.get("council/carl", "/v1/intelligence/sanitised"))["items"]
    await meeting.do("council/carl", "items", {"sanitised": version["id"]}, 403)
    await meeting.do("border/olive", "items", {"sanitised": version["id"]})
    await meeting.confirmed("border/olive")
    assert await meeting.titles("council/carl") == ["Zyzzo Fried Chicken", "Quux Car Wash"], "it was there already"


async def test_a_revoked_power_takes_back_items_minutes_and_actions(meeting: Meeting) -> None:
    await meeting.without("rita")
    await meeting.confirmed("border/olive")
    item = (await meeting.look("council/carl"))["items"][0]["id"]
    await meeting.do("council/carl", "minutes", {"item": item, "text": "Border asks Revenue for names."})
    action = {"item": item, "says": "Ask for names.", "owner": meeting.officers["olive"], "due": "2026-11-30"}
    await meeting.do("council/carl", "actions", action)
    found = await meeting.look("border/olive")
    assert [one["text"] for one in found["minutes"]] == ["Border asks Revenue for names."]
    assert [one["owner"]["name"] for one in found["actions"]] == ["olive"]
    rules = meeting.office.settings.partnership_file
    rules.write_text(rules.read_text().replace("id: visits-to-council, from: [border]", "id: v, from: [revenue]"))
    for who in ("council/carl", "border/olive"):
        found = await meeting.look(who)
        assert ([one["title"] for one in found["items"]], found["minutes"], found["actions"]) == (
            ["Quux Car Wash"],
            [],
            [],
        )
    await meeting.do("council/carl", "minutes", {"item": item, "text": "More."}, 422)


async def test_an_action_is_done_by_its_owner_once(meeting: Meeting) -> None:
    await meeting.confirmed("border/olive", "revenue/rita")
    action = {"says": "Ring the desk.", "owner": meeting.officers["olive"], "due": "2026-11-30"}
    (made,) = (await meeting.do("council/carl", "actions", action))["actions"]
    done = f"/v1/agendas/actions/{made['id']}/done"
    await meeting.office.post("revenue/rita", done, {"says": "Not mine."}, 403)
    await meeting.office.post("border/nobody", done, {"says": "Not there."}, 404)
    assert (await meeting.office.post("border/olive", done, {"says": "Rung."}, 200))["outcome"] == "Rung."
    await meeting.office.post("border/olive", done, {"says": "Again."}, 409)
    await meeting.without("olive")
    (kept,) = (await meeting.look("council/carl"))["actions"]
    assert (kept["owner"]["name"], kept["outcome"]) == ("olive", "Rung."), "what was agreed stays when somebody goes"


async def test_the_next_of_a_series_begins_where_the_last_was(meeting: Meeting) -> None:
    body = {"series": "daily-call", "title": "Next", "kind": "call", "at": "2099-11-25T09:00:00Z",
            "attendees": [meeting.officers["olive"]]}  # fmt: skip
    made = await meeting.office.post("council/carl", "/v1/agendas", body)
    assert datetime.fromisoformat(made["since"]) == datetime(2026, 11, 20, 9, tzinfo=UTC)
    await meeting.office.post(
        "border/olive", f"/v1/agendas/{made['id']}/attendance", expected=409
    )  # nobody is there yet
    listed = await meeting.office.get("border/olive", "/v1/agendas?limit=1")
    assert ([one["id"] for one in listed["items"]], listed["next"]) == ([made["id"]], made["id"])
    again = await meeting.office.get("border/olive", f"/v1/agendas?limit=1&cursor={listed['next']}")
    assert ([one["id"] for one in again["items"]], again["next"]) == ([meeting.id], None)
    assert (await meeting.office.get("border/another", "/v1/agendas"))["items"] == []


async def test_only_who_called_it_runs_it_and_for_its_purpose(meeting: Meeting) -> None:
    await meeting.do("border/olive", "collection", expected=403)
    await meeting.do("border/olive", "minutes", {"text": "Mine."}, 403)
    path = f"/v1/agendas/{meeting.id}"
    assert (await meeting.office.call("council/other", "GET", path)).status_code == 404
    assert (await meeting.office.call("border/olive", "GET", path, purpose="immigration-control")).status_code == 403


async def test_a_card_is_there_by_what_was_seen_and_never_by_the_officers_words(beat: Beat) -> None:
    object.__setattr__(beat.app.state.referrals, "linker", Linker("http://linker", httpx.MockTransport(nothing)))
    seen = (await beat.adopt("fire"))["blocked-exits"]
    await beat.file("council/cara", seen, text="Ivy Marsden told me of the locked door.")
    finn = await beat.officer("fire", "finn")
    body = {"series": "call", "title": "Call", "kind": "call", "at": AT, "attendees": [finn]}
    call = Meeting(beat, (await beat.post("fire/fay", "/v1/agendas", body))["id"], {"finn": finn})
    await call.do("fire/fay", "collection")
    await call.confirmed("fire/finn")
    (item,) = (await call.look("fire/finn"))["items"]
    assert (item["kind"], item["title"], item["area"]) == ("card", "Golden Dragon", "UB1")
    assert "exit" in item["says"][0].casefold()
    assert "Marsden" not in str(await call.look("fire/fay"))
    bea = await beat.officer("border", "bea")
    wider = Meeting(beat, (await beat.post("fire/fay", "/v1/agendas", body | {"attendees": [bea]}))["id"], {"bea": bea})
    await wider.do("fire/fay", "collection")
    await wider.confirmed("border/bea")
    found = await wider.look("fire/fay")
    assert (found["items"], found["withheld"]) == ([], True), (
        "Border has a power for Council's cards, and was not sent it"
    )
    beat.rules("council-to-fire")
    found = await call.look("fire/fay")
    assert (found["items"], found["withheld"]) == ([], False)


def nothing(_request: httpx.Request) -> httpx.Response:
    """As the linker answers where nothing is of high risk."""
    return httpx.Response(200, content=BusinessPage(businesses=()).model_dump_json())

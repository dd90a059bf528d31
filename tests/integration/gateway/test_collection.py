"""Collections: what an agency's system that cannot be called fetches, and says it has."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from services.gateway.domain.canned import EVENTS
from shared.contracts.api.webhooks import CollectionPage
from shared.runtime.clock import utc_now
from tests.integration.gateway.delivering import Delivering, on_both_stores
from tests.integration.gateway.risk import change
from tests.integration.gateway.served import PARTNERSHIP

NEW = "/v1/collection/new"
OTHER = {"sub": "another-system"}


async def opened(gateway: Delivering, agency: str = "fire", **wish: object) -> None:
    answer = await gateway.call("PUT", "/v1/collection", agency, json=wish)
    assert answer.status_code == 200, answer.text


async def new(gateway: Delivering, agency: str = "fire", path: str = NEW, **given: object) -> list[str]:
    answer = (await gateway.call("GET", path, agency, **given)).raise_for_status().json()
    return [event["data"]["business_id"] for event in answer["events"]]


async def happen_in_turn(gateway: Delivering, *businesses: str) -> None:
    for number, business in enumerate(businesses):
        with time_machine.travel(utc_now() + timedelta(seconds=number), tick=True):
            await gateway.happens(change("fire", business))


@on_both_stores
async def test_events_stay_new_until_they_are_said_to_be_collected_in_any_order_and_as_often_as_one_likes(gateway):
    await opened(gateway)
    await happen_in_turn(gateway, "biz_1", "biz_2", "biz_3")
    events = (await gateway.call("GET", NEW)).json()["events"]
    assert [event["data"]["business_id"] for event in events] == ["biz_1", "biz_2", "biz_3"]
    assert await new(gateway) == ["biz_1", "biz_2", "biz_3"]
    for number in (2, 0, 2):
        answer = await gateway.call("PUT", f"/v1/collection/{events[number]['id']}/collected")
        assert (answer.status_code, answer.content) == (204, b"")
    assert await new(gateway) == ["biz_2"]


@on_both_stores
async def test_pages_hold_all_of_it_once_and_go_on_after_what_was_collected_meanwhile(gateway):
    await opened(gateway)
    await happen_in_turn(gateway, *(f"biz_{number}" for number in range(5)))
    path, found = f"{NEW}?limit=2", []
    cursor = ""
    for _ in range(3):
        page = (await gateway.call("GET", path + cursor)).json()
        found += [event["data"]["business_id"] for event in page["events"]]
        for event in page["events"]:
            await gateway.call("PUT", f"/v1/collection/{event['id']}/collected")
        cursor = f"&cursor={page['next']}"
    assert found == [f"biz_{number}" for number in range(5)]
    assert page["next"] is None
    assert (await gateway.call("GET", f"{NEW}?cursor=evt_{'0' * 32}")).status_code == 400


async def test_each_client_has_its_own_and_no_agency_anothers(gateway):
    await opened(gateway)
    await opened(gateway, "police")
    assert (await gateway.call("GET", NEW, claims=OTHER)).status_code == 404
    await gateway.call("PUT", "/v1/collection", json={"types": ["finding.raised"]}, claims=OTHER)
    await happen_in_turn(gateway, "biz_1")
    [event] = (await gateway.call("GET", NEW)).json()["events"]
    path = f"/v1/collection/{event['id']}/collected"
    for agency, claims in (("police", {}), ("fire", OTHER), ("licensing", {})):
        assert (await gateway.call("PUT", path, agency, claims=claims)).status_code == 404
    assert await new(gateway, "police") == await new(gateway, claims=OTHER) == []
    assert await new(gateway) == ["biz_1"]


@on_both_stores
async def test_a_power_that_ends_takes_back_what_was_not_collected(tmp_path: Path, gateway):
    await opened(gateway)
    await happen_in_turn(gateway, "biz_1", "biz_2")
    first, second = (event["id"] for event in (await gateway.call("GET", NEW)).json()["events"])
    await gateway.call("PUT", f"/v1/collection/{first}/collected")
    (tmp_path / "partnership.yaml").write_text(PARTNERSHIP.replace("status: active", "status: revoked"))
    assert await new(gateway) == []
    never = await gateway.call("PUT", f"/v1/collection/evt_{'0' * 32}/collected")
    withdrawn = await gateway.call("PUT", f"/v1/collection/{second}/collected")
    assert (never.status_code, never.text) == (withdrawn.status_code, withdrawn.text)
    assert (await gateway.call("PUT", f"/v1/collection/{first}/collected")).status_code == 204


@on_both_stores
async def test_it_is_opened_changed_and_closed(gateway):
    assert (await gateway.call("GET", "/v1/collection")).status_code == 404
    assert (await gateway.call("DELETE", "/v1/collection")).status_code == 404
    await opened(gateway)
    about = (await gateway.call("GET", "/v1/collection")).json()
    await happen_in_turn(gateway, "biz_1")
    await opened(gateway, types=["finding.raised"])
    await happen_in_turn(gateway, "biz_2")
    assert await new(gateway) == ["biz_1"], "what is kept stays"
    assert (await gateway.call("GET", "/v1/collection")).json()["opened_at"] == about["opened_at"]
    assert (await gateway.call("DELETE", "/v1/collection")).status_code == 204
    await opened(gateway)
    assert await new(gateway) == []


async def test_what_is_fetched_is_in_the_audit_log_as_a_disclosure(gateway):
    business = "biz_" + "a" * 20
    await opened(gateway)
    await happen_in_turn(gateway, business)
    await new(gateway)
    found = (await gateway.call("GET", f"/v1/audit?business={business}")).json()["entries"]
    assert [(one["operation"], one["route"]) for one in found] == [("disclosure", NEW)]
    assert found[0]["legal_gateways"] == ["fire-and-licensing"]


@pytest.mark.parametrize(("test", "status"), [("events", 200), ("empty", 200), ("not_found", 404), ("too_many", 429)])
async def test_canned_answers_have_the_shape_of_real_ones_and_touch_nothing(gateway, test, status):
    answer = await gateway.call("GET", f"{NEW}?test={test}")
    assert answer.status_code == status
    assert ("retry-after" in answer.headers) == (status == 429)
    if status == 200:
        assert CollectionPage.model_validate_json(answer.content).events == (EVENTS if test == "events" else ())
    marked = await gateway.call("PUT", f"/v1/collection/{EVENTS[0].id}/collected?test={test}")
    assert marked.status_code == (204 if status == 200 else status)
    assert (await gateway.call("GET", "/v1/collection")).status_code == 404
    await opened(gateway)
    await happen_in_turn(gateway, "biz_1")
    await gateway.call("PUT", f"/v1/collection/{EVENTS[0].id}/collected?test={test}")
    assert await new(gateway) == ["biz_1"]

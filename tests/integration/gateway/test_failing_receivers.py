"""However an agency's own system fails, it gets everything in the end, and nobody else waits for it."""

from datetime import timedelta

import orjson
import pytest
import time_machine
from standardwebhooks import Webhook

from services.gateway.domain.sealing import SealBroken
from services.gateway.domain.webhooks import GIVEN_UP_AFTER
from shared.runtime.clock import utc_now
from tests.integration.gateway.delivering import Delivering, on_both_stores
from tests.integration.gateway.risk import change


@on_both_stores
async def test_a_delivery_that_is_refused_is_tried_for_three_days_and_then_fails(gateway, receivers):
    receiver = receivers()
    webhook = await gateway.register(receiver)
    receiver.status = 500
    await gateway.happens(change("fire"))
    begun, hours = utc_now(), 0
    for hours in range(24 * 5):
        with time_machine.travel(begun + timedelta(hours=hours), tick=True):
            await gateway.send()
            [delivery] = await gateway.deliveries(webhook)
            if delivery["state"] == "failed":
                break
    assert 24 * 3 < hours < 24 * 5
    assert (delivery["attempts"], delivery["answered"], delivery["next_attempt_at"]) == (10, "500", None)
    assert len(receiver.calls) == 10
    assert len(set(receiver.ids)) == 1


async def test_a_refused_delivery_does_not_keep_others_waiting(gateway, receivers):
    receiver = receivers()
    webhook = await gateway.register(receiver)
    receiver.statuses = [400]
    await gateway.happens(change("fire", "biz_1"))
    await gateway.send()
    await gateway.happens(change("fire", "biz_2"))
    await gateway.send()
    assert {one["state"] for one in await gateway.deliveries(webhook)} == {"waiting", "delivered"}
    with time_machine.travel(utc_now() + timedelta(seconds=7), tick=True):
        await gateway.send()
    assert receiver.ids[0] == receiver.ids[2]
    assert {one["state"] for one in await gateway.deliveries(webhook)} == {"delivered"}


@on_both_stores
async def test_while_a_receiver_is_away_it_is_asked_now_and_then_and_gets_all_when_it_is_back(gateway, receivers):
    gone = receivers()
    webhook = await gateway.register(gone)
    gone.close()
    await gateway.happens(*(change("fire", f"biz_{n}") for n in range(25)))
    begun = utc_now()
    for hours in range(12):
        with time_machine.travel(begun + timedelta(hours=hours), tick=True):
            await gateway.send()
    assert {(one["state"], one["attempts"]) for one in await gateway.deliveries(webhook)} == {("waiting", 0)}
    assert (await gateway.about(webhook))["failing_since"]
    back = receivers(gone.port)
    with time_machine.travel(begun + timedelta(hours=14), tick=True):
        await gateway.send()
        assert {one["state"] for one in await gateway.deliveries(webhook)} == {"delivered"}
        assert (await gateway.about(webhook))["failing_since"] is None
    assert len(back.calls) == len(set(back.ids)) == 25


async def test_a_slow_answer_is_given_up_and_its_delivery_comes_again_under_the_same_id(
    tmp_path, gateway, issuer, receivers
):
    receiver, patient = receivers(), gateway
    gateway = Delivering(tmp_path, patient.database, issuer, webhook_timeout_seconds=0.3)
    webhook = await gateway.register(receiver)
    receiver.slow = 1.0
    await gateway.happens(change("fire"))
    await gateway.send()
    [delivery] = await gateway.deliveries(webhook)
    assert (delivery["state"], delivery["answered"]) == ("waiting", "timeout")
    receiver.slow = 0
    with time_machine.travel(utc_now() + timedelta(seconds=7), tick=True):
        await patient.send()
    await gateway.close()
    assert len(receiver.calls) == 2
    assert len(set(receiver.ids)) == 1


async def test_where_the_key_of_the_secrets_is_lost_a_new_secret_mends_it(tmp_path, gateway, issuer, receivers):
    receiver = receivers()
    webhook = await gateway.register(receiver)
    (tmp_path / "gateway-webhooks.key").unlink()
    anew = Delivering(tmp_path, gateway.database, issuer)
    await anew.happens(change("fire"))
    with pytest.raises(SealBroken):
        await anew.send()
    mended = (await anew.call("POST", f"/v1/webhooks/{webhook['id']}/secret")).json()
    with time_machine.travel(utc_now() + timedelta(seconds=15), tick=True):
        await anew.send()
        Webhook(mended["secret"]).verify(receiver.calls[0].body, receiver.calls[0].headers)
    await anew.close()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_not_followed(gateway, receivers, status):
    receiver, inside = receivers(), receivers()
    webhook = await gateway.register(receiver)
    receiver.status, receiver.headers = status, {"Location": inside.url}
    await gateway.happens(change("fire"))
    await gateway.send()
    assert inside.calls == []
    assert (await gateway.deliveries(webhook))[0]["answered"] == str(status)


async def test_a_receiver_that_has_too_much_is_left_alone_for_as_long_as_it_says(gateway, receivers):
    receiver = receivers()
    webhook = await gateway.register(receiver)
    receiver.statuses, receiver.headers = [429], {"Retry-After": "900"}
    await gateway.happens(change("fire", "biz_1"))
    await gateway.send()
    await gateway.happens(*(change("fire", f"biz_{n}") for n in range(2, 9)))
    for minutes, calls in ((0, 1), (14, 1), (16, 9)):
        with time_machine.travel(utc_now() + timedelta(minutes=minutes), tick=True):
            await gateway.send()
            assert len(receiver.calls) == calls
    assert {one["state"] for one in await gateway.deliveries(webhook)} == {"delivered"}


@on_both_stores
async def test_a_receiver_that_is_gone_is_given_up_at_once_and_the_others_are_told(gateway, receivers):
    receiver, other, strangers = receivers(), receivers(), receivers()
    webhook = await gateway.register(receiver, types=["risk.changed"])
    await gateway.register(other, types=["webhook.disabled"])
    await gateway.register(strangers, "police")
    receiver.status = 410
    await gateway.happens(change("fire"))
    await gateway.send()
    about = await gateway.about(webhook)
    assert not about["enabled"]
    assert "410" in about["disabled_because"]
    assert [(call.notice["type"], call.notice["data"]["webhook_id"]) for call in other.calls] == [
        ("webhook.disabled", webhook["id"])
    ]
    assert strangers.calls == []


async def test_one_that_fails_for_days_is_given_up_and_loses_nothing_when_it_is_taken_up_again(gateway, receivers):
    receiver = receivers()
    webhook = await gateway.register(receiver)
    receiver.status = 503
    await gateway.happens(change("fire", "biz_1"))
    begun, shown = utc_now(), webhook
    for hours in range(0, int(GIVEN_UP_AFTER.total_seconds() // 3600) + 4, 2):
        with time_machine.travel(begun + timedelta(hours=hours), tick=True):
            await gateway.send()
            shown = await gateway.about(webhook)
    assert not shown["enabled"]
    assert "5 days" in shown["disabled_because"]
    receiver.status = 200
    with time_machine.travel(begun + timedelta(days=6), tick=True):
        await gateway.happens(change("fire", "biz_2"))
        await gateway.send()
        assert receiver.calls[-1].notice["data"]["business_id"] == "biz_1"
        await gateway.call("PUT", f"/v1/webhooks/{webhook['id']}", json={"url": receiver.url})
        await gateway.send()
    assert sorted(call.notice["data"]["business_id"] for call in receiver.calls[-2:]) == ["biz_1", "biz_2"]


@on_both_stores
async def test_single_events_or_a_period_are_sent_again_under_the_same_ids(gateway, receivers):
    receiver = receivers()
    webhook = await gateway.register(receiver)
    path = f"/v1/webhooks/{webhook['id']}/replay"
    for minutes in (0, 10, 20):
        with time_machine.travel(utc_now() + timedelta(minutes=minutes), tick=True):
            await gateway.happens(change("fire", f"biz_{minutes}"))
            await gateway.send()
    first, second, third = receiver.ids
    one = await gateway.call("POST", path, json={"event_ids": [second, f"evt_{'0' * 32}"]})
    since = (utc_now() + timedelta(minutes=5)).isoformat()
    with time_machine.travel(utc_now() + timedelta(minutes=30), tick=True):
        await gateway.send()
        some = await gateway.call("POST", path, json={"since": since})
        await gateway.send()
    assert (one.json(), some.json()) == ({"events": 1}, {"events": 2})
    assert sorted(receiver.ids) == sorted([first, second, second, second, third, third])
    assert (await gateway.call("POST", path, json={})).status_code == 422


@on_both_stores
async def test_deliveries_are_listed_newest_first_and_page_by_page(gateway, receivers):
    receiver = receivers()
    webhook = await gateway.register(receiver)
    for number in range(5):
        with time_machine.travel(utc_now() + timedelta(minutes=number), tick=True):
            await gateway.happens(change("fire", f"biz_{number}"))
    await gateway.send()
    path, cursor, seen = f"/v1/webhooks/{webhook['id']}/deliveries?limit=2", "", []
    for _ in range(3):
        page = (await gateway.call("GET", path + cursor)).json()
        seen += [one["timestamp"] for one in page["deliveries"]]
        cursor = f"&cursor={page['next']}"
    assert page["next"] is None
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)
    assert (await gateway.call("GET", f"{path}&cursor=evt_{'0' * 32}")).status_code == 400
    assert await gateway.deliveries(webhook, state="failed") == []


@on_both_stores
async def test_notices_are_kept_for_so_many_days_and_then_forgotten(gateway, receivers):
    receiver = receivers()
    webhook = await gateway.register(receiver, enabled=False)
    await gateway.happens(change("fire"))
    for days, kept in ((6, 1), (8, 0)):
        with time_machine.travel(utc_now() + timedelta(days=days), tick=True):
            await gateway.upkeep.forget()
            assert len(await gateway.deliveries(webhook)) == kept
    async with gateway.database.read() as connection:
        schema = "" if gateway.database.is_sqlite else "gateway."
        assert (await connection.exec_driver_sql(f"SELECT count(*) FROM {schema}notice")).scalar_one() == 0


async def test_what_cannot_be_read_is_passed_by(gateway, receivers):
    receiver = receivers()
    await gateway.register(receiver)
    broken = change("fire", "biz_broken")
    body = orjson.loads(broken.value)
    del body["data"]["band"]
    await gateway.happens(type(broken)(broken.topic, broken.key, orjson.dumps(body)), change("fire", "biz_whole"))
    await gateway.send()
    assert [call.notice["data"]["business_id"] for call in receiver.calls] == ["biz_whole"]

"""From the log to an agency's own system: all it may have, signed, however its system behaves, and nothing else."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from services.gateway.domain.webhooks import GIVEN_UP_AFTER
from services.gateway.handlers.upkeep import Upkeep
from services.gateway.store import deliveries
from shared.contracts.api.referrals.life import Feedback, State
from shared.contracts.api.referrals.requests import Status
from shared.contracts.api.sharing import ConditionKind
from shared.contracts.events.calendar import VisitDone, VisitPlanned
from shared.contracts.events.ingest import FeedStale
from shared.contracts.events.linker import FindingEnded, FindingRaised, FindingType
from shared.contracts.events.referrals import (
    CardFiled,
    FeedbackGiven,
    ReferralClosed,
    ReferralData,
    ReferralReceived,
    ReferralTaken,
    RequestMade,
)
from shared.runtime.clock import today, utc_now
from shared.runtime.errors import Unavailable
from shared.runtime.eventlog import Message
from shared.sharing import View, load_partnership, views
from tests.integration.gateway.delivering import Delivering, on_both_stores
from tests.integration.gateway.risk import audience_of, change, event, farewell
from tests.integration.gateway.served import PARTNERSHIP

REVOKED = PARTNERSHIP.replace("status: active", "status: revoked")
WIDENED = PARTNERSHIP.replace("from: [licensing]", "from: [licensing, police]").replace(
    "signatures: [", "signatures: [{agency: police, by: its head, day: 2020-01-01}, "
)


@on_both_stores
async def test_an_event_arrives_signed_as_the_standard_says_and_as_the_stream_tells_it(gateway, receivers):
    receiver = receivers()
    webhook = await gateway.register(receiver)
    await gateway.happens(change("fire", "biz_7"))
    await gateway.send()
    [call] = receiver.calls
    verified = Webhook(webhook["secret"]).verify(call.body, call.headers)
    assert (verified["type"], verified["id"]) == ("risk.changed", call.id)
    assert (verified["data"]["business_id"], verified["data"]["name"]) == ("biz_7", "Chicken Shop")
    assert verified["data"]["reasons"] == ["No alarm was found."]
    assert "audience" not in call.body.decode()
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook["secret"]).verify(call.body.replace(b"biz_7", b"biz_8"), call.headers)
    [delivery] = await gateway.deliveries(webhook)
    assert (delivery["event_id"], delivery["state"], delivery["answered"]) == (call.id, "delivered", "200")


async def test_findings_are_told_without_anything_of_a_person(gateway, receivers):
    receiver = receivers()
    await gateway.register(receiver)
    found = {
        "audience": audience_of("fire"),
        "finding_id": "fnd_1",
        "type": FindingType.network,
        "business_ids": ("b",),
    }
    raised = FindingRaised(**found, title="A network", areas=("UB1",), since="2026-11-01")
    await gateway.happens(event(raised, "fnd_1"), event(FindingEnded(**found), "fnd_1"))
    await gateway.send()
    told = {call.notice["type"]: call.notice["data"] for call in receiver.calls}
    assert told["finding.raised"]["title"] == "A network"
    assert set(told) == {"finding.raised", "finding.ended"}


async def test_after_rotation_both_secrets_are_good_for_a_day_and_then_the_new_one(gateway, receivers):
    receiver = receivers()
    old = await gateway.register(receiver)
    new = (await gateway.call("POST", f"/v1/webhooks/{old['id']}/secret")).json()
    for hours in (0, 25):
        with time_machine.travel(utc_now() + timedelta(hours=hours), tick=True):
            await gateway.happens(change("fire"))
            await gateway.send()
            call = receiver.calls[-1]
            Webhook(new["secret"]).verify(call.body, call.headers)
            if not hours:
                Webhook(old["secret"]).verify(call.body, call.headers)
                continue
            with pytest.raises(WebhookVerificationError):
                Webhook(old["secret"]).verify(call.body, call.headers)


async def test_each_agency_gets_its_own_and_what_it_asked_for(gateway, receivers):
    fire, police, findings = receivers(), receivers(), receivers()
    await gateway.register(fire)
    await gateway.register(police, "police")
    await gateway.register(findings, types=["finding.raised"])
    await gateway.happens(*(change("police", f"biz_p{n}") for n in range(5)), change("fire", "biz_f"))
    await gateway.send()
    assert [call.notice["data"]["business_id"] for call in fire.calls] == ["biz_f"]
    assert {call.notice["data"]["business_id"] for call in police.calls} == {f"biz_p{n}" for n in range(5)}
    assert findings.calls == []


@on_both_stores
async def test_what_the_log_gives_twice_is_delivered_once(gateway, receivers):
    receiver = receivers()
    await gateway.register(receiver)
    said = change("fire")
    for _ in range(2):
        await gateway.happens(said, said)
        await gateway.send()
    assert len(receiver.calls) == 1


async def test_what_happened_before_the_webhook_was_there_is_not_told(gateway, receivers):
    receiver = receivers()
    with time_machine.travel(utc_now() - timedelta(minutes=5)):
        before = change("fire", "biz_before")
    await gateway.register(receiver)
    await gateway.happens(before, change("fire", "biz_after"))
    await gateway.send()
    assert [call.notice["data"]["business_id"] for call in receiver.calls] == ["biz_after"]


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
async def test_a_power_that_ends_stops_what_has_not_gone_yet(tmp_path, gateway, receivers):
    receiver = receivers()
    webhook = await gateway.register(receiver, types=["risk.changed"])
    await gateway.happens(change("fire", "biz_1"))
    (tmp_path / "partnership.yaml").write_text(REVOKED)
    await gateway.send()
    assert receiver.calls == []
    assert [one["state"] for one in await gateway.deliveries(webhook)] == ["withdrawn"]
    await gateway.call("POST", f"/v1/webhooks/{webhook['id']}/replay", json={"since": "2026-01-01T00:00:00Z"})
    await gateway.send()
    assert receiver.calls == []


async def test_what_is_withdrawn_is_told_to_those_who_see_it_no_more(tmp_path, gateway, receivers):
    receiver = receivers()
    await gateway.register(receiver, types=["risk.changed"])
    lost = audience_of("fire")
    (tmp_path / "partnership.yaml").write_text(REVOKED)
    await gateway.happens(farewell(lost), change("fire", audience=lost))
    await gateway.send()
    (told,) = [call.notice["data"] for call in receiver.calls]
    assert (told["cause"], told["name"]) == ("withdrawn", "")


async def test_an_agency_that_comes_to_see_more_loses_nothing_that_is_on_its_way(tmp_path, gateway, receivers):
    receiver = receivers()
    await gateway.register(receiver, types=["risk.changed"])
    await gateway.happens(change("fire", "biz_1"))
    (tmp_path / "partnership.yaml").write_text(WIDENED)
    assert audience_of("fire").id != audience_of("fire", WIDENED).id
    await gateway.happens(change("fire", "biz_2"))  # said before the linker knew of the change
    await gateway.send()
    assert {call.notice["data"]["business_id"] for call in receiver.calls} == {"biz_1", "biz_2"}


async def test_an_agency_that_has_left_the_partnership_is_told_nothing_more_not_even_of_its_own(
    tmp_path, gateway, receivers
):
    receiver = receivers()
    webhook = await gateway.register(receiver, "police")
    await gateway.happens(event(CardFiled(card_id="crd_1", agency="police", referrals=()), "crd_1"), change("police"))
    without = PARTNERSHIP.replace(", {id: police, title: Police}", "")
    (tmp_path / "partnership.yaml").write_text(without)
    await gateway.send()
    assert receiver.calls == []
    (tmp_path / "partnership.yaml").write_text(PARTNERSHIP)
    assert {one["state"] for one in await gateway.deliveries(webhook, "police")} == {"withdrawn"}


async def test_while_the_rules_cannot_be_read_nothing_goes(tmp_path, gateway, receivers):
    receiver = receivers()
    await gateway.register(receiver)
    await gateway.happens(change("fire"))
    (tmp_path / "partnership.yaml").write_text("agencies: [")
    with pytest.raises(Unavailable):
        await gateway.send()
    assert receiver.calls == []
    (tmp_path / "partnership.yaml").write_text(PARTNERSHIP)
    with time_machine.travel(utc_now() + timedelta(seconds=15), tick=True):
        await gateway.send()
    assert len(receiver.calls) == 1


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
async def test_what_goes_out_is_in_the_audit_log_before_it_goes(gateway, receivers, monkeypatch):
    receiver, business = receivers(), "biz_" + "a" * 20
    webhook = await gateway.register(receiver)
    await gateway.happens(change("fire", business))

    async def full(*_arguments: object) -> None:
        raise Unavailable

    with monkeypatch.context() as patched:
        patched.setattr("services.gateway.handlers.recorder.Recorder.record", full)
        with pytest.raises(Unavailable):
            await gateway.send()
    assert receiver.calls == []
    with time_machine.travel(utc_now() + timedelta(seconds=15), tick=True):
        await gateway.send()
        found = (await gateway.call("GET", f"/v1/audit?person={webhook['id']}")).json()["entries"]
    assert len(receiver.calls) == 1
    assert [(one["operation"], one["route"], one["shown"]) for one in found] == [("disclosure", "webhook", [business])]
    assert found[0]["legal_gateways"] == ["fire-and-licensing"]
    assert found[0]["purpose"] == "compliance"


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
    del body["data"]["name"]
    await gateway.happens(type(broken)(broken.topic, broken.key, orjson.dumps(body)), change("fire", "biz_whole"))
    await gateway.send()
    assert [call.notice["data"]["business_id"] for call in receiver.calls] == ["biz_whole"]


@on_both_stores
async def test_who_sees_something_else_than_before_is_told_once_to_read_again(tmp_path, gateway, receivers):
    fire, police = receivers(), receivers()
    await gateway.register(fire)
    await gateway.register(police, "police")
    another = Upkeep(gateway.database, gateway.rules, timedelta(days=7))
    await another.look_at_rules()
    (tmp_path / "partnership.yaml").write_text(WIDENED)
    for upkeep in (gateway.upkeep, another, gateway.upkeep):
        await upkeep.look_at_rules()
    await gateway.send()
    assert [call.notice["type"] for call in fire.calls] == ["view.changed"]
    assert fire.calls[0].notice["data"] == {"read_again": ["/v1/businesses"]}
    assert police.calls == []


@on_both_stores
async def test_of_two_processes_that_see_a_change_of_views_one_tells_it(gateway):
    before, after = (views(load_partnership(rules), today()) for rules in (PARTNERSHIP, WIDENED))

    async def look_anew(at: Sequence[View]) -> list[str]:
        async with gateway.database.transaction() as tx:
            return await deliveries.look_anew(gateway.database, tx, at)

    assert await look_anew(before) == []
    async with gateway.database.transaction() as tx:
        assert await deliveries.look_anew(gateway.database, tx, after) == ["fire"]
        other = asyncio.create_task(look_anew(after))
        await asyncio.sleep(0.2)  # it has read what was, and waits for us
    assert await other == []


def referral(kind: type[ReferralData] = ReferralReceived, **given: Any) -> Message:
    """Sent by licensing to fire."""
    fields = {"referral_id": "ref_1", "card_id": "crd_1", "from_agency": "licensing", "to_agency": "fire"}
    fields |= {"purpose": "compliance", "met": (), "state": State.received}
    return event(kind(**(fields | given)), "ref_1")


def received(**given: Any) -> Message:
    return referral(regime="fire-safety", starts_at=utc_now(), due_at=utc_now(), **given)


async def test_a_referral_is_told_to_who_sent_it_and_to_who_was_sent_it_while_the_power_lasts(
    tmp_path, gateway, receivers
):
    everyone = {agency: receivers() for agency in ("fire", "licensing", "police")}
    for agency, receiver in everyone.items():
        await gateway.register(receiver, agency)
    cards = PARTNERSHIP.replace("categories: [presence], purposes", "categories: [presence, concern-cards], purposes")
    (tmp_path / "partnership.yaml").write_text(cards)
    await gateway.happens(received())
    await gateway.send()
    told = {a: [c.notice for c in one.calls if c.notice["type"] == "referral.received"] for a, one in everyone.items()}
    assert {agency: len(notices) for agency, notices in told.items()} == {"fire": 1, "licensing": 1, "police": 0}
    [said] = told["fire"]
    assert (said["data"]["referral_id"], said["data"]["state"]) == ("ref_1", "received")
    assert not {"met", "purpose"} & said["data"].keys()
    (tmp_path / "partnership.yaml").write_text(PARTNERSHIP)
    closed = referral(ReferralClosed, feedback=Feedback.helpful, state=State.closed)
    await gateway.happens(referral(ReferralTaken, due_at=None, state=State.accepted), closed)
    await gateway.send()
    types = {agency: [call.notice["type"] for call in one.calls] for agency, one in everyone.items()}
    assert "referral.closed" in types["licensing"]
    assert not {"referral.taken", "referral.closed"} & {*types["fire"], *types["police"]}


async def test_a_request_is_told_to_who_made_it_and_to_who_may_be_asked(tmp_path, gateway, receivers):
    asking, asked = receivers(), receivers()
    await gateway.register(asking, "licensing", types=["request.made"])
    await gateway.register(asked, types=["request.made"])
    parties = {"request_id": "rfi_1", "kind": "vat-registered", "from_agency": "licensing", "to_agency": "fire"}
    made = RequestMade(**parties, purpose="compliance", met=(), status=Status.sent, due_at=utc_now())
    await gateway.happens(event(made, "rfi_1"))
    await gateway.send()
    assert (len(asking.calls), len(asked.calls)) == (1, 0)
    rules = PARTNERSHIP.replace("categories: [presence], purposes", "categories: [requests], purposes")
    (tmp_path / "partnership.yaml").write_text(rules)
    await gateway.happens(event(made, "rfi_1"))
    await gateway.send()
    assert [call.notice["data"]["status"] for call in asked.calls] == ["sent"]


@pytest.mark.parametrize(("met", "arrives"), [((), False), ((ConditionKind.case_by_case,), True)])
async def test_a_power_with_a_condition_lets_through_what_met_it(tmp_path, gateway, receivers, met, arrives):
    receiver = receivers()
    await gateway.register(receiver, types=["referral.received"])
    asks = "categories: [concern-cards], conditions: [{kind: case_by_case, source: its guidance}], purposes"
    (tmp_path / "partnership.yaml").write_text(PARTNERSHIP.replace("categories: [presence], purposes", asks))
    await gateway.happens(received(met=met))
    await gateway.send()
    assert len(receiver.calls) == arrives


async def test_feedback_on_a_card_and_the_silence_of_a_feed_are_told_to_whose_they_are(gateway, receivers):
    sender, taker = receivers(), receivers()
    await gateway.register(sender, "licensing")
    await gateway.register(taker)
    ids = {"referral_id": "ref_1", "card_id": "crd_1", "from_agency": "licensing", "to_agency": "fire"}
    given = FeedbackGiven(**ids, by_agency="fire", feedback=Feedback.helpful, late=False)
    filed = CardFiled(card_id="crd_1", agency="licensing", referrals=("ref_1",))
    silent = FeedStale(feed="licences", agency="licensing", last_received_at=None, expected_every_hours=24)
    await gateway.happens(event(filed, "crd_1"), event(given, "ref_1"), event(silent, "licences"))
    await gateway.send()
    assert {call.notice["type"] for call in sender.calls} == {"card.filed", "feedback.given", "feed.stale"}
    assert taker.calls == []


async def test_a_visit_is_told_to_those_it_is_for_while_the_power_lasts(tmp_path, gateway, receivers):
    everyone = {agency: receivers() for agency in ("fire", "licensing", "police")}
    for agency, receiver in everyone.items():
        await gateway.register(receiver, agency, types=["visit.planned", "visit.done"])
    visits = PARTNERSHIP.replace("categories: [presence], purposes", "categories: [presence, visits], purposes")
    (tmp_path / "partnership.yaml").write_text(visits)
    about = {"visit_id": "vis_1", "version": 1, "agency": "licensing", "agencies": ("licensing", "fire")}
    await gateway.happens(event(VisitPlanned(**about, starts_at=utc_now(), ends_at=utc_now()), "vis_1"))
    await gateway.send()
    assert {agency: len(one.calls) for agency, one in everyone.items()} == {"fire": 1, "licensing": 1, "police": 0}
    assert "agencies" not in everyone["fire"].calls[0].notice["data"]
    (tmp_path / "partnership.yaml").write_text(PARTNERSHIP)
    await gateway.happens(event(VisitDone(**about), "vis_1"))
    await gateway.send()
    assert {agency: len(one.calls) for agency, one in everyone.items()} == {"fire": 1, "licensing": 2, "police": 0}

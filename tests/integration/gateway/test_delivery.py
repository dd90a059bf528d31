"""From the log to an agency's own system: what happened, signed, once, and written down before it goes."""

from datetime import timedelta

import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from shared.contracts.api.referrals.life import Feedback
from shared.contracts.events.ingest import FeedStale
from shared.contracts.events.linker import FindingEnded, FindingRaised, FindingType
from shared.contracts.events.referrals import (
    CardFiled,
    FeedbackGiven,
)
from shared.runtime.clock import utc_now
from shared.runtime.errors import Unavailable
from tests.integration.gateway.delivering import on_both_stores
from tests.integration.gateway.risk import audience_of, change, event


@on_both_stores
async def test_an_event_arrives_signed_as_the_standard_says_and_as_the_stream_tells_it(gateway, receivers):
    receiver = receivers()
    webhook = await gateway.register(receiver)
    await gateway.happens(change("fire", "biz_7"))
    await gateway.send()
    [call] = receiver.calls
    verified = Webhook(webhook["secret"]).verify(call.body, call.headers)
    assert (verified["type"], verified["id"]) == ("risk.changed", call.id)
    assert (verified["data"]["business_id"], verified["data"]["band"]) == ("biz_7", "high")
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
    await gateway.happens(event(raised, "fnd_1"), event(FindingEnded(**found, cause="withdrawn"), "fnd_1"))
    await gateway.send()
    told = {call.notice["type"]: call.notice["data"] for call in receiver.calls}
    assert told["finding.raised"]["title"] == "A network"
    assert {kind: data["cause"] for kind, data in told.items()} == {
        "finding.raised": "changed",
        "finding.ended": "withdrawn",
    }


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
    assert found[0]["asked"] == receiver.ids
    assert found[0]["legal_gateways"] == ["fire-and-licensing"]
    assert found[0]["purpose"] == "compliance"


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

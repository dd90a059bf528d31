"""What is on its way goes as far as the sharing rules let it at that moment, and no further."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from services.gateway.handlers.upkeep import Upkeep
from services.gateway.store import deliveries
from shared.contracts.api.referrals.life import Feedback, State
from shared.contracts.api.referrals.requests import Status
from shared.contracts.api.sharing import ConditionKind
from shared.contracts.events.calendar import VisitDone, VisitPlanned
from shared.contracts.events.referrals import (
    CardFiled,
    ReferralClosed,
    ReferralData,
    ReferralReceived,
    ReferralTaken,
    ReferralWithdrawn,
    RequestMade,
)
from shared.runtime.clock import today, utc_now
from shared.runtime.errors import Unavailable
from shared.runtime.eventlog import Message
from shared.sharing import View, load_partnership, views
from tests.integration.gateway.delivering import on_both_stores
from tests.integration.gateway.risk import audience_of, change, event, farewell
from tests.integration.gateway.served import PARTNERSHIP

REVOKED = PARTNERSHIP.replace("status: active", "status: revoked")
WIDENED = PARTNERSHIP.replace("from: [licensing]", "from: [licensing, police]").replace(
    "signatures: [", "signatures: [{agency: police, by: its head, day: 2020-01-01}, "
)


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
    assert (told["cause"], told["visible"]) == ("withdrawn", False)


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
    ended = referral(ReferralWithdrawn, state=State.accepted)
    await gateway.happens(referral(ReferralTaken, due_at=None, state=State.accepted), closed, ended)
    await gateway.send()
    types = {agency: [call.notice["type"] for call in one.calls] for agency, one in everyone.items()}
    assert "referral.closed" in types["licensing"]
    assert not {"referral.taken", "referral.closed"} & {*types["fire"], *types["police"]}
    assert "referral.withdrawn" in types["fire"]
    assert "referral.withdrawn" not in types["police"]


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


async def test_of_those_told_of_one_visit_each_needs_its_own_conditions_met(tmp_path, gateway, receivers):
    everyone = {agency: receivers() for agency in ("fire", "police")}
    for agency, receiver in everyone.items():
        await gateway.register(receiver, agency, types=["visit.done"])
    asks = "categories: [visits], conditions: [{kind: case_by_case, source: its guidance}], purposes"
    asks = PARTNERSHIP.replace("categories: [presence], purposes", asks)
    (tmp_path / "partnership.yaml").write_text(asks.replace("to: [fire]", "to: [fire, police]"))
    about = {"visit_id": "vis_1", "version": 1, "agency": "licensing", "agencies": ("fire", "licensing", "police")}
    await gateway.happens(event(VisitDone(**about, met={"fire": (ConditionKind.case_by_case,)}), "vis_1"))
    await gateway.send()
    assert {agency: len(one.calls) for agency, one in everyone.items()} == {"fire": 1, "police": 0}

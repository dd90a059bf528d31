"""What people note in referrals and the calendar becomes records of their agency: once, in order, and only that way."""

from services.ingest import consumer
from services.ingest.handlers.noted import take_noted
from shared.contracts.envelope import EventData
from shared.contracts.events.calendar import OutcomeRecorded
from shared.contracts.events.referrals import CardRecorded
from shared.contracts.record import Name, Observation, ObservationKind, Record
from shared.runtime.eventlog import Delivered
from shared.runtime.inbox import once_awaited
from shared.runtime.outbox import Publisher
from tests.integration.ingest.served import Ingest, food_spec


def handler(ingest: Ingest):
    return once_awaited(ingest.database, consumer.GROUP, consumer.subscriptions(take_noted))


def delivered(*said: EventData) -> list[Delivered]:
    """As the relay of referrals or the calendar would put them into the log."""
    publisher = Publisher("referrals")
    for data in said:
        publisher.publish(data, subject=data.source_ref)
    return [Delivered(topic, key, value) for topic, key, value, _ in publisher.said]


def card(name: str | None = "The Chicken Shop", source_ref: str = "ref_1", **changes: str) -> CardRecorded:
    concern = Observation(kind=ObservationKind.concern, severity=2)
    record = Record(names=(Name(value=name),), observation=concern) if name else None
    return CardRecorded(
        **{"agency": "food", "regime": "immigration", "source_ref": source_ref, "record": record} | changes
    )


async def test_a_card_becomes_a_record_of_its_agency_in_a_feed_that_nobody_declared(ingest):
    await handler(ingest)(delivered(card()))
    assert await ingest.said() == [("received", "ref_1", 1)]
    (told,) = [event["data"] for event in await ingest.events()]
    assert (told["agency"], told["category"], told["regime"]) == ("food", "concern-cards", "immigration")
    feeds = (await ingest.call("GET", "/v1/feeds")).json()
    assert [feed["spec"]["id"] for feed in feeds] == [told["feed"]]
    assert not (await ingest.call("GET", "/v1/feeds", agency="fire")).json()


async def test_an_event_that_comes_again_changes_nothing_and_a_later_one_corrects_and_takes_back(ingest):
    handle, first = handler(ingest), delivered(card())
    await handle([*first, *delivered(card("The Chicken Shack"), card(None))])
    await handle(first)
    assert await ingest.said() == [("received", "ref_1", 1), ("corrected", "ref_1", 2), ("retracted", "ref_1", 3)]


async def test_each_agency_regime_and_kind_has_a_feed_of_its_own(ingest):
    outcome = OutcomeRecorded(**card().model_dump())
    await handler(ingest)(delivered(card(), card(agency="fire"), card(regime="fire-safety"), outcome))
    assert len({event["data"]["feed"] for event in await ingest.events()}) == 4


async def test_such_a_feed_takes_nothing_by_hand_and_its_id_cannot_be_declared(ingest):
    await handler(ingest)(delivered(card()))
    (told,) = [event["data"] for event in await ingest.events()]
    refused = await ingest.call("POST", f"/v1/feeds/{told['feed']}/records", json={"a": "b"})
    assert refused.status_code == 409
    spec = food_spec(id="concern-cards-mine")
    answer = await ingest.call("PUT", f"/v1/feeds/{spec['id']}", json=spec)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_yours")

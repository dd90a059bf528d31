"""Visits and decisions follow their business through merges and splits, in whatever order the word of it comes."""

from collections.abc import Iterator, Sequence
from itertools import islice, permutations

from sqlalchemy import delete, select, update

from services.calendar import consumer
from services.calendar.handlers import following
from services.calendar.store import planning_tables, tables
from services.linker.store import tables as linker_tables
from shared.contracts.events.linker import BUSINESSES_TOPIC
from shared.runtime.eventlog import Delivered
from shared.runtime.inbox import once_awaited
from tests.integration.calendar.served import Calendar
from tests.integration.linker.patterns import shop
from tests.integration.linker.world import id_of, received, retracted

CHAIR = ("tasking_chair",)


async def heard(calendar: Calendar) -> list[Delivered]:
    """What the linker said of businesses since the last time."""
    outbox = linker_tables.outbox
    async with calendar.world.database.transaction() as tx:
        rows = (await tx.connection.execute(select(outbox).where(outbox.c.topic == BUSINESSES_TOPIC))).all()
        await tx.connection.execute(delete(outbox))
    return [Delivered(topic=row.topic, key=row.key, value=row.value) for row in rows]


async def follow(calendar: Calendar, messages: Sequence[Delivered]) -> None:
    handle = once_awaited(calendar.database, consumer.GROUP, consumer.subscriptions(following))
    for message in messages:
        await handle([message])


async def begin_again(calendar: Calendar, business_id: str) -> None:
    """As before any of it was heard."""
    async with calendar.database.transaction() as tx:
        for table in (tables.visit, planning_tables.tasking_decision):
            await tx.connection.execute(update(table).values(business_id=business_id, followed_at=None))
        await tx.connection.execute(delete(tables.inbox))


def orders(messages: Sequence[Delivered]) -> Iterator[Sequence[Delivered]]:
    """All in which each business's own come one after the other."""
    for order in permutations(range(len(messages))):
        places = sorted(range(len(order)), key=lambda place: (messages[order[place]].key, place))
        if [order[place] for place in places] == sorted(order, key=lambda one: (messages[one].key, one)):
            yield [messages[one] for one in order]


async def business(calendar: Calendar, agency: str = "council") -> str | None:
    (visit,) = (await calendar.get("/v1/visits", agency))["visits"]
    found: str | None = visit["own"]["business_id"]
    return found


async def decided(calendar: Calendar, business_id: str) -> None:
    """That there is no visit, on a list that holds the business."""
    made = await calendar.post("/v1/tasking/lists", {"narrow": 1, "wide": 1}, roles=CHAIR)
    path = f"/v1/tasking/lists/{made['list_id']}/entries/{business_id}/decisions"
    body = {"decision": "no_visit", "because": "dealt_with", "reason": "All is well", "review_on": "2027-02-01"}
    await calendar.post(path, body, roles=CHAIR)


async def of_decision(calendar: Calendar) -> str:
    """The business of the one decision, which the list that it was made on has too."""
    (one,) = (await calendar.get("/v1/tasking/decisions", roles=CHAIR))["decisions"]
    listed = await calendar.get(f"/v1/tasking/lists/{one['list_id']}", roles=CHAIR)
    assert one["decision_id"] in [entry["decision"]["decision_id"] for entry in listed["agenda"] if entry["decision"]]
    return str(one["business_id"])


async def of_record(calendar: Calendar, ref: str, agency: str = "council") -> str:
    holding = await calendar.world.businesses(agency)
    return next(id_ for id_, records in holding.items() if id_of(agency, ref) in records)


async def test_what_is_planned_or_decided_goes_where_its_record_goes_through_a_merge_and_a_split_in_any_order(
    calendar: Calendar,
) -> None:
    bad = shop(severity=3), shop("Pizza Palace", severity=3)
    await calendar.world.take(*(received("council", ref, one) for ref, one in zip("12", bad, strict=True)))
    ref = max("1", "2", key=lambda one: id_of("council", one))  # of the two, its business is the one that merges
    before = await of_record(calendar, ref)
    await calendar.plan("council", {"business_id": before})
    await decided(calendar, before)
    await heard(calendar)
    said: list[Delivered] = []
    for verdict in ("same", "different"):
        await calendar.world.decide("council", id_of("council", "1"), id_of("council", "2"), verdict)
        said += await heard(calendar)
        if verdict == "same":
            await follow(calendar, said)
            assert await business(calendar) == await of_decision(calendar) == await of_record(calendar, ref)
    tried = list(islice(orders(said), 40))
    assert len(tried) > 5
    for order in tried:
        await begin_again(calendar, before)
        await follow(calendar, order)
        assert await business(calendar) == await of_record(calendar, ref)
    assert await of_decision(calendar) == await of_record(calendar, ref)


async def test_what_another_audience_is_told_moves_no_visit(calendar: Calendar) -> None:
    await calendar.world.take(received("council", "1", shop()))
    mine = await of_record(calendar, "1")
    await calendar.plan("council", {"business_id": mine})
    await calendar.world.take(received("hmrc", "1", shop()))
    await follow(calendar, await heard(calendar))
    assert await business(calendar) == mine


async def test_a_business_that_is_seen_no_more_leaves_the_visit_its_place_and_the_decision_its_business(
    calendar: Calendar,
) -> None:
    await calendar.world.take(received("council", "1", shop(severity=3)))
    before = await of_record(calendar, "1")
    await calendar.plan("council", {"business_id": before})
    await decided(calendar, before)
    await calendar.world.take(retracted("council", "1"))
    messages = await heard(calendar)
    await follow(calendar, messages)
    await follow(calendar, messages)
    assert await business(calendar) is None
    assert await of_decision(calendar) == before
    (visit,) = (await calendar.get("/v1/visits"))["visits"]
    assert visit["place"]["name"] == "Golden Chicken"

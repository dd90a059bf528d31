"""Cards follow their business through merges and splits, in whatever order the word of it comes."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import insert

from services.referrals import consumer
from services.referrals.handlers import follow
from services.referrals.store import tables
from shared.contracts.envelope import Event
from shared.contracts.events import BY_DATA
from shared.contracts.events.linker import Audience, AudienceData, BusinessChanged, BusinessMerged, BusinessWithdrawn
from tests.integration.referrals.beat import Beat

OLD, NEW, OTHER = ("biz_" + letter * 20 for letter in "abc")
RECORD, THEIRS = "rec_" + "a" * 20, "rec_" + "b" * 20
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OURS = Audience(id="aud_1", agencies=("council",))


def said(minute: int, kind: type[AudienceData], business: str, audience: Audience = OURS, **data: Any) -> Event[Any]:
    spec = BY_DATA[kind]
    return Event(
        id=f"evt_{minute}_{business}",
        source=spec.source,
        type=spec.type,
        subject=business,
        partitionkey=business,
        time=NOON + timedelta(minutes=minute),
        data=kind(audience=audience, business_id=business, sequence=1, **data),
    )


MERGED = (
    said(0, BusinessChanged, OLD, record_ids=(RECORD,)),
    said(1, BusinessMerged, OLD, into=NEW),
    said(1, BusinessChanged, NEW, record_ids=(RECORD, THEIRS)),
)
SPLIT = (
    said(0, BusinessChanged, OLD, record_ids=(RECORD, THEIRS)),
    said(1, BusinessChanged, OLD, record_ids=(THEIRS,)),
    said(1, BusinessChanged, NEW, record_ids=(RECORD,)),
)


async def take(beat: Beat, *events: Event[Any]) -> None:
    handlers = consumer.subscriptions(consumer.Handlers(follow.changed, follow.ended, None))
    for event in events:
        async with beat.database.transaction() as tx:
            await handlers[type(event.data)]([event], tx)


@pytest.fixture
async def card(beat: Beat) -> str:
    """A card of the council, of the business OLD, whose record is RECORD."""
    id_ = str((await beat.file("council/ann"))["card_id"])
    async with beat.database.transaction() as tx:
        await tx.execute(tables.card.update().values(business_id=OLD))
        await tx.execute(insert(tables.card_record).values(record_id=RECORD, card=id_, agency="council"))
    return id_


async def business(beat: Beat, card: str) -> str | None:
    return (await beat.get("council/ann", f"/v1/cards/{card}"))["business_id"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("story", [MERGED, SPLIT], ids=["merged", "split"])
async def test_a_card_goes_where_its_record_goes(
    beat: Beat, card: str, story: tuple[Event[Any], ...], order: tuple[int, ...]
) -> None:
    await take(beat, *(story[at] for at in order))
    assert await business(beat, card) == NEW


async def test_what_another_audience_is_told_does_not_move_it(beat: Beat, card: str) -> None:
    theirs = Audience(id="aud_2", agencies=("fire",))
    await take(beat, said(1, BusinessChanged, OTHER, theirs, record_ids=(RECORD,)))
    await take(beat, said(2, BusinessWithdrawn, OLD, theirs))
    assert await business(beat, card) == OLD


async def test_a_business_that_is_withdrawn_leaves_the_card_with_what_the_officer_said(beat: Beat, card: str) -> None:
    await take(beat, said(1, BusinessWithdrawn, OLD))
    whole = await beat.get("council/ann", f"/v1/cards/{card}")
    assert (whole["business_id"], whole["place"]["name"]) == (None, "Golden Dragon")

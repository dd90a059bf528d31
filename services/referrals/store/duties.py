"""What of referrals' tables is what people wrote: whose it is, which columns say it, what is left of it once erased."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Table, and_, exists, func, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.store import request_tables as made
from services.referrals.store.tables import (
    card,
    card_photo,
    card_record,
    card_trait,
    card_untraced,
    duties,
    referral,
    referral_step,
    withheld,
)
from shared.contracts.api.duties import ItemKind
from shared.contracts.api.referrals.life import State
from shared.duties.items import latest
from shared.duties.kinds import Kind, Part
from shared.sharing import CARDS, DECISIONS, REQUESTS

ERASED = "(erased)"
_NO_PLACE = {"name": ERASED}
_NO_ITEM: dict[str, Any] = {"title": ERASED, "area": None, "says": []}
_of_card = referral.c.card == card.c.id
_step_of_card = and_(referral_step.c.referral == referral.c.id, _of_card)
_other_step = referral_step.alias("other_step")
_feedback_for = referral.c.id == referral_step.c.referral


def _chair(table: Table) -> ColumnElement[Any]:
    """Whose meeting it was."""
    return select(made.agenda.c.chair).where(made.agenda.c.id == table.c.agenda).scalar_subquery()


CARD = Kind(
    name=ItemKind.card,
    category=CARDS,
    table=card,
    id=card.c.id,
    agency=card.c.agency,
    touched=latest(referral_step.c.at, card.c.filed_at, _step_of_card),
    words=("text", "reach_me", "picked", "place"),
    left={
        "officer": "",
        "digest": "",
        "business_id": None,
        "picked": None,
        "place": _NO_PLACE,
        "area": None,
        "seen_at": None,
        "text": None,
        "reach_me": None,
    },
    noted_by=card.c.officer,
    ongoing=exists().where(_of_card, referral.c.due_at.is_not(None)),
    parts=(
        Part(card_photo, card_photo.c.card, attached=("id", "media_type", "content")),
        Part(card_record, card_record.c.card),
        Part(card_trait, card_trait.c.card),
        Part(card_untraced, card_untraced.c.card),
        Part(withheld, withheld.c.card),
        Part(made.agenda_item, made.agenda_item.c.ref, left={"says": _NO_ITEM}),
    ),
)
FEEDBACK = Kind(
    name=ItemKind.feedback,
    category=CARDS,
    table=referral_step,
    id=referral_step.c.referral,
    agency=referral_step.c.agency,
    touched=latest(_other_step.c.at, referral_step.c.at, _other_step.c.referral == referral_step.c.referral),
    words=("words",),
    left={"words": None, "person": None},
    noted_by=referral_step.c.person,
    ongoing=exists().where(_feedback_for, referral.c.due_at.is_not(None)),
)
INTELLIGENCE = Kind(
    name=ItemKind.intelligence,
    category=CARDS,
    table=made.intelligence,
    id=made.intelligence.c.id,
    agency=made.intelligence.c.agency,
    touched=latest(
        made.grading.c.at, made.intelligence.c.made_at, made.grading.c.intelligence == made.intelligence.c.id
    ),
    words=("text", "premises"),
    left={"text": ERASED, "premises": null(), "business_id": None},
    noted_by=made.intelligence.c.made_by,
    parts=(
        Part(made.intelligence_source, made.intelligence_source.c.intelligence),
        Part(made.grading, made.grading.c.intelligence, words=("says",)),
        Part(made.source_reading, made.source_reading.c.intelligence, left={"reason": ERASED}),
        Part(
            made.sanitised,
            made.sanitised.c.intelligence,
            left={"text": ERASED, "premises": null(), "business_id": None},
        ),
    ),
)
SANITISED = Kind(
    name=ItemKind.sanitised,
    category=CARDS,
    table=made.sanitised,
    id=made.sanitised.c.id,
    agency=made.sanitised.c.agency,
    touched=made.sanitised.c.made_at,
    words=("text", "premises", "grading"),
    left={"text": ERASED, "premises": null(), "business_id": None},
    noted_by=made.sanitised.c.made_by,
)
REQUEST = Kind(
    name=ItemKind.request,
    category=REQUESTS,
    table=made.request,
    id=made.request.c.id,
    agency=made.request.c.asker,
    touched=func.coalesce(made.request.c.ended_at, made.request.c.since),
    words=("premises", "person", "question"),
    left={"premises": null(), "person": null(), "question": {}, "business_id": None},
    noted_by=made.request.c.held_by,
    ongoing=made.request.c.ended_at.is_(None),
    parts=(
        Part(
            made.request_step,
            made.request_step.c.request,
            words=("says",),
            left={"says": None},
            agency=made.request_step.c.agency,
        ),
    ),
)
ANSWER = Kind(
    name=ItemKind.answer,
    category=REQUESTS,
    table=made.request,
    id=made.request.c.id,
    agency=made.request.c.answerer,
    touched=func.coalesce(made.request.c.ended_at, made.request.c.since),
    words=(),
    left={},
    ongoing=made.request.c.ended_at.is_(None),
    parts=(
        Part(made.request_answer, made.request_answer.c.request, words=("values",)),
        Part(
            made.request_step,
            made.request_step.c.request,
            words=("says",),
            left={"says": None},
            agency=made.request_step.c.agency,
        ),
    ),
)
AGENDA = Kind(
    name=ItemKind.agenda,
    category=DECISIONS,
    table=made.agenda,
    id=made.agenda.c.id,
    agency=made.agenda.c.chair,
    touched=made.agenda.c.at,
    words=("title",),
    left={"title": ERASED},
    noted_by=made.agenda.c.chaired_by,
    parts=(
        Part(made.agenda_item, made.agenda_item.c.agenda, words=("says",), left={"says": _NO_ITEM}),
        Part(made.minute, made.minute.c.agenda, words=("text",), left={"text": ERASED}),
        Part(made.action, made.action.c.agenda, words=("says", "outcome"), left={"says": ERASED, "outcome": None}),
    ),
)
MINUTE = Kind(
    name=ItemKind.minute,
    category=DECISIONS,
    table=made.minute,
    id=made.minute.c.id,
    agency=_chair(made.minute),
    touched=made.minute.c.at,
    words=("text",),
    left={"text": ERASED},
    noted_by=made.minute.c.by,
)
ACTION = Kind(
    name=ItemKind.action,
    category=DECISIONS,
    table=made.action,
    id=made.action.c.id,
    agency=_chair(made.action),
    touched=func.coalesce(made.action.c.done_at, made.action.c.made_at),
    words=("says", "outcome"),
    left={"says": ERASED, "outcome": None},
    noted_by=made.action.c.owner,
    ongoing=made.action.c.done_at.is_(None),
)
OFFICER = Kind(
    name=ItemKind.officer,
    category=DECISIONS,
    table=made.officer,
    id=made.officer.c.id,
    agency=made.officer.c.agency,
    touched=made.officer.c.left_on,
    words=("name", "phone", "email", "subject"),
    left={"name": ERASED, "phone": None, "email": None, "subject": None},
    ongoing=made.officer.c.left_on.is_(None),
)
KINDS = {
    one.name: one
    for one in (*(CARD, FEEDBACK, INTELLIGENCE, SANITISED, REQUEST, ANSWER, AGENDA, MINUTE, ACTION, OFFICER),)
}


async def stays(connection: AsyncConnection, card_id: str) -> bool:
    """Whether the card was not erased, and is not until the transaction ends."""
    await connection.execute(select(card.c.id).where(card.c.id == card_id).with_for_update())
    gone = exists().where(
        *(duties.erased.c.agency == card.c.agency, duties.erased.c.kind == ItemKind.card.value),
        duties.erased.c.item == card.c.id,
    )
    return (await connection.execute(select(card.c.id).where(card.c.id == card_id, ~gone))).first() is not None


async def referrals_of(connection: AsyncConnection, cards: Collection[str]) -> Sequence[Row[Any]]:
    return await _referrals(connection, referral.c.card.in_(cards))


async def some_referrals(connection: AsyncConnection, ids: Collection[str]) -> Sequence[Row[Any]]:
    return await _referrals(connection, referral.c.id.in_(ids))


async def _referrals(connection: AsyncConnection, *which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    return (await connection.execute(select(referral).where(*which).order_by(referral.c.id))).all()


async def end(connection: AsyncConnection, cards: Collection[str], open_: Collection[str], now: datetime) -> None:
    """Close the referrals of these cards that are in one of the states `open_`: no clock runs or will."""
    stopped = {"due_at": None, "look_at": None, "withdrawn_at": None}
    values = {"state": State.closed, "version": referral.c.version + 1, "closed_at": now, **stopped}
    here = (referral.c.card.in_(cards), referral.c.state.in_(open_))
    await connection.execute(update(referral).where(*here).values(values))


async def copies(connection: AsyncConnection, cards: Collection[str]) -> Sequence[Row[Any]]:
    """(agency, item) of intelligence that repeats the words of one of these cards, as its receiver took them over."""
    copied, held = made.intelligence, duties.hold
    needed = exists().where(
        held.c.agency == copied.c.agency, held.c.kind == ItemKind.intelligence.value, held.c.item == copied.c.id
    )
    statement = (
        select(copied.c.agency, copied.c.id.label("item"))
        .join(referral, referral.c.id == copied.c.referral)
        .join(card, card.c.id == referral.c.card)
        .where(card.c.id.in_(cards), copied.c.text == card.c.text, ~needed)
    )
    return list(await connection.execute(statement.order_by(copied.c.agency, copied.c.id)))


async def open_requests(connection: AsyncConnection, ids: Collection[str]) -> Sequence[str]:
    found = select(made.request.c.id).where(made.request.c.id.in_(ids), made.request.c.ended_at.is_(None))
    return (await connection.execute(found)).scalars().all()


async def versions(connection: AsyncConnection, which: Column[str], ids: Collection[str]) -> Sequence[Row[Any]]:
    return (await connection.execute(select(made.sanitised).where(which.in_(ids)))).all()


async def put_grading(connection: AsyncConnection, id_: str, grading: dict[str, Any]) -> None:
    await connection.execute(update(made.sanitised).where(made.sanitised.c.id == id_).values(grading=grading))

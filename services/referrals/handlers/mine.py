"""What an officer is told of the cards that the officer filed: who has each, what was done, and whether it helped."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from services.referrals.domain.life import SAYS
from services.referrals.handlers.outcomes import STEP
from services.referrals.handlers.reading import BY_THE_CLOCK, Reader, photos
from services.referrals.handlers.receipts import holders
from services.referrals.handlers.ruling import RETURN, WITHDRAW
from services.referrals.handlers.sight import title_of
from services.referrals.store import cards, referrals
from services.referrals.store.cards import Place
from shared.contracts.api.referrals.cards import Card, CardSummary, Holder, MyFigures, StoryPart, Told
from shared.contracts.api.referrals.cards import Place as CardPlace
from shared.contracts.api.referrals.life import Feedback, State
from shared.contracts.roles import Role
from shared.runtime.errors import NotFound

_FEEDBACK: Mapping[Feedback, str] = {
    Feedback.helpful: "it helped",
    Feedback.not_helpful: "it did not help",
    Feedback.already_known: "it was known already",
    Feedback.too_little: "it was too little to act on",
}
_READS_ALL = frozenset({Role.analyst, Role.tasking_chair, Role.agency_system})


async def my_cards(reader: Reader, before: Place | None, limit: int) -> tuple[list[CardSummary], Place | None]:
    """Newest first, and the place of the last one where there are more."""
    subject = reader.principal.subject
    rows = await cards.of_officer(reader.connection, reader.agency, subject, before, limit + 1)
    kept = rows[:limit]
    held = await holders(reader.connection, kept, reader.partnership)
    texts = await _texts(reader, kept)
    last = (kept[-1].filed_at, kept[-1].id) if len(rows) > limit else None
    return [_summary(row, texts[row.id], held[row.id].has_it) for row in kept], last


async def my_figures(reader: Reader) -> MyFigures:
    found = await referrals.of_officer(reader.connection, reader.agency, reader.principal.subject)
    every, sent, closed, helped = found
    rate = round(helped / closed, 3) if closed else None
    return MyFigures(cards=every, referrals=sent, closed=closed, helped=helped, hit_rate=rate)


async def own_card(reader: Reader, card_id: str) -> Row[Any]:
    """A card of the reader's own; those of colleagues for who reads them for the agency. Raises NotFound."""
    row = await cards.find(reader.connection, card_id)
    if row is None or row.agency != reader.agency:
        raise NotFound
    if row.officer != reader.principal.subject and reader.principal.roles.isdisjoint(_READS_ALL):
        raise NotFound
    return row


async def card(reader: Reader, card_id: str) -> Card:
    row = await own_card(reader, card_id)
    held = (await holders(reader.connection, [row], reader.partnership))[row.id]
    texts = await _texts(reader, [row])
    return Card(
        **dict(_summary(row, texts[row.id], held.has_it)),
        officer=row.officer,
        business_id=row.business_id,
        place=CardPlace.model_validate(row.place),
        seen_at=row.seen_at,
        text=row.text,
        reach_me=row.reach_me,
        photos=await photos(reader.connection, row.id),
        not_sent=held.not_sent,
        history=await history(reader, row.id),
    )


async def history(reader: Reader, card_id: str) -> tuple[Told, ...]:
    sent = await referrals.of_cards(reader.connection, [card_id])
    steps = await reader.steps([one.id for one in sent])
    return tuple(
        Told(
            at=step.at,
            part=_part(step),
            agency=step.agency,
            says=f"{title_of(step.agency, reader.partnership)} {_says(step)}.",
            words=None if step.step in (*BY_THE_CLOCK, STEP) else reader.words(step),
        )
        for step in in_order(steps, sent)
    )


def in_order(steps: Sequence[Row[Any]], sent: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Oldest first. Of one instant, what was passed on comes before what came of that; else as the referrals are."""
    by_id = {one.id: one for one in sent}
    place = {one.id: (_handed_on(one, by_id), number) for number, one in enumerate(sent)}
    return sorted(steps, key=lambda step: (step.at, place[step.referral], step.no))


def _handed_on(row: Row[Any], by_id: Mapping[str, Row[Any]]) -> int:
    """How often the card was passed on before it came to this agency."""
    before = by_id.get(row.follows)
    return 0 if before is None else 1 + _handed_on(before, by_id)


def _part(step: Row[Any]) -> StoryPart:
    if step.step == STEP:
        return StoryPart.outcome
    if step.feedback:
        return StoryPart.feedback
    return StoryPart.clock if step.step in BY_THE_CLOCK else StoryPart.referral


def _says(step: Row[Any]) -> str:
    if step.step == "remind":
        return "was reminded of it"
    if step.step == WITHDRAW:
        return "may not have it now: the power under which it came has ended, and its clock stands still"
    if step.step == RETURN:
        return "may have it again, and its clock begins anew"
    if step.step == "escalate":
        return f"is late with it: {step.words} were told"
    if step.step == STEP:
        return f"told what a visit came to: {step.words}"
    said = SAYS[State(step.state)]
    return f"{said}: {_FEEDBACK[Feedback(step.feedback)]}" if step.feedback else said


async def _texts(reader: Reader, rows: Sequence[Row[Any]]) -> dict[str, tuple[str, ...]]:
    """By card, its indicators in words."""
    found: dict[str, list[str]] = {row.id: [] for row in rows}
    for one in await cards.seen(reader.connection, list(found)):
        found[one.card].append(one.spec["text"])
    return {id_: tuple(texts) for id_, texts in found.items()}


def _summary(row: Row[Any], texts: tuple[str, ...], held: tuple[Holder, ...]) -> CardSummary:
    name = row.picked or row.place.get("name") or row.place.get("address")
    return CardSummary(card_id=row.id, filed_at=row.filed_at, name=name, area=row.area, indicators=texts, has_it=held)

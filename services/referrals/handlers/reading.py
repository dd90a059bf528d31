"""Referrals as an agency may see them: the list, one with its card, and what was done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.life import next_steps
from services.referrals.domain.policy import policy_on
from services.referrals.domain.shown import Shown, shown
from services.referrals.handlers.desks import desks
from services.referrals.handlers.outcomes import STEP
from services.referrals.handlers.sight import conditions, grant, may_have, purpose_of, sight_of
from services.referrals.store import cards, referrals
from services.referrals.store.referrals import Filters, Place
from shared.contracts.api.linker.relations import RelationType
from shared.contracts.api.referrals.cards import Photo
from shared.contracts.api.referrals.cards import Place as CardPlace
from shared.contracts.api.referrals.life import Feedback, State
from shared.contracts.api.referrals.referrals import Event, IndicatorSeen, Referral, ReferralSummary, Related
from shared.contracts.api.sharing import Level
from shared.runtime.auth import Principal
from shared.runtime.clock import today, utc_now
from shared.runtime.errors import NotFound
from shared.runtime.granted import Granted
from shared.sharing import CARDS, OUTCOMES, Grant, Partnership

MOST_RELATED = 200
BY_THE_CLOCK = ("remind", "escalate")


@dataclass
class Told:
    """Others' cards of which an answer tells, and under what: for the audit log."""

    cards: set[str] = field(default_factory=set)
    legal_gateways: set[str] = field(default_factory=set)
    conditions: set[str] = field(default_factory=set)

    def note(self, card: str, given: Grant, met: str) -> None:
        self.cards.add(card)
        self.legal_gateways.update(one.id for one in given.under)
        self.conditions.update(conditions(met))

    def header(self) -> dict[str, str]:
        return Granted.of(self.legal_gateways, self.cards, sorted(self.conditions)).header()


@dataclass(frozen=True)
class Reader:
    """Who reads, and what each may have of each."""

    connection: AsyncConnection
    principal: Principal
    partnership: Partnership
    told: Told = field(default_factory=Told)
    _grants: dict[tuple[str, str], Grant | None] = field(default_factory=dict)

    @property
    def agency(self) -> str:
        return self.principal.agency

    @cached_property
    def purpose(self) -> str:
        return purpose_of(self.principal, self.partnership)

    def grant(self, row: Row[Any]) -> Grant | None:
        """Of a referral's card: all of it for the agency whose it is. What is given to another is noted."""
        if row.from_agency == self.agency:
            return Grant(Level.full)
        if row.to_agency != self.agency:
            return None
        return self.given(row.card, row.from_agency, row.met)

    def given(self, card: str, owner: str, met: str) -> Grant | None:
        if (owner, met) not in self._grants:
            self._grants[owner, met] = grant(self.agency, self.purpose, owner, met, self.partnership)
        if found := self._grants[owner, met]:
            self.told.note(card, found, met)
        return found

    def is_told(self, author: str, category: str = CARDS) -> bool:
        """Whether what `author` wrote about a card may be read."""
        return may_have(self.agency, self.purpose, author, category, self.partnership)

    async def steps(self, referrals_: Sequence[str]) -> list[Row[Any]]:
        """Oldest first; without what visits came to that the reader may not be told."""
        found = await referrals.steps(self.connection, referrals_)
        return [one for one in found if one.step != STEP or self.is_told(one.agency, OUTCOMES)]

    def words(self, step: Row[Any]) -> str | None:
        """What was written with a step, where the reader may have it."""
        is_open = step.step in (*BY_THE_CLOCK, STEP) or self.is_told(step.agency)
        return step.words if is_open else None


async def page(
    reader: Reader, wanted: Filters, after: Place | None, limit: int
) -> tuple[list[ReferralSummary], Place | None]:
    """And the place of the last one, where there are more."""
    sight = await sight_of(reader.connection, reader.principal, reader.partnership)
    rows = await referrals.page(reader.connection, sight, wanted, after, utc_now(), limit + 1)
    kept = rows[:limit]
    under = await referrals.indicators(reader.connection, [row.id for row in kept])
    found = [_summary(reader, row, shown(reader.grant(row)), under[row.id]) for row in kept]
    last = kept[-1] if len(rows) > limit else None
    return found, ((last.due_at if wanted.open else last.received_at), last.id) if last else None


def _summary(reader: Reader, row: Row[Any], sees: Shown, under: Sequence[str]) -> ReferralSummary:
    place = sees.place(CardPlace.model_validate(row.place))
    return ReferralSummary(
        referral_id=row.id,
        card_id=row.card,
        from_agency=row.from_agency,
        to_agency=row.to_agency,
        regime=row.regime,
        indicators=tuple(under) if sees.observation else (),
        state=State(row.state),
        version=row.version,
        name=place.name if place else None,
        area=row.area if sees.address else None,
        trained=row.trained,
        received_at=row.received_at,
        due_at=row.due_at,
        overdue=row.due_at is not None and row.due_at < utc_now(),
        feedback=Feedback(row.feedback) if row.feedback else None,
        taken_by=row.taken_by if row.to_agency == reader.agency else None,
    )


async def found_by(reader: Reader, referral_id: str) -> tuple[Row[Any], Grant]:
    """A referral and what the reader may have of it. Raises NotFound."""
    row = await referrals.find(reader.connection, referral_id)
    given = reader.grant(row) if row is not None else None
    if row is None or given is None:
        raise NotFound
    return row, given


async def one(reader: Reader, referral_id: str) -> Referral:
    row, given = await found_by(reader, referral_id)
    sees, connection = shown(given), reader.connection
    card = await cards.find(connection, row.card)
    assert card is not None, "a referral has a card"
    under = (await referrals.indicators(connection, [row.id]))[row.id]
    is_own = row.to_agency == reader.agency
    known = await desks(connection, [row.to_agency])
    clock = policy_on(today()).clocks.get(State(row.state))
    return Referral(
        **dict(_summary(reader, row, sees, under)),
        desk=known.desk(row.to_agency, row.regime, row.area),
        follows=row.follows if row.from_agency == reader.agency else None,
        seen=await _seen(connection, row, under) if sees.observation else (),
        place=sees.place(CardPlace.model_validate(row.place)),
        seen_at=card.seen_at if sees.observation else None,
        text=card.text if sees.words else None,
        reach_me=card.reach_me if sees.words else None,
        photos=await photos(connection, row.card) if sees.words else (),
        related=await _related(reader, card, set(under)) if sees.words else (),
        history=await _history(reader, row),
        next_steps=next_steps(State(row.state)) if is_own else (),
        clock=clock.says if clock else None,
        under=tuple(gateway.id for gateway in given.under),
        no_onward_sharing=given.no_onward_sharing,
    )


async def photos(connection: AsyncConnection, card_id: str) -> tuple[Photo, ...]:
    return tuple(photo_of(row) for row in await cards.photos(connection, card_id))


def photo_of(row: Any) -> Photo:
    return Photo(photo_id=row.id, media_type=row.media_type, width=row.width, height=row.height)


async def _seen(connection: AsyncConnection, row: Row[Any], under: Iterable[str]) -> tuple[IndicatorSeen, ...]:
    """Those under which it was referred, and no others that the card has: a receiver gets what concerns it."""
    wanted = set(under)
    return tuple(
        IndicatorSeen(indicator_id=one.indicator_id, version=one.version, text=one.spec["text"])
        for one in await cards.seen(connection, [row.card])
        if one.indicator_id in wanted
    )


async def _history(reader: Reader, row: Row[Any]) -> tuple[Event, ...]:
    return tuple(
        Event(
            at=step.at,
            agency=step.agency,
            person=step.person if step.agency == reader.agency else None,
            step=step.step,
            state=State(step.state),
            words=reader.words(step),
            feedback=Feedback(step.feedback) if step.feedback else None,
        )
        for step in await reader.steps([row.id])
    )


async def _related(reader: Reader, card: Row[Any], under: set[str]) -> tuple[Related, ...]:
    """Other cards of the same place, organisation, person or telephone that the reader may see whole."""
    sources = await whole_sources(reader)
    keys = await cards.keys_of(reader.connection, card.id)
    found = await cards.with_traits(reader.connection, keys, reader.agency, sources, MOST_RELATED)
    rows = [row for row in found if row.id != card.id]
    by_card: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_card.setdefault(row.id, []).append(row)
        if row.agency != reader.agency:
            reader.given(row.id, row.agency, row.met)
    seen: dict[str, set[str]] = {}
    for one in await cards.seen(reader.connection, list(by_card)):
        seen.setdefault(one.card, set()).add(one.indicator_id)
    within = timedelta(days=policy_on(today()).duplicate_days)
    return tuple(_relation(card, rows, under & seen.get(id_, set()), within) for id_, rows in by_card.items())


async def whole_sources(reader: Reader) -> list[tuple[str, str]]:
    """Those whose cards the reader may see whole."""
    found = await referrals.sources(reader.connection, reader.agency)
    given = {one: grant(reader.agency, reader.purpose, *one, reader.partnership) for one in found}
    return [one for one, grant_ in given.items() if grant_ and grant_.level is Level.full]


def _relation(card: Row[Any], rows: Sequence[Row[Any]], shared: set[str], within: timedelta) -> Related:
    first = rows[0]
    is_place = any(row.kind == RelationType.premises for row in rows)
    return Related(
        card_id=first.id,
        referral_id=first.referral,
        agency=first.agency,
        filed_at=first.filed_at,
        duplicate=is_place and bool(shared) and abs(first.filed_at - card.filed_at) <= within,
        sentence=" ".join(dict.fromkeys(row.sentence for row in rows)),
    )

"""Referrals and the steps of their lives."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, insert, or_, select, true, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.store.tables import card, referral, referral_indicator, referral_step
from shared.contracts.api.referrals.life import Feedback, State
from shared.contracts.api.referrals.referrals import Box

Place = tuple[datetime, str]
"""(due at or received at, referral), by which referrals are in order."""
Source = tuple[str, str]
"""(from agency, conditions met): the pairs whose referrals the viewer may see."""

NONE = "-"
"""As the value of a filter: where there is none."""

_CARD = (card.c.officer, card.c.place, card.c.area, card.c.filed_at, card.c.picked)
_SOURCE = tuple_(referral.c.from_agency, referral.c.met)
_WITH_CARD = select(referral, *_CARD).join(card, card.c.id == referral.c.card)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which referrals are asked for. `open` are those with something still to be done, `closed` those whose officer was
    told whether they helped."""

    box: Box | None = None
    open: bool = False
    overdue: bool = False
    closed: bool = False
    helped: bool = False
    state: State | None = None
    regime: str | None = None
    agency: str | None = None
    indicator: str | None = None
    area: str | None = None
    trained: bool | None = None
    feedback: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """What an agency may see: its own, and what came to it from these sources; of some of them where it is, and what
    was seen there. By what it may not see of a referral it can neither search nor count."""

    agency: str
    sources: tuple[Source, ...]
    addressed: tuple[Source, ...] = ()
    observed: tuple[Source, ...] = ()

    def clause(self, box: Box | None) -> ColumnElement[bool]:
        sent = referral.c.from_agency == self.agency
        if box is Box.sent:
            return sent
        received = and_(referral.c.to_agency == self.agency, _SOURCE.in_(self.sources))
        return received if box is Box.received else or_(sent, received)

    @property
    def area(self) -> ColumnElement[str | None]:
        """None where it may not be seen."""
        return case((or_(referral.c.from_agency == self.agency, _SOURCE.in_(self.addressed)), card.c.area))

    @property
    def observes(self) -> ColumnElement[bool]:
        return or_(referral.c.from_agency == self.agency, _SOURCE.in_(self.observed))


async def sources(connection: AsyncConnection, agency: str) -> Sequence[Source]:
    """Every pair of which the agency has a referral, whether or not it may see it today."""
    statement = select(referral.c.from_agency, referral.c.met).where(referral.c.to_agency == agency).distinct()
    return [(row[0], row[1]) for row in (await connection.execute(statement)).all()]


async def find(connection: AsyncConnection, referral_id: str) -> Row[Any] | None:
    """With the card's officer, place and area."""
    return (await connection.execute(_WITH_CARD.where(referral.c.id == referral_id))).one_or_none()


async def of_cards(connection: AsyncConnection, cards: Collection[str]) -> Sequence[Row[Any]]:
    statement = select(referral).where(referral.c.card.in_(cards))
    return (await connection.execute(statement.order_by(referral.c.to_agency, referral.c.regime, referral.c.id))).all()


async def page(
    connection: AsyncConnection, sight: Sight, wanted: Filters, after: Place | None, now: datetime, limit: int
) -> Sequence[Row[Any]]:
    """Those that are due first where only open ones are asked for; else the newest first."""
    statement = _WITH_CARD.where(sight.clause(wanted.box), *_filters(wanted, sight, now)).limit(limit)
    if wanted.open:
        key = (referral.c.due_at, referral.c.id)
        statement = statement.order_by(*key)
        statement = _beyond(statement, after, tuple_(*key), ascending=True)
        return (await connection.execute(statement)).all()
    key = (referral.c.received_at, referral.c.id)
    statement = statement.order_by(*(column.desc() for column in key))
    statement = _beyond(statement, after, tuple_(*key), ascending=False)
    return (await connection.execute(statement)).all()


def _beyond(statement: Select[Any], after: Place | None, key: Any, *, ascending: bool) -> Select[Any]:
    if after is None:
        return statement
    return statement.where(key > after if ascending else key < after)


def _filters(wanted: Filters, sight: Sight, now: datetime) -> Iterable[ColumnElement[bool]]:
    if wanted.open:
        yield referral.c.due_at.is_not(None)
    if wanted.overdue:
        yield referral.c.due_at < now
    if wanted.closed:
        yield referral.c.closed_at.is_not(None)
    if wanted.helped:
        yield referral.c.feedback == Feedback.helpful
    if wanted.agency:
        sent, got = referral.c.to_agency == wanted.agency, referral.c.from_agency == wanted.agency
        yield {Box.sent: sent, Box.received: got, None: or_(sent, got)}[wanted.box]
    if wanted.indicator:
        under = select(referral_indicator.c.referral).where(referral_indicator.c.indicator_id == wanted.indicator)
        yield and_(sight.observes, referral.c.id.in_(under))
    if wanted.since:
        yield referral.c.received_at >= wanted.since
    if wanted.until:
        yield referral.c.received_at < wanted.until
    for column, value in (
        (referral.c.state, wanted.state),
        (referral.c.regime, wanted.regime),
        (sight.area, wanted.area),
        (referral.c.trained, wanted.trained),
        (referral.c.feedback, wanted.feedback),
    ):
        if value is not None:
            yield column.is_(None) if value == NONE else column == value


async def every(connection: AsyncConnection, sight: Sight, since: datetime | None) -> Sequence[Row[Any]]:
    """What figures are made of, of all that the agency may see: each with its area and whether it `observes` what was
    seen."""
    columns = (*referral.c, sight.area.label("area"), sight.observes.label("observes"))
    begun = referral.c.received_at >= since if since else true()
    statement = select(*columns).join(card, card.c.id == referral.c.card).where(sight.clause(None), begun)
    return (await connection.execute(statement)).all()


async def indicators(connection: AsyncConnection, referrals: Collection[str]) -> dict[str, list[str]]:
    """By referral, the ids of its indicators."""
    found: dict[str, list[str]] = {id_: [] for id_ in referrals}
    statement = select(referral_indicator).where(referral_indicator.c.referral.in_(referrals))
    for row in (await connection.execute(statement.order_by(referral_indicator.c.indicator_id))).all():
        found[row.referral].append(row.indicator_id)
    return found


async def hits(connection: AsyncConnection, sight: Sight, box: Box) -> dict[str, tuple[int, int, int]]:
    """By indicator: referrals that the agency sent or was sent, those closed, and those of them that helped."""
    counts = (
        func.count(),
        func.count(referral.c.closed_at),
        func.count().filter(referral.c.feedback == Feedback.helpful),
    )
    joined = referral_indicator.join(referral, referral.c.id == referral_indicator.c.referral)
    statement = (
        select(referral_indicator.c.indicator_id, *counts).select_from(joined).where(sight.clause(box), sight.observes)
    )
    found = (await connection.execute(statement.group_by(referral_indicator.c.indicator_id))).all()
    return {id_: (every, closed, helped) for id_, every, closed, helped in found}


async def of_officer(connection: AsyncConnection, agency: str, officer: str) -> tuple[int, int, int, int]:
    """Cards, referrals, those closed, and those that helped."""
    counts = (
        func.count(card.c.id.distinct()),
        func.count(referral.c.id),
        func.count(referral.c.closed_at),
        func.count().filter(referral.c.feedback == Feedback.helpful),
    )
    statement = select(*counts).select_from(card.outerjoin(referral, referral.c.card == card.c.id))
    row = (await connection.execute(statement.where(card.c.agency == agency, card.c.officer == officer))).one()
    return row[0], row[1], row[2], row[3]


async def change(connection: AsyncConnection, referral_id: str, version: int, **values: Any) -> bool:
    """Whether it was still at this version: then it has the next one now."""
    here = (referral.c.id == referral_id, referral.c.version == version)
    statement = update(referral).where(*here).values(version=version + 1, **values).returning(referral.c.id)
    return (await connection.execute(statement)).scalar_one_or_none() is not None


async def to_look_at(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Referrals whose clock is to be looked at, the longest due first."""
    statement = _WITH_CARD.where(referral.c.look_at <= now).order_by(referral.c.look_at).limit(limit)
    return (await connection.execute(statement)).all()


async def ring(connection: AsyncConnection, referral_id: str, looked_at: datetime, **values: Any) -> bool:
    """Whether nobody else did since the clock was looked at. The version stays: whoever works on it goes on."""
    here = (referral.c.id == referral_id, referral.c.look_at == looked_at)
    statement = update(referral).where(*here).values(**values).returning(referral.c.id)
    return (await connection.execute(statement)).scalar_one_or_none() is not None


async def note(connection: AsyncConnection, referral_id: str, **values: Any) -> None:
    """A line of its history, after the last."""
    place = func.coalesce(func.max(referral_step.c.no), 0) + 1
    next_no = select(place).where(referral_step.c.referral == referral_id).scalar_subquery()
    await connection.execute(insert(referral_step).values(referral=referral_id, no=next_no, **values))


async def steps(connection: AsyncConnection, referrals: Collection[str]) -> Sequence[Row[Any]]:
    """Oldest first."""
    statement = select(referral_step).where(referral_step.c.referral.in_(referrals))
    order = (referral_step.c.at, referral_step.c.referral, referral_step.c.no)
    return (await connection.execute(statement.order_by(*order))).all()

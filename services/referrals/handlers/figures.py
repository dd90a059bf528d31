"""Figures of referrals: of those that the asking agency may see, and of nothing else."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from statistics import median
from typing import Any
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from sqlalchemy import Row

from services.referrals.handlers.reading import Reader
from services.referrals.handlers.sight import sight_of
from services.referrals.store import referrals
from services.referrals.store.referrals import NONE
from shared.contracts.api.referrals.figures import Exchange, Figure, ReferralFigures, Table
from shared.contracts.api.referrals.life import Feedback
from shared.contracts.api.referrals.referrals import Box
from shared.runtime.clock import LONDON, utc_now

DEFINITIONS = {
    "referrals": "Cards at receiving agencies that your agency sent or was sent; one card may be several.",
    "closed": "Of those, the ones whose officer was told whether they helped.",
    "helped": "Of those closed, the ones that were called helpful.",
    "hit_rate": "Helped divided by closed; none where none is closed.",
    "overdue": "Open, and the next step is late by today's policy.",
    "median_days_to_close": "From being received to feedback.",
    "route": "From one agency to another, for one regime.",
    "trained": "The officer had been briefed on an indicator of the card, in the version that was in force.",
}
Rows = Sequence[Row[Any]]
Query = dict[str, Any]


async def figures(reader: Reader, since: datetime | None) -> ReferralFigures:
    sight = await sight_of(reader.connection, reader.principal, reader.partnership)
    rows = await referrals.every(reader.connection, sight, since)
    under = await referrals.indicators(reader.connection, [row.id for row in rows if row.observes])
    base: Query = {"since": since.isoformat()} if since else {}
    me = reader.agency
    sent = [row for row in rows if row.from_agency == me]
    got = [row for row in rows if row.to_agency == me and row.from_agency != me]
    return ReferralFigures(
        total=_figure("all", rows, base),
        tables=(
            _table("To which agency", sent, lambda row: [row.to_agency], "agency", base | {"box": Box.sent}),
            _table("From which agency", got, lambda row: [row.from_agency], "agency", base | {"box": Box.received}),
            _by_route(rows, me, base),
            _table("Indicator", rows, lambda row: under.get(row.id, ()), "indicator", base),
            _table("Regime", rows, lambda row: [row.regime], "regime", base),
            _table("Area", rows, lambda row: [row.area], "area", base),
            _table("Officer briefed", rows, lambda row: [str(row.trained).lower()], "trained", base),
            _table("Feedback", rows, lambda row: [row.feedback], "feedback", base),
            _table("State", rows, lambda row: [row.state], "state", base),
            _by_month(rows, since),
        ),
        exchange=_exchange(sent, got, me, base),
        definitions=DEFINITIONS,
    )


def _table(
    title: str, rows: Rows, groups: Callable[[Row[Any]], Iterable[str | None]], parameter: str, base: Query
) -> Table:
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        for group in groups(row):
            found.setdefault(group or NONE, []).append(row)
    made = tuple(_figure(group, of_it, base | {parameter: group}) for group, of_it in sorted(found.items()))
    return Table(title=title, definition=DEFINITIONS["referrals"], rows=made)


def _by_route(rows: Rows, me: str, base: Query) -> Table:
    found: dict[tuple[str, str, str], list[Row[Any]]] = {}
    for row in rows:
        found.setdefault((row.from_agency, row.to_agency, row.regime or NONE), []).append(row)
    made = [_along(route, of_it, me, base) for route, of_it in sorted(found.items())]
    return Table(title="Route", definition=DEFINITIONS["route"], rows=tuple(made))


def _along(route: tuple[str, str, str], rows: Rows, me: str, base: Query) -> Figure:
    from_, to, regime = route
    box, other = (Box.sent, to) if from_ == me else (Box.received, from_)
    under = "" if regime == NONE else f", {regime}"
    return _figure(f"{from_} to {to}{under}", rows, base | {"box": box, "agency": other, "regime": regime})


def _by_month(rows: Rows, since: datetime | None) -> Table:
    """By when they were received; a month begins where `since` does, if that is within it."""
    months: dict[date, list[Row[Any]]] = {}
    for row in rows:
        months.setdefault(row.received_at.astimezone(LONDON).date().replace(day=1), []).append(row)
    made = [_figure(f"{month:%Y-%m}", found, _within(month, since)) for month, found in sorted(months.items())]
    return Table(title="Month", definition=DEFINITIONS["referrals"], rows=tuple(made))


def _within(month: date, since: datetime | None) -> Query:
    first, following = (datetime.combine(day, time(), LONDON) for day in (month, month + relativedelta(months=1)))
    return {"since": max(first, since or first).isoformat(), "until": following.isoformat()}


def _figure(group: str, rows: Rows, query: Query) -> Figure:
    closed = [row for row in rows if row.closed_at is not None]
    helped = _helped(rows)
    days = [(row.closed_at - row.received_at).total_seconds() / 86_400 for row in closed]
    return Figure(
        group=group,
        referrals=len(rows),
        closed=len(closed),
        helped=helped,
        hit_rate=round(helped / len(closed), 3) if closed else None,
        overdue=sum(row.due_at is not None and row.due_at < utc_now() for row in rows),
        median_days_to_close=round(median(days), 1) if days else None,
        list=_list(query),
        closed_list=_list(query | {"closed": "true"}),
        helped_list=_list(query | {"helped": "true"}),
        overdue_list=_list(query | {"overdue": "true"}),
    )


def _exchange(sent: Rows, got: Rows, me: str, base: Query) -> tuple[Exchange, ...]:
    others = sorted(({row.to_agency for row in sent} | {row.from_agency for row in got}) - {me})
    return tuple(_with(other, sent, got, base) for other in others)


def _with(other: str, sent: Rows, got: Rows, base: Query) -> Exchange:
    given = [row for row in sent if row.to_agency == other]
    gotten = [row for row in got if row.from_agency == other]
    to, from_ = ({**base, "box": box, "agency": other} for box in (Box.sent, Box.received))
    return Exchange(
        agency=other,
        given=len(given),
        given_helped=_helped(given),
        got=len(gotten),
        got_helped=_helped(gotten),
        given_list=_list(to),
        given_helped_list=_list(to | {"helped": "true"}),
        got_list=_list(from_),
        got_helped_list=_list(from_ | {"helped": "true"}),
    )


def _helped(rows: Rows) -> int:
    return sum(row.feedback == Feedback.helpful for row in rows)


def _list(query: Query) -> str:
    return f"/v1/referrals?{urlencode(query)}" if query else "/v1/referrals"

"""The library of indicators: adopt and write them, offer a handful, note who was briefed, see what came of them."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.offer import Hits, never_helped, offered
from services.referrals.domain.packs import indicator_id, packs, written_for
from services.referrals.domain.policy import policy_on
from services.referrals.domain.routing import works_there
from services.referrals.handlers.desks import desks
from services.referrals.store import indicators, referrals
from services.referrals.store.referrals import Sight
from shared.contracts.api.referrals.indicators import (
    Adoption,
    Briefing,
    Indicator,
    IndicatorText,
    NewBriefing,
    NewIndicator,
    OfferedIndicator,
    Usefulness,
)
from shared.contracts.api.referrals.referrals import Box
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Principal
from shared.runtime.clock import today, utc_now
from shared.runtime.db import Database, Tx
from shared.runtime.errors import Invalid, NotFound
from shared.sharing import Partnership

_OWN_SOURCE = "Written by the agency itself."


async def adopt(
    tx: Tx, principal: Principal, pack_id: str, wanted: Adoption, partnership: Partnership
) -> list[Indicator]:
    """A pack's indicators as the caller's agency's own. Raises NotFound or Invalid."""
    pack = packs().get(pack_id)
    if pack is None:
        raise NotFound
    agency = partnership.agency(principal.agency)
    if wanted.slugs:
        chosen = [one for one in pack.indicators if one.slug in wanted.slugs]
    else:
        chosen = list(written_for(pack, agency.classes if agency else ()))
    if not chosen or len(chosen) < len(set(wanted.slugs)):
        raise Invalid(errors=[_problem("slugs", "not_in_pack", "Name indicators that the pack lists.")])
    texts = [IndicatorText.model_validate(one.model_dump(exclude={"for_"})) for one in chosen]
    return await _add(tx, principal, texts, wanted.starts, None, pack.id, pack.source)


async def write(tx: Tx, principal: Principal, wanted: NewIndicator) -> Indicator:
    """A version of the caller's agency's own indicator."""
    text = IndicatorText.model_validate(wanted.model_dump(exclude={"starts", "ends"}))
    return (await _add(tx, principal, [text], wanted.starts, wanted.ends, None, _OWN_SOURCE))[0]


async def _add(
    tx: Tx,
    principal: Principal,
    texts: Iterable[IndicatorText],
    starts: date,
    ends: date | None,
    pack: str | None,
    source: str,
) -> list[Indicator]:
    by_id = {indicator_id(principal.agency, text.slug): text for text in texts}
    latest = await indicators.latest(tx.connection, list(by_id))
    rows = [
        {
            "indicator_id": id_,
            "version": latest.get(id_, 0) + 1,
            "agency": principal.agency,
            "spec": text.model_dump(mode="json"),
            "pack": pack,
            "source": source,
            "starts": starts,
            "ends": ends,
            "created_at": utc_now(),
            "created_by": principal.subject,
        }
        for id_, text in by_id.items()
    ]
    await indicators.add_versions(tx.connection, rows)
    return [_indicator(row) for row in rows]


async def begun(connection: AsyncConnection) -> list[Indicator]:
    """Whether or not they have ended: a card may have waited for a signal for days."""
    return [indicator_of(row) for row in await indicators.begun(connection, today())]


async def in_force(connection: AsyncConnection) -> list[Indicator]:
    return [one for one in await begun(connection) if one.ends is None or one.ends >= today()]


async def own(connection: AsyncConnection, principal: Principal) -> list[Indicator]:
    """Every version of the agency's own."""
    return [indicator_of(row) for row in await indicators.owned(connection, principal.agency)]


async def offer(
    connection: AsyncConnection, principal: Principal, sector: str | None, area: str | None
) -> list[OfferedIndicator]:
    """The handful for a visit: of agencies that work there, by what came of the caller's own agency's cards."""
    there = await _of_agencies_there(connection, principal.agency, area)
    hits = await referrals.hits(connection, Sight(principal.agency, ()), Box.sent)
    known = {id_: Hits(closed, helped) for id_, (_, closed, helped) in hits.items()}
    chosen = offered(there, sector, known, policy_on(today()).handful)
    briefed = await indicators.briefed(connection, principal.agency, principal.subject)
    return [
        OfferedIndicator(**dict(one), briefed=(one.indicator_id, one.version) in briefed, why=why)
        for one, why in chosen
    ]


async def _of_agencies_there(connection: AsyncConnection, own: str, area: str | None) -> list[Indicator]:
    others = [one for one in await in_force(connection) if one.agency != own]
    known = await desks(connection, {one.agency for one in others})
    return [one for one in others if works_there(known.roles(one.agency), area)]


async def want(database: Database, tx: Tx, principal: Principal, id_: str, *, wanted: bool) -> None:
    """Have what is seen under another agency's indicator too, or no more."""
    if id_ not in {one.indicator_id for one in await in_force(tx.connection)}:
        raise NotFound
    if wanted:
        await indicators.want(database, tx.connection, id_, principal.agency, utc_now())
    else:
        await indicators.unwant(tx.connection, id_, principal.agency)


async def brief(database: Database, tx: Tx, principal: Principal, done: NewBriefing) -> None:
    versions = {one.indicator_id: one.version for one in await in_force(tx.connection)}
    if not versions.keys() >= set(done.indicators):
        raise Invalid(errors=[_problem("indicators", "not_in_force", "Name indicators that are in force.")])
    rows = [
        {
            "agency": principal.agency,
            "person": person,
            "indicator_id": id_,
            "version": versions[id_],
            "day": done.day,
            "recorded_by": principal.subject,
            "recorded_at": utc_now(),
        }
        for id_ in set(done.indicators)
        for person in set(done.people)
    ]
    await indicators.add_briefings(database, tx.connection, rows)


async def briefings(
    connection: AsyncConnection, principal: Principal, after: indicators.Place | None, limit: int
) -> tuple[list[Briefing], indicators.Place | None]:
    """Of the agency's own people, and the place of the last where there are more."""
    rows = await indicators.briefings(connection, principal.agency, after, limit + 1)
    shown = rows[:limit]
    last = (shown[-1].person, shown[-1].indicator_id, shown[-1].version) if len(rows) > limit else None
    return [Briefing(**{name: getattr(row, name) for name in Briefing.model_fields}) for row in shown], last


async def usefulness(connection: AsyncConnection, principal: Principal, sight: Sight) -> list[Usefulness]:
    """What came of each indicator that the agency owns, those that never helped first."""
    hits = await referrals.hits(connection, sight, Box.received)
    mine = {one.indicator_id: one for one in await in_force(connection) if one.agency == principal.agency}
    after = policy_on(today()).never_helped_after
    found = [_useful(one, *hits.get(id_, (0, 0, 0)), after) for id_, one in mine.items()]
    return sorted(found, key=lambda one: (not one.never_helped, one.hit_rate or 0.0, one.indicator_id))


def _useful(one: Indicator, every: int, closed: int, helped: int, after: int) -> Usefulness:
    hits = Hits(closed, helped)
    return Usefulness(
        indicator_id=one.indicator_id,
        text=one.text,
        referrals=every,
        closed=closed,
        helped=helped,
        hit_rate=hits.rate,
        never_helped=never_helped(hits, after),
        list=f"/v1/referrals?box=in&indicator={one.indicator_id}",
    )


def indicator_of(row: Row[Any]) -> Indicator:
    return _indicator(row._asdict())


def _indicator(row: dict[str, Any]) -> Indicator:
    kept = ("indicator_id", "version", "agency", "pack", "source", "starts", "ends")
    return Indicator(**row["spec"], **{name: row[name] for name in kept})


def known(found: Iterable[Indicator], wanted: Collection[str]) -> list[Indicator]:
    """Those that are wanted. Raises Invalid where there is none such."""
    by_id = {one.indicator_id: one for one in found}
    if not by_id.keys() >= set(wanted):
        raise Invalid(errors=[_problem("indicators", "unknown", "Choose among those that are offered.")])
    return [by_id[id_] for id_ in dict.fromkeys(wanted)]


def _problem(field: str, code: str, remedy: str) -> FieldProblem:
    return FieldProblem(field=field, code=code, remedy=remedy)

"""Looking for findings where the graph has changed, and telling each audience of those that are new or have ended.

What is noted as due is worked off in the background. Records are read outside the lock that guards the graph: whatever
changes meanwhile is noted again, so what is stored in the end is a function of the records alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.model import Model
from services.linker.domain.relate.findings import LEADING, among, in_one, most_holders
from services.linker.domain.relate.party import Party
from services.linker.domain.relate.patterns.found import Finding
from services.linker.domain.relate.rules import FindingRules
from services.linker.domain.relate.traits import Trait, trait_key
from services.linker.handlers.everywhere import Places, everywhere
from services.linker.handlers.relating import parties_of
from services.linker.handlers.shelf import Shelf
from services.linker.store import findings as store
from services.linker.store import graph, holdings, relations
from shared.contracts.events.linker import Audience, Cause, FindingEnded, FindingRaised, FindingType
from shared.runtime.db import Database
from shared.runtime.session import Session

FOUND_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Detective:
    """By what this process looks for findings: the model in force at the moment, and one version of the rules."""

    shelf: Shelf
    rules: FindingRules


@dataclass(frozen=True, slots=True)
class _Changes:
    """Of one audience: findings as they were and as they are now, where the two differ."""

    audience: Row[Any]
    before: tuple[Row[Any], ...]
    after: tuple[dict[str, Any], ...]


async def find_due(database: Database, detective: Detective, today: date) -> bool:
    """Work off the oldest of what is due; whether there may be more to do now.

    A view that is new is searched in silence: its agencies are told how its findings differ from those that they knew.
    Until then those stay as they were.
    """
    async with database.read() as connection:
        due = await store.due(connection, FOUND_AT_ONCE)
        audiences = await store.audiences(connection)
        if not due.notes or any(_is_in_the_way(row, due) for row in audiences):
            return False
        if due.audience is not None and due.is_everywhere:
            places = await everywhere(connection, due.audience, detective.rules)
            await database.run(lambda session: _note_instead(session, due, places))
            return True
        model = await detective.shelf.model(connection)
        searched = [row for row in audiences if due.audience in (None, row.no)]
        searches = [_Search(connection, row, model, detective.rules) for row in searched]
        changes = [await search.look(due, today) for search in searches]
    await database.run(lambda session: _take_in(session, due, audiences, changes, detective.rules))
    return True


def _note_instead(session: Session, due: store.Due, places: Places) -> None:
    graph.lock(session)
    if store.take_due(session, due):
        store.note_each(session, places, due.audience)


def _is_in_the_way(audience: Row[Any], due: store.Due) -> bool:
    is_moving = due.audience is None and (audience.moving or audience.leaving)
    return audience.rebuilding or audience.filled_to is not None or is_moving


def look_again(session: Session, rules: FindingRules) -> None:
    """All is due where findings were found by other rules. If each waited for a change near it, it would tell of
    records that its audience does not see."""
    graph.lock(session)
    if store.any_found_otherwise(session, rules.version):
        store.note_all(session, FOUND_AT_ONCE)


def _changes(audience: Row[Any], held: Mapping[str, Row[Any]], now: Mapping[str, dict[str, Any]]) -> _Changes:
    return _Changes(
        audience,
        tuple(row for id_, row in held.items() if id_ not in now or _differs(row, now[id_])),
        tuple(row for id_, row in now.items() if id_ not in held or _differs(held[id_], row)),
    )


def _trait_keys(findings: Mapping[str, Row[Any]]) -> set[int]:
    return {key for row in findings.values() for key in row.traits}


def _differs(row: Row[Any], now: Mapping[str, Any]) -> bool:
    return any(getattr(row, column) != value for column, value in now.items())


class _Search:
    """One audience's businesses, as far as they have been read."""

    def __init__(self, connection: AsyncConnection, audience: Row[Any], model: Model, rules: FindingRules) -> None:
        self._connection = connection
        self._audience = audience
        self._model, self._rules = model, rules
        self._parties: dict[int, Party] = {}
        self._numbers: dict[str, int] = {}

    async def look(self, due: store.Due, today: date) -> _Changes:
        """What is to be stored and told of this audience."""
        touched = await self._load(await relations.holding(self._connection, self._audience.no, due.records))
        affected = await self._resting_on(due.records | due.traits)
        keys = {*due.traits, *_trait_keys(affected), *(trait_key(t) for p in touched for t in p.of_kind(*LEADING))}
        affected |= await self._resting_on(keys)
        groups = await self._sharing(keys | _trait_keys(affected))
        found = [finding for party in touched for finding in in_one(party, self._rules, self._model)]
        found += [one for trait, holders in groups.items() for one in among(trait, holders, self._rules, today)]
        now = {one.finding_id: self._row(one) for one in found}
        others = now.keys() - affected.keys()
        return _changes(self._audience, affected | await store.by_id(self._connection, self._audience.no, others), now)

    async def _resting_on(self, basis: Collection[int]) -> dict[str, Row[Any]]:
        return await store.resting_on(self._connection, self._audience.no, basis)

    async def _load(self, businesses: Collection[int]) -> list[Party]:
        missing = set(businesses) - self._parties.keys()
        rows = await relations.profiles(self._connection, self._audience.no, missing)
        self._parties |= parties_of(rows, self._model)
        self._numbers |= {row.record_id: row.no for row in rows}
        return [self._parties[number] for number in sorted(businesses) if number in self._parties]

    async def _sharing(self, keys: Collection[int]) -> dict[Trait, list[Party]]:
        """By trait, all businesses that give it, where they are several and no more than a rule looks at."""
        limit = most_holders(self._rules)
        rows = await relations.holders(self._connection, self._audience.no, keys, limit)
        wanted = [row for row in rows if 1 < row.total <= limit]
        await self._load({row.no for row in wanted})
        groups: dict[Trait, dict[str, Party]] = {}
        for row in wanted:
            if party := self._parties.get(row.no):
                for trait in party.of_kind(*LEADING):
                    if trait_key(trait) == row.key:
                        groups.setdefault(trait, {})[party.business_id] = party
        return {trait: [of_one[id_] for id_ in sorted(of_one)] for trait, of_one in sorted(groups.items())}

    def _row(self, found: Finding) -> dict[str, Any]:
        """As stored, but for the audience."""
        return {
            "finding_id": found.finding_id,
            "type": found.type.value,
            "rule": found.rule,
            "rules_version": self._rules.version,
            "sentence": found.sentence,
            "reasons": list(found.reasons),
            "business_ids": list(found.business_ids),
            "areas": f"|{'|'.join(found.areas)}|" if found.areas else "",
            "since": found.since,
            "records": list(found.records),
            "numbers": [self._numbers[record] for record in found.records],
            "traits": sorted(map(trait_key, found.traits)),
        }


def _take_in(
    session: Session, due: store.Due, audiences: Sequence[Row[Any]], changes: Sequence[_Changes], rules: FindingRules
) -> None:
    """Store and publish, unless another worker has worked off the same, or who may see what has changed meanwhile: then
    it stays due."""
    graph.lock(session)
    if not _are_as_before(session, audiences) or not store.take_due(session, due):
        return
    for of_one in changes:
        store.replace(session, of_one.audience.no, of_one.before, of_one.after)
        if due.audience is None:
            _tell(session, of_one, rules)


def _tell(session: Session, of_one: _Changes, rules: FindingRules) -> None:
    audience = Audience(id=of_one.audience.audience, agencies=tuple(of_one.audience.agencies))
    known = {row.finding_id for row in of_one.before}
    kept = {row["finding_id"] for row in of_one.after}
    ended = [row for row in of_one.before if row.finding_id not in kept]
    for new in of_one.after:
        if new["finding_id"] not in known:
            tell_raised(session, audience, new, rules, continues=_goes_on(new, ended))
    for old in ended:
        tell_ended(session, audience, old)


def _are_as_before(session: Session, audiences: Sequence[Row[Any]]) -> bool:
    """Whether they are all there are, and none is being worked out again, or lost what it was shown."""
    return [_standing(row) for row in holdings.audiences(session)] == [_standing(row) for row in audiences]


def _standing(audience: Any) -> tuple[Any, ...]:
    return audience.no, audience.agencies, audience.leaving, audience.filled_to, audience.rebuilding


def _goes_on(new: Mapping[str, Any], ended: Sequence[Row[Any]]) -> str | None:
    """The finding of the same type that ends on the same records: that its business has another id is no news."""
    same = (old for old in ended if old.type == new["type"] and not set(old.records).isdisjoint(new["records"]))
    return min((old.finding_id for old in same), default=None)


def forget_all(session: Session, audience: Any) -> None:
    """An audience that is no more has no findings; its agencies were told."""
    store.replace(session, audience.no, store.all_of(session, audience.no), [])


def tell_raised(
    session: Session,
    audience: Audience,
    row: Mapping[str, Any],
    rules: FindingRules,
    cause: Cause = Cause.changed,
    continues: str | None = None,
) -> None:
    rule = rules.of(FindingType(row["type"]))
    said = FindingRaised(
        audience=audience,
        finding_id=row["finding_id"],
        type=FindingType(row["type"]),
        business_ids=tuple(row["business_ids"]),
        cause=cause,
        title=rule.title if rule else "",
        areas=tuple(filter(None, row["areas"].split("|"))),
        since=row["since"],
        continues=continues,
    )
    session.publish(said, subject=row["finding_id"], traceparent="")


def tell_ended(session: Session, audience: Audience, row: Any, cause: Cause = Cause.changed) -> None:
    said = FindingEnded(
        audience=audience,
        finding_id=row.finding_id,
        type=FindingType(row.type),
        business_ids=tuple(row.business_ids),
        cause=cause,
    )
    session.publish(said, subject=row.finding_id, traceparent="")

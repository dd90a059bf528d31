"""Relations, networks and paths of a business, worked out when they are asked for, from the records that the audience
sees: so there is nothing to keep in step, and nothing to leak."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention
from services.linker.domain.relate.network import FOLLOWED, Neighbourhood
from services.linker.domain.relate.party import Party, Profile
from services.linker.domain.relate.relations import TYPE_OF, Related, relations
from services.linker.domain.relate.traits import Trait, trait_key
from services.linker.store import relations as store
from shared.contracts.events.linker import RegimeConcern, RiskBand
from shared.contracts.record import Observation, Person, TradingStatus

MOST_PER_VALUE = 25


@dataclass(frozen=True, slots=True)
class Widely:
    """A value that so many businesses give that it relates none of them: `total` of them, `party` among them."""

    trait: Trait
    party: Party
    total: int


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose eyes: the audience's number, and the model whose hubs are no evidence."""

    connection: AsyncConnection
    number: int
    model: Model

    async def party(self, business_id: str) -> Party | None:
        """The business as the audience sees it; None where it sees none with this id."""
        number = await store.number_of(self.connection, self.number, business_id)
        if number is None:
            return None
        return next(iter((await self.parties([number])).values()), None)

    async def parties(self, numbers: Collection[int]) -> dict[int, Party]:
        """By number; without those that are no more."""
        rows = await store.profiles(self.connection, self.number, numbers)
        return parties_of(rows, self.model)

    async def holders(self, keys: Collection[int], most: int = MOST_PER_VALUE) -> Sequence[Row[int, int, str, int]]:
        return await store.holders(self.connection, self.number, keys, most)


def parties_of(rows: Iterable[Row[Any]], model: Model) -> dict[int, Party]:
    """Businesses by number, from their records' rows."""
    grouped: dict[int, list[Row[Any]]] = {}
    for row in rows:
        grouped.setdefault(row.business, []).append(row)
    return {number: _party(of_one, model) for number, of_one in grouped.items()}


def _party(rows: Sequence[Row[Any]], model: Model) -> Party:
    head = rows[0]
    concerns = [RegimeConcern.model_validate(concern) for concern in head.concerns]
    profiles = [_profile(row) for row in rows]
    return Party.of(head.business_id, head.name, head.area, profiles, model, concerns, RiskBand(head.band))


def _profile(row: Row[Any]) -> Profile:
    details = orjson.loads(row.details)
    return Profile(
        record_id=row.record_id,
        agency=row.agency,
        regime=row.regime,
        received_on=row.received_on,
        observation=Observation(
            kind=row.kind,
            severity=row.severity,
            native_rating=row.native_rating,
            observed_on=row.observed_on,
            closed_on=row.closed_on,
        ),
        mention=Mention.from_json(row.features),
        address=details["address"],
        sector=details["sector"],
        status=TradingStatus(details["status"]),
        people=tuple(Person.model_validate(person) for person in details["people"]),
    )


async def related_to(audience: Audience, party: Party) -> tuple[list[Related], list[Widely]]:
    """The relations of a business, the nearest kinds first, and the values that too many give to relate anybody."""
    by_key = {trait_key(trait): trait for trait in party.traits}
    rows = await audience.holders(by_key)
    near = {row.no for row in rows if row.total <= MOST_PER_VALUE and row.business_id != party.business_id}
    others = await audience.parties(near)
    found = [relation for other in others.values() for relation in relations(party, other)]
    found.sort(key=lambda relation: (list(TYPE_OF.values()).index(relation.type), relation.b.business_id))
    totals = {row.key: row.total for row in rows}
    widely = [Widely(by_key[key], party, total) for key, total in totals.items() if total > MOST_PER_VALUE]
    return found, sorted(widely, key=lambda shared: shared.trait)


async def neighbourhood(
    audience: Audience, root: Party, degrees: int, limit: int, until: str | None = None
) -> tuple[Neighbourhood, list[Widely]]:
    """Who is reached within `degrees` relations, `limit` at most; it ends early once `until` is reached."""
    found, widely = Neighbourhood(root, limit), dict[Trait, Widely]()
    for degree in range(degrees):
        frontier = found.frontier(degree)
        if not frontier or found.left_out or until in found.reached:
            break
        numbers = await _beyond(audience, frontier, found, widely)
        found.extend(degree, (await audience.parties(numbers)).values())
    return found, [widely[trait] for trait in sorted(widely)]


async def _beyond(
    audience: Audience, frontier: Sequence[Party], found: Neighbourhood, widely: dict[Trait, Widely]
) -> list[int]:
    """Numbers of the businesses that share something with the frontier: one more than the limit lets in, at most."""
    by_key = {trait_key(trait): (trait, party) for party in frontier for trait in party.of_kind(*FOLLOWED)}
    rows = await audience.holders(by_key)
    for row in rows:
        if row.total > MOST_PER_VALUE:
            trait, party = by_key[row.key]
            widely[trait] = Widely(trait, party, row.total)
    near = {row.business_id: row.no for row in rows if row.total <= MOST_PER_VALUE}
    new = sorted(near.keys() - found.reached.keys())
    return [near[id_] for id_ in new[: found.limit - len(found.reached) + 1]]

"""Which visits an agency may see, and how much of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.domain.sight import Eyes, Sight
from services.calendar.store import attending, visits
from shared.contracts.api.calendar.words import Answer, Tier, VisitStatus
from shared.runtime.errors import Conflict, Forbidden, NotFound
from shared.sharing import ConditionKind

_COMES = (None, Answer.accepted)
_AHEAD = (VisitStatus.planned, VisitStatus.confirmed)


@dataclass(frozen=True, slots=True)
class Seen:
    """A visit, who attends it, and how much of that is to be seen."""

    row: Row[Any]
    attendances: Sequence[Row[Any]]
    sight: Sight

    @property
    def coming(self) -> list[Row[Any]]:
        """The agency that made it, and those that agreed to come."""
        return [one for one in self.attendances if one.answer in _COMES]

    @property
    def told(self) -> list[Row[Any]]:
        """The attendances of those that were told of it."""
        return [one for one in self.attendances if one.answer != Answer.asking]

    @property
    def is_ahead(self) -> bool:
        return self.row.status in _AHEAD

    def of(self, agency: str) -> Row[Any] | None:
        """Its attendance."""
        return next((one for one in self.attendances if one.agency == agency), None)


def sight_of(row: Row[Any], attendances: Iterable[Row[Any]], eyes: Eyes) -> Sight:
    mine = next((one for one in attendances if one.agency == eyes.agency), None)
    if mine is None or mine.answer is None:
        return eyes.sees(row.agency, Tier(row.tier))
    return eyes.sees(row.agency, Tier(row.tier), Answer(mine.answer), frozenset(map(ConditionKind, mine.met)))


async def seen(connection: AsyncConnection, rows: Sequence[Row[Any]], eyes: Eyes) -> list[Seen]:
    """Each of `rows`, in their order, with how much of it `eyes` may see."""
    coming = await attending.of_visits(connection, [row.id for row in rows])
    return [Seen(row, coming.get(row.id, ()), sight_of(row, coming.get(row.id, ()), eyes)) for row in rows]


async def visible(connection: AsyncConnection, visit_id: str, eyes: Eyes, least: Sight = Sight.agency) -> Seen:
    """Raises NotFound for what they may see less of, as for what there is not."""
    row = await visits.one(connection, visit_id)
    found = await seen(connection, [row], eyes) if row else []
    if not found or found[0].sight < least:
        raise NotFound
    return found[0]


async def own(connection: AsyncConnection, visit_id: str, eyes: Eyes) -> Seen:
    """Raises Forbidden for another agency's, or NotFound where `eyes` may not see that there is one."""
    found = await visible(connection, visit_id, eyes)
    if found.sight is not Sight.own:
        raise Forbidden("Only the agency that made the visit may do this.")
    return found


async def own_ahead(connection: AsyncConnection, visit_id: str, eyes: Eyes, version: int) -> Seen:
    """Their own visit at this version, still to come. Raises Conflict too."""
    found = ahead(await own(connection, visit_id, eyes))
    if found.row.version != version:
        raise changed_meanwhile()
    return found


def ahead(found: Seen) -> Seen:
    """Raises Conflict."""
    if not found.is_ahead:
        raise Conflict("The visit is over or cancelled.")
    return found


def changed_meanwhile() -> Conflict:
    return Conflict("The visit was changed since you saw it; read it again.")

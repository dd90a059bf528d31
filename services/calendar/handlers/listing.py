"""Pages of visits: what one holds, and where it ends, depends on visible visits alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.domain.nearby import Point, around, kilometres
from services.calendar.domain.sight import Eyes, Sight
from services.calendar.handlers.seeing import Seen, seen
from services.calendar.store import listing
from services.calendar.store.listing import Box, Place, Wanted

Chosen = Callable[[Seen], bool]


def any_of_them(_: Seen) -> bool:
    return True


async def page(
    connection: AsyncConnection,
    eyes: Eyes,
    wanted: Wanted,
    after: Place | None,
    limit: int,
    chosen: Chosen = any_of_them,
) -> list[Seen]:
    """At most `limit` of those that `eyes` may see and that are `chosen`."""
    owners, found = list(eyes.owners(Sight.agency)), list[Seen]()
    while True:
        rows = await listing.page(connection, eyes.agency, owners, wanted, after, limit)
        found += [one for one in await seen(connection, rows, eyes) if one.sight >= Sight.agency and _may(one, wanted)]
        found = [one for one in found if chosen(one)]
        if len(found) >= limit or len(rows) < limit:
            return found[:limit]
        after = rows[-1].first_on, rows[-1].id


def _may(one: Seen, wanted: Wanted) -> bool:
    """Who attends is part of what only those see who see all."""
    return wanted.attending is None or one.sight >= Sight.full


def within(point: Point, km: float, wanted: Wanted) -> tuple[Wanted, Chosen]:
    """`wanted` within `km` of the point."""
    south, north, west, east = around(point, km)
    return replace(wanted, box=Box(south, north, west, east)), lambda one: kilometres(point, _point(one)) <= km


def near_to(found: Seen, km: float, days: int) -> tuple[Wanted, Chosen]:
    """Others within `km` and `days` of a visit; in the same postcode area where its coordinates are not known."""
    row, far = found.row, timedelta(days=days)
    wanted = Wanted(since=row.first_on - far, until=row.last_on + far, ended=False)
    if row.latitude is None or row.longitude is None:
        return replace(wanted, area=row.area or ""), lambda one: one.row.id != row.id
    boxed, inside = within((row.latitude, row.longitude), km, wanted)
    return boxed, lambda one: one.row.id != row.id and inside(one)


def _point(one: Seen) -> Point:
    return one.row.latitude, one.row.longitude

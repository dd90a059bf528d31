"""Coverage: who has submitted what, from where and for which period, as far as the viewer may know.

Source: seed, Box 2 (Hertfordshire: a list of 15 premises gave 2 matches, one of 100 gave 12) and ¶23, ¶25.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.handlers.feeds import Feed, feed_of
from services.ingest.handlers.status import age_hours
from services.ingest.handlers.upkeep import is_silent
from services.ingest.store import feeds, records
from shared.contracts.api.ingest import AgencyCount, AreaCount, Coverage, FeedCoverage
from shared.runtime.auth import Principal
from shared.runtime.clock import today
from shared.sharing import Level, Partnership, decide

LOPSIDED = 10
TOO_FEW = 20
DEFINITION = (
    "Records are those that the agencies hold now and that you may know of; an area is an outward postcode. "
    f"A comparison is called lopsided if one agency has more than {LOPSIDED} times the records of another, and too "
    f"small if an agency has fewer than {TOO_FEW}: few businesses will then be found in common, whatever the truth."
)


async def coverage(connection: AsyncConnection, principal: Principal, partnership: Partnership) -> Coverage:
    visible = [feed for row in await feeds.every(connection) if _visible(feed := feed_of(row), principal, partnership)]
    covered = [await _cover(connection, feed) for feed in visible]
    agencies = _by_agency(covered)
    return Coverage(agencies=agencies, feeds=tuple(covered), warnings=tuple(warnings(agencies)), definition=DEFINITION)


def _visible(feed: Feed, principal: Principal, partnership: Partnership) -> bool:
    """Whether the caller may have its records, not only ask whether one is known: a count of them would answer that."""
    if feed.spec.agency == principal.agency:
        return True
    purpose = principal.purpose or partnership.stream_purpose
    grant = decide(principal.agency, purpose, feed.spec.agency, feed.spec.category, today(), partnership)
    return grant is not None and grant.level is not Level.known


async def _cover(connection: AsyncConnection, feed: Feed) -> FeedCoverage:
    areas = await records.areas(connection, feed.spec.id)
    earliest, latest = await records.period(connection, feed.spec.id)
    return FeedCoverage(
        feed=feed.spec.id,
        agency=feed.spec.agency,
        regime=feed.spec.regime,
        category=feed.spec.category,
        records=sum(number for _, number in areas),
        areas=tuple(AreaCount(area=area, records=number) for area, number in areas),
        earliest=earliest,
        latest=latest,
        last_received_at=feed.row.last_received_at,
        age_hours=age_hours(feed.row.last_received_at),
        stale=is_silent(feed),
    )


def _by_agency(covered: Sequence[FeedCoverage]) -> tuple[AgencyCount, ...]:
    totals: dict[str, int] = {}
    for feed in covered:
        totals[feed.agency] = totals.get(feed.agency, 0) + feed.records
    return tuple(AgencyCount(agency=agency, records=number) for agency, number in sorted(totals.items()))


def warnings(agencies: Sequence[AgencyCount]) -> list[str]:
    """What would mislead in a comparison of these; see DEFINITION."""
    found = [f"{count.agency} has {count.records} records: too few to compare." for count in agencies if _few(count)]
    if len(agencies) > 1:
        least = min(agencies, key=lambda count: (count.records, count.agency))
        most = max(agencies, key=lambda count: (count.records, count.agency))
        if most.records > LOPSIDED * least.records:
            found.append(f"Lopsided: {most.agency} has {most.records} records and {least.agency} {least.records}.")
    return found


def _few(count: AgencyCount) -> bool:
    return count.records < TOO_FEW

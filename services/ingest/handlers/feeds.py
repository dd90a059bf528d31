"""Declaring a feed, and finding one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.mapping import MapRow, compile_mapping
from services.ingest.domain.noted import is_noted_feed
from services.ingest.store import feeds, records
from shared.contracts.api.ingest import FeedVersion
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Principal
from shared.runtime.clock import utc_now
from shared.runtime.db import Tx
from shared.runtime.errors import Conflict, Forbidden, Invalid, NotFound
from shared.sharing import Partnership

_CACHED_SPECS = 256


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with its current specification, and that compiled."""

    row: Row[Any]
    spec: FeedSpec
    map_row: MapRow

    @property
    def version(self) -> int:
        return int(self.row.version)


@lru_cache(maxsize=_CACHED_SPECS)
def compiled(spec: str) -> tuple[FeedSpec, MapRow]:
    """A stored specification, read and compiled; the same text is compiled once."""
    parsed = FeedSpec.model_validate_json(spec)
    return parsed, compile_mapping(parsed)


def feed_of(row: Row[Any]) -> Feed:
    return Feed(row, *compiled(row.spec))


async def own_feed(connection: AsyncConnection, principal: Principal, feed_id: str) -> Feed:
    """The caller's own feed. Another agency's is not found, as if it did not exist."""
    return _own(await feeds.find(connection, feed_id), principal)


async def own_feed_to_write(tx: Tx, principal: Principal, feed_id: str) -> Feed:
    """As `own_feed`, and locked: its submissions and records are written one transaction after another."""
    return _own(await feeds.lock(tx.connection, feed_id), principal)


async def feed_to_submit_to(tx: Tx, principal: Principal, feed_id: str) -> Feed:
    """As `own_feed_to_write`; raises Conflict while the feed is paused."""
    feed = await own_feed_to_write(tx, principal, feed_id)
    if is_noted_feed(feed_id):
        raise Conflict("What your people note here comes into this feed by itself. Send to a feed that you declared.")
    if feed.row.paused:
        raise Conflict("The feed is paused; resume it first.")
    return feed


async def declare(tx: Tx, principal: Principal, spec: FeedSpec, partnership: Partnership, *, new: bool) -> Feed:
    """Create the feed, or give it a new version if the specification says something else than the current one."""
    check_belongs(spec, principal, partnership)
    row = await feeds.lock(tx.connection, spec.id)
    if row is not None and new:
        raise Conflict("You have a feed with this id; choose another, or change it with PUT.")
    if row is None:
        await feeds.create(tx.connection, spec.id, spec.agency, utc_now())
        return await _add_version(tx, principal, spec, 1)
    current = _own(row, principal)
    if current.spec == spec:
        return current
    await _check_change(tx, current.spec, spec)
    return await _add_version(tx, principal, spec, current.version + 1)


def check_belongs(spec: FeedSpec, principal: Principal, partnership: Partnership) -> None:
    """The feed is the caller's own, by its agency and by what its id begins with, and the partnership knows its agency
    and its category of data."""
    if spec.agency != principal.agency:
        raise Forbidden("The feed's agency must be the agency of your token.")
    errors = []
    if spec.agency not in {agency.id for agency in partnership.agencies}:
        errors.append(_problem("agency", "Have the agency added to the partnership first."))
    elif is_noted_feed(spec.id) or partnership.feed_owner(spec.id) != spec.agency:
        remedy = f"Let it begin with your agency's own id: {spec.agency}-"
        errors.append(FieldProblem(field="id", code="not_yours", remedy=remedy))
    if spec.category not in partnership.categories:
        listed = ", ".join(partnership.categories)
        errors.append(_problem("category", f"Use one of the partnership's data categories: {listed}."))
    if errors:
        raise Invalid(errors=errors)


async def pause(tx: Tx, principal: Principal, feed_id: str, *, paused: bool) -> Feed:
    """A paused feed takes nothing in, is not pulled, and its silence is not reported."""
    await own_feed_to_write(tx, principal, feed_id)
    await feeds.change(tx.connection, feed_id, paused=paused)
    return await own_feed(tx.connection, principal, feed_id)


async def list_own(connection: AsyncConnection, principal: Principal) -> list[Feed]:
    return [feed_of(row) for row in await feeds.of_agency(connection, principal.agency)]


async def list_versions(connection: AsyncConnection, principal: Principal, feed_id: str) -> Sequence[FeedVersion]:
    await own_feed(connection, principal, feed_id)
    return [
        FeedVersion(
            version=row.version,
            spec=compiled(row.spec)[0].model_dump(mode="json"),
            created_at=row.created_at,
            created_by=row.created_by,
        )
        for row in await feeds.versions(connection, feed_id)
    ]


def _own(row: Row[Any] | None, principal: Principal) -> Feed:
    if row is None or row.agency != principal.agency:
        raise NotFound
    return feed_of(row)


async def _add_version(tx: Tx, principal: Principal, spec: FeedSpec, version: int) -> Feed:
    text = spec.model_dump_json()
    await feeds.add_version(tx.connection, spec.id, version, text, utc_now(), principal.subject)
    return await own_feed(tx.connection, principal, spec.id)


async def _check_change(tx: Tx, before: FeedSpec, after: FeedSpec) -> None:
    """What records already published rest on stays while there are any: who they are, and under which rules."""
    fixed = {
        "regime": before.regime == after.regime,
        "category": before.category == after.category,
        "mapping.source_ref": before.mapping.source_ref == after.mapping.source_ref,
    }
    changed = [field for field, same in fixed.items() if not same]
    if changed and await records.live(tx.connection, before.id):
        remedy = "The feed holds records that rest on it. Declare another feed, or retract them first."
        errors = [FieldProblem(field=field, code="fixed", remedy=remedy) for field in changed]
        raise Conflict("Some fields cannot change while the feed holds records.", errors=errors)


def _problem(field: str, remedy: str) -> FieldProblem:
    return FieldProblem(field=field, code="not_in_partnership", remedy=remedy)

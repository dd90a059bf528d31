"""A small world to link in: three agencies, records made from a few values, and what came out of them."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Table, delete, select

from services.linker.domain.assess import default_policies
from services.linker.domain.decide import Verdict
from services.linker.domain.relate.rules import default_rules
from services.linker.handlers import decisions
from services.linker.handlers.audiences import settle
from services.linker.handlers.catching_up import catch_up
from services.linker.handlers.findings import Detective
from services.linker.handlers.learn import RecordEvent
from services.linker.handlers.resolve import Resolver
from services.linker.handlers.shelf import Shelf
from services.linker.store import tables
from services.linker.store.holdings import audience_number
from shared.contracts.envelope import Event
from shared.contracts.events import BY_DATA
from shared.contracts.events.ingest import RecordCorrected, RecordReceived, RecordRetracted, RetractionReason
from shared.contracts.identifiers import record_id
from shared.contracts.record import Address, Name, Observation, ObservationKind, Record
from shared.runtime import clock
from shared.runtime.db import Database
from shared.sharing import Partnership, View, load_partnership

REGIMES = {"council": "food", "fire": "fire-safety", "hmrc": "tax"}
CATEGORY = "inspections"
RECEIVED = datetime(2026, 11, 2, 9, tzinfo=UTC)
OBSERVED = date(2026, 11, 1)

_AGENCIES = """
id: test
title: Test
agencies: [{id: council, title: Council}, {id: fire, title: Fire}, {id: hmrc, title: HMRC}]
categories: [inspections]
stream_purpose: compliance
"""
_POWER = """
  - {{id: {id}, from: [{owner}], to: [{viewer}], categories: [{categories}], purposes: [compliance],
     grant: full, statute: none, section: "1", starts: 2020-01-01, status: active,
     legal_review: {{by: lawyer, day: 2020-01-01}}, signatures: [{{agency: {owner}, by: its head, day: 2020-01-01}}]}}
"""


EVERYTHING = "inspections, decisions, concern-cards, visit-outcomes"


def rules(*shares: tuple[str, str], categories: str = EVERYTHING) -> str:
    """The file of a partnership. `shares` are (owner, viewer); nobody else sees another's records."""
    powers = "".join(_POWER.format(id=f"{a}-{b}", owner=a, viewer=b, categories=categories) for a, b in shares)
    return _AGENCIES + (f"legal_gateways:{powers}" if powers else "")


def partnership(*shares: tuple[str, str], categories: str = EVERYTHING) -> Partnership:
    return load_partnership(rules(*shares, categories=categories))


ALL_SHARE = partnership(*((a, b) for a in REGIMES for b in REGIMES if a != b))
ONE_AUDIENCE = ALL_SHARE
# council sees fire's, hmrc sees everybody's, fire sees its own.
THREE_SHARES = (("fire", "council"), ("fire", "hmrc"), ("council", "hmrc"))
THREE_AUDIENCES = partnership(*THREE_SHARES)


def record(
    name: str = "Chicken Shop",
    number: int = 12,
    *,
    severity: int | None = None,
    postcode: str = "UB1 1AA",
    phone: str | None = None,
    observed_on: date | None = OBSERVED,
) -> Record:
    kind = ObservationKind.presence if severity is None else ObservationKind.concern
    return Record(
        names=(Name(value=name),),
        address=Address(lines=(f"{number} The Broadway",), town="Southall", postcode=postcode),
        phones=(phone,) if phone else (),
        observation=Observation(kind=kind, severity=severity, observed_on=observed_on),
    )


def placed(made: Record, north: float, east: float) -> Record:
    """The same, with a position."""
    address = made.address or Address()
    return made.model_copy(update={"address": address.model_copy(update={"latitude": north, "longitude": east})})


def id_of(agency: str, ref: str) -> str:
    return record_id(f"{agency}-feed", ref)


def received(agency: str, ref: str, what: Record, version: int = 1, **envelope: Any) -> RecordEvent:
    kind = RecordReceived if version == 1 else RecordCorrected
    return _event(kind(**_provenance(agency, ref, version), record=what), envelope)


def retracted(agency: str, ref: str, version: int = 2, **envelope: Any) -> RecordEvent:
    return _event(RecordRetracted(**_provenance(agency, ref, version), reason=RetractionReason.deleted), envelope)


def _provenance(agency: str, ref: str, version: int) -> dict[str, Any]:
    feed = f"{agency}-feed"
    return {
        "record_id": record_id(feed, ref),
        "feed": feed,
        "agency": agency,
        "regime": REGIMES[agency],
        "category": CATEGORY,
        "source_ref": ref,
        "version": version,
        "received_at": RECEIVED,
    }


def _event(data: Any, envelope: dict[str, Any]) -> Any:
    spec = BY_DATA[type(data)]
    fields = {"id": clock.new_id("evt"), "source": spec.source, "type": spec.type, "time": RECEIVED}
    return Event[type(data)](**fields, subject=data.record_id, partitionkey=data.record_id, data=data, **envelope)


def resolver() -> Resolver:
    return Resolver(Shelf(default_policies()))


@dataclass
class World:
    """A linker's store and what goes in and comes out of it."""

    database: Database
    resolver: Resolver = field(default_factory=resolver)

    async def settle(self, rules: Partnership, today: date | None = None) -> None:
        detective = Detective(self.resolver.shelf, default_rules())
        await settle(self.database, rules, detective, today or clock.today())

    async def take(self, *events: RecordEvent, batch: int | None = None) -> None:
        """Hand over `events`, in batches of `batch`, all at once unless given, until nothing is behind."""
        size = batch or len(events) or 1
        for start in range(0, len(events), size):
            some = events[start : start + size]
            await self.database.run(partial(self.resolver.resolve_records, some))
        await self.catch_up()

    async def catch_up(self) -> None:
        while await catch_up(self.database):
            pass

    async def decide(self, agency: str, a: str, b: str, verdict: str) -> decisions.Taken:
        who, shelf, said = await self._decider(agency), self.resolver.shelf, Verdict(verdict)
        return await self.database.run(
            lambda session: decisions.take(session, shelf.policies(session), who, (a, b), said, "seen")
        )

    async def withdraw(self, agency: str, decision_id: str) -> decisions.Taken:
        who, shelf = await self._decider(agency), self.resolver.shelf
        return await self.database.run(
            lambda session: decisions.withdraw(session, shelf.policies(session), who, decision_id, "not so")
        )

    async def _decider(self, agency: str) -> decisions.Decider:
        rows = await self.rows(select(tables.audience).where(~tables.audience.c.leaving))
        row = next(row for row in rows if agency in row["agencies"])
        visible = frozenset((owner, category) for owner, category in row["visible"])
        return decisions.Decider(agency, f"{agency}-ann", View(row["audience"], (agency,), visible))

    async def decisions(self) -> list[dict[str, Any]]:
        return await self.rows(select(tables.decision).order_by(tables.decision.c.decided_at))

    async def empty(self) -> None:
        async with self.database.write_engine.begin() as connection:
            for table in tables.metadata.tables.values():
                await connection.execute(delete(table))

    async def rows(self, statement: Any) -> list[dict[str, Any]]:
        async with self.database.read() as connection:
            return [row._asdict() for row in await connection.execute(statement)]

    async def events(self, name: str = "", audience: str | None = None) -> list[dict[str, Any]]:
        """What was published, in order: the whole CloudEvents of the type that `name` is part of."""
        said = [
            orjson.loads(row["value"]) for row in await self.rows(select(tables.outbox).order_by(tables.outbox.c.id))
        ]
        return [
            event for event in said if name in event["type"] and audience in (None, event["data"]["audience"]["id"])
        ]

    async def told_last(self, agency: str, name: str) -> dict[str, dict[str, Any]]:
        """The last event of the types that an agency was told of each business."""
        return folded_by(agency, await self.events(name))

    async def forget_events(self) -> None:
        async with self.database.write_engine.begin() as connection:
            await connection.execute(delete(tables.outbox))

    async def audience_of(self, agency: str) -> str:
        rows = await self.rows(select(tables.audience).where(~tables.audience.c.leaving))
        return next(row["audience"] for row in rows if agency in row["agencies"])

    async def businesses(self, agency: str) -> dict[str, frozenset[str]]:
        """Business id → record ids, as the agency sees them."""
        audience = await self.audience_of(agency)
        found = defaultdict(set)
        for row in await self.members():
            if row["audience"] == audience:
                found[row["business_id"]].add(row["record_id"])
        return {business: frozenset(records) for business, records in found.items()}

    async def members(self) -> list[dict[str, Any]]:
        """Audience, business and record of every member, all by id."""
        member, business, audience, record = tables.member, tables.business, tables.audience, tables.record
        return await self.rows(
            select(audience.c.audience, business.c.business_id, record.c.record_id)
            .join(member, member.c.audience == audience.c.no)
            .join(record, record.c.no == member.c.record)
            .join(business, (business.c.audience == audience.c.no) & (business.c.no == member.c.business))
            .order_by(record.c.record_id)
        )

    async def groups(self, agency: str) -> set[frozenset[str]]:
        return set((await self.businesses(agency)).values())

    async def shown(self, agency: str) -> list[dict[str, Any]]:
        business = tables.business
        here = business.c.audience == audience_number(await self.audience_of(agency))
        rows = await self.rows(select(business).where(here).order_by(business.c.business_id))
        return [{k: v for k, v in row.items() if k != "no"} for row in rows]

    async def state(self) -> dict[str, Any]:
        """Everything that may not depend on the order of arrival, once nothing is behind."""
        await self.catch_up()
        found_by = (tables.posting, tables.block)
        graph = (tables.record, tables.mention, *found_by, tables.pair, tables.member, tables.business)
        return await self.contents(graph, drop={"sequence", "risk_sequence"})

    async def contents(self, which: Iterable[Table], drop: Collection[str] = ()) -> dict[str, list[dict[str, Any]]]:
        """The rows of tables, in no order; records by id, of two the smaller first: numbers tell who came first."""
        ids = {row["no"]: row["record_id"] for row in await self.rows(select(tables.record))}
        return {table.name: sorted(_by_id(await self.rows(select(table)), ids, drop), key=repr) for table in which}


def _by_id(rows: Iterable[dict[str, Any]], ids: Mapping[int, str], drop: Collection[str]) -> Iterator[dict[str, Any]]:
    numbered = {"no", "record", "a", "b", "business"}
    for row in rows:
        shown = {k: ids.get(v, v) if k in numbered else v for k, v in row.items() if k not in drop}
        if shown.keys() >= {"a", "b"}:
            shown["a"], shown["b"] = sorted((shown["a"], shown["b"]))
        yield shown


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[World]:
    """The world in an existing, migrated store."""
    database = Database(url, "linker")
    try:
        yield World(database)
    finally:
        await database.close()


def folded(events: Iterable[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The last of each business; fails where a sequence has a gap or starts elsewhere than at 1."""
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for event in events:
        data = event["data"]
        key = data["audience"]["id"], data["business_id"]
        expected = last[key]["data"]["sequence"] + 1 if key in last else 1
        assert data["sequence"] == expected, f"{event['type']} has sequence {data['sequence']}, not {expected}"
        last[key] = event
    return last


def folded_by(agency: str, events: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The last that an agency was told of each business, whichever view it saw; fails where a count has a gap. What is
    told because its view is another begins a count anew, as does a view that was worked out in silence."""
    last: dict[str, dict[str, Any]] = {}
    counts: dict[tuple[str, str], int] = {}
    views: list[str] = []
    for event in events:
        data = event["data"]
        if agency not in data["audience"]["agencies"]:
            continue
        view, id_, number = data["audience"]["id"], data["business_id"], data["sequence"]
        views += [view] if view not in views else []
        if data["cause"] == "changed":
            begins_at = {1} if view == views[0] else {number}
            expected = {counts[view, id_] + 1} if (view, id_) in counts else begins_at
            if last.get(id_, event)["data"]["cause"] != "changed" and counts.get((view, id_)) == 1:
                expected = {1, 2}
            assert number in expected, f"{event['type']} has sequence {number}, not {expected}"
        counts[view, id_] = number
        last[id_] = event
    return last


async def assert_stream_agrees(world: World) -> None:
    """Which agency ever folds its streams knows what the store holds for it: members from the one, risks from the
    other."""
    said = await world.events("business."), await world.events("risk.")
    audiences = await world.rows(select(tables.audience).where(~tables.audience.c.leaving))
    members = await world.members()
    for agency in (agency for row in audiences for agency in row["agencies"]):
        audience = await world.audience_of(agency)
        held = defaultdict(list)
        for row in members:
            if row["audience"] == audience:
                held[row["business_id"]].append(row["record_id"])
        told = folded_by(agency, said[0]).items()
        alive = {id_: event["data"]["record_ids"] for id_, event in told if "changed" in event["type"]}
        assert alive == dict(held)

        risks = {id_: event["data"] for id_, event in folded_by(agency, said[1]).items()}
        live = {id_: data for id_, data in risks.items() if data["band"] != "none" or data["regimes"]}
        assert {id_: (data["band"], {c["regime"] for c in data["regimes"]}) for id_, data in live.items()} == {
            row["business_id"]: (row["band"], {c["regime"] for c in row["concerns"]})
            for row in await world.shown(agency)
            if row["priority"] > 0
        }


def shape(events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events without what differs from run to run."""
    return [{k: v for k, v in event.items() if k not in ("id", "time")} for event in events]

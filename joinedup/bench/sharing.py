"""`joinedup bench sharing`: what views cost a read and the stream, and how soon a legal gateway is in force."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from random import Random
from statistics import median, quantiles
from time import perf_counter
from typing import Annotated, Any

import orjson
import typer
import yaml
from sqlalchemy import select

from joinedup.bench.arrivals import Arrivals, partnership
from joinedup.bench.filled import fill
from joinedup.bench.stream_overhead import stream_overhead
from joinedup.console import console
from joinedup.settings import JoinedUpSettings
from joinedup.stack import DEFAULT_DATA
from services.linker.api import Desk, answers
from services.linker.api.businesses import business as read_business
from services.linker.api.viewing import tagged
from services.linker.domain.assess import default_policies
from services.linker.domain.relate.rules import default_rules
from services.linker.handlers.audiences import settle
from services.linker.handlers.findings import Detective
from services.linker.handlers.shelf import Shelf
from services.linker.store.holdings import audience_number
from services.linker.store.tables import business, member, mention, metadata
from shared.contracts.events.linker import RISK_TOPIC
from shared.contracts.roles import Role
from shared.runtime.auth import Principal
from shared.runtime.clock import today
from shared.runtime.db import Database
from shared.runtime.eventlog import EventLog, open_log
from shared.runtime.relay import publish_batch
from shared.runtime.reread import Reread
from shared.sharing import Partnership, View, load_partnership, views

_DATA = DEFAULT_DATA / "bench-sharing"
_RULES = _DATA / "partnership.yaml"
_WARM_UP = 200
_ROUNDS = 8
_DEFINITIONS = {
    "business": (
        "GET of one business with its records, from the route's function to the answer's bytes, for an agency whose "
        "view is one of several; `unrestricted`: the same rows by the same keys and the same answer, with no rules "
        "asked and no view to be complete. Turn by turn, without HTTP, whose time would be the same for both."
    ),
    "stream": (
        "A reader's risk changes to what it is sent, cursor sealed, those of others passed over, in processor time: of "
        "a reader that `keeps_up` and is fed from memory, of one that `comes_back` and reads the log. `unrestricted`: "
        "where there are no others', without asking whether the agency may have them."
    ),
    "activation": (
        "From new rules to the last event in the log: views worked out, compared and told by one worker, and taken to "
        "the log by the relay. `activated`: one agency's records become visible to all others, and one agency has a "
        "view that nobody had; `revoked`: back again."
    ),
    "ratio": "Of the medians.",
}

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]
Records = Annotated[int, typer.Option("--records", help="How many the store holds.", min=1000)]
Reads = Annotated[int, typer.Option("--reads", help="Reads of each kind in a round.", min=50)]
Seed = Annotated[int, typer.Option("--seed", help="Of the made-up records.")]

Read = Callable[[str], Awaitable[object]]


def sharing(as_json: AsJson = False, records: Records = 100_000, reads: Reads = 400, seed: Seed = 1) -> None:
    """What views cost a read and the stream, and how long activating a legal gateway takes."""
    shutil.rmtree(_DATA, ignore_errors=True)
    _DATA.mkdir(parents=True)
    report = asyncio.run(_measured(Arrivals(seed, records, 0), reads)) | {"definitions": _DEFINITIONS}
    if as_json:
        sys.stdout.write(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        console.print(report)


async def _measured(arrivals: Arrivals, reads: int) -> dict[str, Any]:
    before, after = partnership(3), partnership(2)
    async with AsyncExitStack() as opened:
        database = Database(JoinedUpSettings().database_url or f"sqlite:///{_DATA}/linker.db", str(metadata.schema))
        opened.push_async_callback(database.close)
        log = await open_log(f"embedded://{_DATA}/log.db")
        opened.push_async_callback(log.close)
        await fill(database, arrivals, _DATA, before)
        told = await _taken_to(log, database)
        _RULES.write_text(yaml.safe_dump(before.model_dump(mode="json", by_alias=True)), encoding="utf-8")
        view = max(views(before, today()), key=lambda one: len(one.agencies))
        read = await _read_overhead(database, view, reads)
        stream = await stream_overhead(f"embedded://{_DATA}/log.db", _RULES, view.agencies[0], _DATA)
        activated = await _changed(database, log, after)
        revoked = await _changed(database, log, before)
    return {
        "store": "sqlite" if database.is_sqlite else "postgresql",
        "records": arrivals.loaded,
        "events_of_the_load": told,
        "business": read,
        "stream": stream,
        "activation": {"activated": activated, "revoked": revoked},
    }


async def _changed(database: Database, log: EventLog, rules: Partnership) -> dict[str, Any]:
    """Seconds until the last agency is told."""
    risks = sum((await log.end(RISK_TOPIC)).values())
    began = perf_counter()
    await settle(database, rules, Detective(Shelf(default_policies()), default_rules()), today())
    settled = perf_counter()
    told = await _taken_to(log, database)
    return {
        "audiences": len(views(rules, today())),
        "seconds": round(perf_counter() - began, 1),
        "of_which_relay": round(perf_counter() - settled, 1),
        "events": told,
        "risk_changes": sum((await log.end(RISK_TOPIC)).values()) - risks,
    }


async def _taken_to(log: EventLog, database: Database) -> int:
    """What waits in the outbox, as the relay takes it."""
    taken = 0
    while batch := await publish_batch(database, log):
        taken += batch
    return taken


async def _read_overhead(database: Database, view: View, reads: int) -> dict[str, Any]:
    desk = Desk(database, Reread(_RULES, load_partnership), Shelf(default_policies()))
    principal = Principal(view.agencies[0], frozenset({Role.analyst}), "bench")
    ids = await _some_businesses(database, audience_number(view.id), reads)

    async def restricted(id_: str) -> object:
        return await read_business(id_, principal, desk)

    terms = answers.Terms(principal.agency, today(), desk.partnership)

    async def unrestricted(id_: str) -> object:
        return await _without_views(database, terms, audience_number(view.id), id_)

    return await _compared({"restricted": restricted, "unrestricted": unrestricted}, ids)


async def _some_businesses(database: Database, audience: int, limit: int) -> list[str]:
    async with database.read() as connection:
        found = await connection.scalars(select(business.c.business_id).where(business.c.audience == audience))
        ids = sorted(found)
    return Random(1).sample(ids, min(limit, len(ids)))  # noqa: S311 - repeatable is what it must be


async def _without_views(database: Database, terms: answers.Terms, audience: int, id_: str) -> object:
    """What a system answers in which everybody sees all."""
    async with database.read() as connection:
        here = (business.c.business_id == id_) & (business.c.audience == audience)
        row = (await connection.execute(select(business).where(here))).one()
        held = (member.c.business == row.no) & (member.c.audience == audience)
        of_it = select(mention).join(member, member.c.record == mention.c.no).where(held).order_by(mention.c.record_id)
        members = (await connection.execute(of_it)).all()
    found = answers.business(row, members, terms)
    return tagged(found, None, answers.owners([found]))


async def _compared(reads: dict[str, Read], ids: Sequence[str]) -> dict[str, Any]:
    """Turn by turn, so that what else this machine does hits both alike."""
    taken: dict[str, list[float]] = {name: [] for name in reads}
    for read in reads.values():
        await _timed(read, ids[:_WARM_UP])
    for number in range(_ROUNDS):
        for name in sorted(reads, reverse=number % 2 == 1):
            taken[name] += await _timed(reads[name], ids)
    told = {name: _summary(each) for name, each in taken.items()}
    return told | {"ratio": round(median(taken["restricted"]) / median(taken["unrestricted"]), 3)}


async def _timed(read: Read, ids: Sequence[str]) -> list[float]:
    """Milliseconds of each."""
    taken = []
    for id_ in ids:
        began = perf_counter()
        await read(id_)
        taken.append(1000 * (perf_counter() - began))
    return taken


def _summary(taken: Sequence[float]) -> dict[str, float]:
    cuts = quantiles(taken, n=20, method="inclusive")
    return {"p50_ms": round(cuts[9], 3), "p95_ms": round(cuts[18], 3)}

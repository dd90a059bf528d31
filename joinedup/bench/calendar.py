"""`joinedup bench calendar`: how long it takes to know what one visit clashes with, among many that are planned."""

import asyncio
import gc
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import quantiles
from time import perf_counter, process_time
from typing import Annotated, Any

import orjson
import typer
from sqlalchemy import Table, insert

from joinedup.console import console
from joinedup.settings import JoinedUpSettings
from joinedup.stack import DEFAULT_DATA
from services.calendar.domain.london import day_of
from services.calendar.domain.policy import as_shipped
from services.calendar.handlers.caller import Caller, eyes_of
from services.calendar.handlers.deconflicting import clashes_of, confirm
from services.calendar.handlers.seeing import own
from services.calendar.store import tables
from shared.contracts.api.calendar.visits import Confirmation
from shared.contracts.api.calendar.words import How, Purpose, Tier, VisitStatus
from shared.contracts.identifiers import derived_id
from shared.runtime.clock import utc_now
from shared.runtime.db import Database
from shared.runtime.migrate import migrate
from shared.sharing import Partnership, load_partnership

_DATA = DEFAULT_DATA / "bench-calendar"
_AGENCIES = tuple(f"agency-{number}" for number in range(10))
_CHUNK = 5000
_DAYS = 365
_MOST_RELATED = 20
_WARM_UP = 50
_DEFINITIONS = {
    "visits": "Spread over a year; half of them are confirmed.",
    "told": "From the id of a visit to all that it clashes with, as its agency may know, from the store.",
    "confirmed": "From the id of a visit to its confirmation, or to all that stands in its way, durably stored.",
    "cpu": "Of that, time in which the processor worked for this process, so without what the store's own server does.",
    "businesses": "Places; each visit goes to one of them and is compared with up to 20 others that are related to it.",
}

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]
Visits = Annotated[int, typer.Option("--visits", help="How many are planned.", min=100)]
Businesses = Annotated[int, typer.Option("--businesses", help="To how many places they go.", min=100)]
Asked = Annotated[int, typer.Option("--asked", help="Of how many visits it is asked what they clash with.", min=100)]
Seed = Annotated[int, typer.Option("--seed", help="Of the made-up visits.")]


def calendar(
    as_json: AsJson = False,
    visits: Visits = 100_000,
    businesses: Businesses = 100_000,
    asked: Asked = 1000,
    seed: Seed = 1,
) -> None:
    """Deconfliction of one visit against many that are planned."""
    report = asyncio.run(_measured(visits, businesses, asked, seed))
    if as_json:
        sys.stdout.write(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        console.print(report)


async def _measured(visits: int, businesses: int, asked: int, seed: int) -> dict[str, Any]:
    shutil.rmtree(_DATA, ignore_errors=True)
    _DATA.mkdir(parents=True)
    database = Database(
        JoinedUpSettings().database_url or f"sqlite:///{_DATA}/calendar.db", str(tables.metadata.schema)
    )
    rules, chance = _partnership(), Random(seed)  # noqa: S311 - repeatable is what it must be
    try:
        await migrate(database)
        await _fill(database, _rows(visits, businesses, chance))
        picked = chance.sample(range(1, visits, 2), min(asked + _WARM_UP, visits // 2))  # those that are not confirmed
        told = await _timed(picked, lambda number: _told(database, rules, number))
        confirmed = await _timed(picked, lambda number: _confirmed(database, rules, number))
    finally:
        await database.close()
    return {
        "store": "sqlite" if database.is_sqlite else "postgresql",
        "visits": visits,
        "businesses": businesses,
        "asked": len(picked) - _WARM_UP,
        "told": told,
        "confirmed": confirmed,
        "definitions": _DEFINITIONS,
    }


def _partnership() -> Partnership:
    """In which every agency lets every other see its visits."""
    names = ", ".join(f"{{id: {one}, title: {one}}}" for one in _AGENCIES)
    signed = ", ".join(f"{{agency: {one}, by: bench, day: 2020-01-01}}" for one in _AGENCIES)
    return load_partnership(
        f"{{id: bench, title: Bench, agencies: [{names}], categories: [inspections], stream_purpose: compliance,"
        " legal_gateways: [{id: all, from: '*', to: '*', categories: [visits], purposes: [compliance], grant: full,"
        " statute: none, section: '1', starts: 2020-01-01, status: active,"
        f" legal_review: {{by: bench, day: 2020-01-01}}, signatures: [{signed}]}}]}}"
    )


Rows = dict[Table, list[dict[str, Any]]]


def _rows(visits: int, businesses: int, chance: Random) -> Iterator[Rows]:
    """In chunks of visits."""
    begin = datetime.combine(utc_now().date(), datetime.min.time(), UTC)
    for start in range(0, visits, _CHUNK):
        rows: Rows = {table: [] for table in (tables.visit, tables.place_key, tables.reach, tables.attendance)}
        for number in range(start, min(start + _CHUNK, visits)):
            _add(rows, number, chance, begin, businesses)
        yield rows


def _add(rows: Rows, number: int, chance: Random, begin: datetime, businesses: int) -> None:
    id_, agency, place = _id(number), _agency(number), chance.randrange(businesses)
    starts = begin + timedelta(days=chance.randrange(_DAYS), hours=chance.randrange(8, 17))
    related = [chance.randrange(businesses) for _ in range(chance.randrange(_MOST_RELATED))]
    hows = {_key(one): chance.choice((How.network, How.same_organisation)) for one in related} | {
        _key(place): How.same_premises
    }
    rows[tables.visit].append(_visit(id_, agency, starts, is_firm=number % 2 == 0))
    rows[tables.place_key].append({"key": _key(place), "visit": id_})
    rows[tables.reach] += [{"visit": id_, "key": key, "how": how} for key, how in hows.items()]
    rows[tables.attendance].append(
        {"visit": id_, "agency": agency, "met": [], "officers": 2, "alone": 2, "uniformed": False, "people": []}
    )


def _id(number: int) -> str:
    return f"vis_{number:032x}"


def _agency(number: int) -> str:
    return _AGENCIES[number % len(_AGENCIES)]


def _key(place: int) -> str:
    return derived_id("trt", "premises", str(place))


def _visit(id_: str, agency: str, starts: datetime, *, is_firm: bool) -> dict[str, Any]:
    return {
        "id": id_,
        "agency": agency,
        "status": VisitStatus.confirmed if is_firm else VisitStatus.planned,
        "version": 1,
        "tier": Tier.full,
        "lead": agency,
        "purpose": Purpose.mixed,
        "regimes": ["food-hygiene"],
        "powers": [],
        "referrals": [],
        "place": {"name": None, "address": None},
        "is_window": False,
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=1),
        "first_on": day_of(starts),
        "last_on": day_of(starts),
        "made_by": "bench",
        "made_at": starts,
        "changed_at": starts,
    }


async def _fill(database: Database, chunks: Iterator[Rows]) -> None:
    for rows in chunks:
        async with database.transaction() as tx:
            for table, some in rows.items():
                await tx.connection.execute(insert(table), some)


async def _timed(numbers: list[int], ask: Callable[[int], Awaitable[None]]) -> dict[str, float]:
    for number in numbers[:_WARM_UP]:
        await ask(number)
    gc.freeze()  # as a service does before its first request
    clock, worked = list[float](), list[float]()
    for number in numbers[_WARM_UP:]:
        began, busy = perf_counter(), process_time()
        await ask(number)
        clock.append(1000 * (perf_counter() - began))
        worked.append(1000 * (process_time() - busy))
    return _percentiles("", clock) | _percentiles("cpu_", worked)


def _percentiles(of: str, taken: list[float]) -> dict[str, float]:
    cuts = quantiles(taken, n=100, method="inclusive")
    return {f"{of}p{cut}_ms": round(cuts[cut - 1], 2) for cut in (50, 95, 99)}


async def _told(database: Database, rules: Partnership, number: int) -> None:
    eyes = eyes_of(_agency(number), None, rules)
    async with database.read() as connection:
        found = await own(connection, _id(number), eyes)
        await clashes_of(connection, found, eyes, as_shipped().deconfliction)


async def _confirmed(database: Database, rules: Partnership, number: int) -> None:
    eyes, asked = eyes_of(_agency(number), None, rules), Confirmation(version=1)
    async with database.transaction() as tx:
        await confirm(tx, Caller("bench", eyes, {}, as_shipped()), _id(number), asked, {}, as_shipped().deconfliction)

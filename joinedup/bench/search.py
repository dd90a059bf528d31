"""`joinedup bench search`: how long a search takes on a store that holds many businesses, and whether it finds them."""

import asyncio
import gc
import shutil
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from random import Random
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Annotated, Any

import orjson
import typer
from sqlalchemy import and_, func, select

from joinedup.bench.arrivals import Arrivals, Row, partnership
from joinedup.bench.filled import fill
from joinedup.bench.questions import Question, questions
from joinedup.console import console
from joinedup.settings import JoinedUpSettings
from joinedup.stack import DEFAULT_DATA
from services.linker.domain.search.rank import Place
from services.linker.domain.search.standing import Away
from services.linker.handlers.nearby import Nearby
from services.linker.handlers.searching import Search
from services.linker.store.holdings import audience_number
from services.linker.store.reading import Filters
from services.linker.store.tables import business, member, metadata, record
from shared.runtime.among import among, many
from shared.runtime.clock import today
from shared.runtime.db import Database
from shared.sharing import views

_DATA = DEFAULT_DATA / "bench-search"
_BATCH = 500
_PAGE = 20
_WARM_UP = 50
_RECORDS_A_BUSINESS = 2.03
_DEFINITIONS = {
    "p50_ms, p95_ms, p99_ms": "From what was typed to a page of twenty businesses with the reasons for each, uncached.",
    "cpu_p50_ms, cpu_p95_ms, cpu_worst_ms": "Of that, time in which the processor worked for this process.",
    "found": "Of the questions made from a record, those with its business on the first page.",
}

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]
Businesses = Annotated[int, typer.Option("--businesses", help="How many the store holds, about.", min=500)]
Asked = Annotated[int, typer.Option("--records", help="Of how many records questions are made.", min=50)]
Keep = Annotated[bool, typer.Option("--keep", help="Ask the store of the run before instead of filling one.")]
Seed = Annotated[int, typer.Option("--seed", help="Of the made-up records and questions.")]


def search(
    as_json: AsJson = False, businesses: Businesses = 100_000, records: Asked = 200, keep: Keep = False, seed: Seed = 1
) -> None:
    """Searches as officers would type them, on a store that holds many businesses."""
    arrivals = Arrivals(seed, int(businesses * _RECORDS_A_BUSINESS), 0)
    report = asyncio.run(_measured(arrivals, records, keep))
    if as_json:
        sys.stdout.write(
            orjson.dumps(report | {"definitions": _DEFINITIONS}, option=orjson.OPT_INDENT_2).decode() + "\n"
        )
    else:
        console.print(report)


async def _measured(arrivals: Arrivals, records: int, keep: bool) -> dict[str, Any]:
    if not keep:
        shutil.rmtree(_DATA, ignore_errors=True)
        _DATA.mkdir(parents=True)
    database = Database(JoinedUpSettings().database_url or f"sqlite:///{_DATA}/linker.db", str(metadata.schema))
    try:
        if not keep:
            await fill(database, arrivals, _DATA, partnership())
        audience = audience_number(views(partnership(), today())[0].id)
        asked = questions(_sample(list(arrivals.load()), records, arrivals.seed), arrivals.seed)
        homes = await _homes(database, audience, {question.record_id for question in asked if question.record_id})
        timed = await _ask(database, audience, asked, homes)
        held = await _count(database, audience)
    finally:
        await database.close()
    store = "sqlite" if database.is_sqlite else "postgresql"
    return {"store": store, "businesses": held, "questions": len(asked), **_summary(timed), "kinds": _by_kind(timed)}


def _sample(rows: Sequence[Row], size: int, seed: int) -> list[Row]:
    return Random(f"sample {seed}").sample(rows, size)  # noqa: S311 - repeatable is what it must be


async def _count(database: Database, audience: int) -> int:
    async with database.read() as connection:
        here = select(func.count()).select_from(business).where(business.c.audience == audience)
        return int(await connection.scalar(here) or 0)


Timed = tuple[Question, float, float, bool]
"""The question, milliseconds by the clock and of the processor, and whether it found its business."""


async def _homes(database: Database, audience: int, records: Collection[str]) -> dict[str, str]:
    """The business of each record."""
    is_one = and_(business.c.no == member.c.business, business.c.audience == member.c.audience)
    here = (member.c.audience == audience, among(record.c.record_id))
    statement = select(record.c.record_id, business.c.business_id).join(member, member.c.record == record.c.no)
    async with database.read() as connection:
        found = await connection.execute(statement.join(business, is_one).where(*here), {"ids": many(records)})
        return {row.record_id: row.business_id for row in found}


async def _ask(database: Database, audience: int, asked: Sequence[Question], homes: Mapping[str, str]) -> list[Timed]:
    async with database.read() as connection:
        box = Search(connection, audience, Filters())
        for question in asked[:_WARM_UP]:
            await _timed(box, question, homes, None)
        gc.freeze()  # as a service does before its first request
        return [one for question in asked for one in await _paged(box, question, homes)]


async def _paged(box: Search, question: Question, homes: Mapping[str, str]) -> list[Timed]:
    """The first page and, where there may be one, the second."""
    first, last = await _timed(box, question, homes, None)
    if last is None:
        return [first]
    return [
        first,
        (
            await _timed(
                box,
                replace(
                    question, kind=f"{question.kind}, second page" if question.around else "second page", record_id=None
                ),
                homes,
                last,
            )
        )[0],
    ]


async def _timed(
    box: Search, question: Question, homes: Mapping[str, str], after: Place | Away | None
) -> tuple[Timed, Place | Away | None]:
    """And the last place of a full page."""
    began, worked = perf_counter(), process_time()
    answer = await _answered(box, question, after)
    taken = 1000 * (perf_counter() - began), 1000 * (process_time() - worked)
    last = answer[-1] if len(answer) == _PAGE else None
    return (question, *taken, _found(question, answer, homes)), last


async def _answered(box: Search, question: Question, after: Place | Away | None) -> list[Place | Away]:
    if question.around:
        beyond = after if isinstance(after, Away) else None
        return [one.place for one in (await Nearby(box, question.around).run(question.text, beyond, _PAGE)).found]
    behind = after if isinstance(after, Place) else None
    return [one.place for one in (await box.run(question.text, behind, _PAGE)).found]


def _found(question: Question, answer: Sequence[Place | Away], homes: Mapping[str, str]) -> bool:
    shown = {place.business_id for place in answer}
    return homes[question.record_id] in shown if question.record_id else bool(shown)


def _summary(timed: Iterable[Timed]) -> dict[str, Any]:
    each = list(timed)
    cuts = quantiles([clock for _, clock, _, _ in each], n=100, method="inclusive")
    about = [found for question, _, _, found in each if question.record_id]
    return {
        **{f"p{cut}_ms": round(cuts[cut - 1], 1) for cut in (50, 95, 99)},
        "cpu_p50_ms": round(median(cpu for _, _, cpu, _ in each), 1),
        "cpu_p95_ms": round(quantiles([cpu for _, _, cpu, _ in each], n=20, method="inclusive")[-1], 1),
        "cpu_worst_ms": round(max(cpu for _, _, cpu, _ in each), 1),
        "found": round(sum(about) / len(about), 3) if about else None,
    }


def _by_kind(timed: Iterable[Timed]) -> dict[str, Any]:
    kinds: defaultdict[str, list[Timed]] = defaultdict(list)
    for one in timed:
        kinds[one[0].kind].append(one)
    return {kind: {"questions": len(found), **_summary(found)} for kind, found in kinds.items()}

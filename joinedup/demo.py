"""`joinedup demo`: a partnership's feeds go in through the public API, figures and a live risk stream come out."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import typer
from sqlalchemy import make_url

from joinedup import nursery, source
from joinedup.client import Api, DevToken
from joinedup.console import console, drawn, refuse, run_until_signalled
from joinedup.delivery import Receipt, deliver_all, progress_bars, taken
from joinedup.feeds import Unusable
from joinedup.figures import Figures, Statistics, judge, table, truth_line, write_json
from joinedup.guide import guide
from joinedup.indicators import ask_officers
from joinedup.source import Source
from joinedup.stack import DEFAULT_DATA, DEFAULT_PORT
from joinedup.stream_view import RiskStream, follow
from joinedup.up import Port, stack
from shared.runtime.clock import today

_DEMO_DATA = DEFAULT_DATA / "demo"
_LOOK_AGAIN = 0.2
_QUIET_SECONDS = 2.0
_COUNT = """
Which telephones and the like are too common to be evidence? Count them, and link by what was found; then see /hubs:

  joinedup model count --store {store} --version kerrow-1 --out kerrow-1.json
  joinedup model publish kerrow-1.json --store {store}
  joinedup model switch kerrow-1 --store {store}
"""
_VIEWER = ("analyst", "tasking_chair")

Once = Annotated[bool, typer.Option("--once", help="Stop everything at the end.")]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Write the figures there.", dir_okay=False)]
Picture = Annotated[Path | None, typer.Option("--picture", help="Draw there what is printed (SVG).", dir_okay=False)]
Folder = Annotated[
    Path | None,
    typer.Option("--real", help="A folder of registers instead of made-up ones.", exists=True, file_okay=False),
]
DemoData = Annotated[Path, typer.Option("--data-dir", help="A new folder; the default one is emptied each time.")]
Seed = Annotated[int, typer.Option("--seed", help="Of the made-up partnership: the same seed, the same bytes.")]
Businesses = Annotated[int, typer.Option("--businesses", help="How many to make up.", min=1)]
Records = Annotated[int, typer.Option("--records", help="How many records of them.", min=1)]


def demo(
    once: Once = False,
    json: JsonFile = None,
    real: Folder = None,
    data_dir: DemoData = _DEMO_DATA,
    port: Port = DEFAULT_PORT,
    seed: Seed = 2016,
    businesses: Businesses = 3975,
    records: Records = 8088,
    picture: Picture = None,
) -> None:
    """Start everything, send a partnership's feeds, show what its agencies know together, follow the risk stream."""

    def prepared() -> Source:
        if real:
            return source.real(real)
        return source.made_up(data_dir / "exports", seed, businesses, records)

    with drawn(picture, "make demo ARGS=--once") if picture else nullcontext():
        run_until_signalled(_demo(prepared, data_dir, port, json, once=once))


async def _demo(prepared: Callable[[], Source], data: Path, port: int, json: Path | None, *, once: bool) -> None:
    nursery.warm()
    _empty(data)
    try:
        sending = await asyncio.to_thread(prepared)
    except Unusable as error:
        refuse(str(error))
    partnership = data / "partnership.yaml"
    partnership.write_text(sending.partnership, encoding="utf-8")
    async with stack(data, port, partnership) as supervisor:
        url = supervisor.layout.url
        async with _watching(url, sending.viewer) as (api, stream):
            await _run(api, stream, url, sending, json)
            await ask_officers(url, ((file.spec.agency, file.spec.regime) for file in sending.files))
            console.print(
                f"Officers file cards at {url}/card, analysts review links at /review: sign in as whom you like."
            )
            if not once:
                await _show_guide(api, url, sending.viewer)
                _show_count(supervisor.layout.database_url("linker"))
                await follow(stream, url)


def _empty(data: Path) -> None:
    """A demonstration starts from nothing. Only the default folder, which is ours, is emptied."""
    if data == _DEMO_DATA:
        shutil.rmtree(data, ignore_errors=True)
    if data.exists() and any(data.iterdir()):
        refuse(f"{data} is not empty. Give a new folder with --data-dir.")
    data.mkdir(parents=True, exist_ok=True)


@asynccontextmanager
async def _watching(url: str, viewer: str) -> AsyncIterator[tuple[Api, RiskStream]]:
    async with AsyncExitStack() as opened:
        api = await opened.enter_async_context(Api(url, DevToken(url, viewer, _VIEWER)))
        stream = RiskStream(api)
        reading = asyncio.create_task(stream.run())
        opened.callback(reading.cancel)
        yield api, stream


async def _run(api: Api, stream: RiskStream, url: str, sending: Source, json: Path | None) -> None:
    if (await _statistics(api)).businesses:
        refuse("The store already holds businesses. A demonstration wants an empty database and log.")
    began = monotonic()
    receipts = await deliver_all(url, sending.files, sending.rows)
    statistics, done_at = await _linked(api, stream, sum(receipt["counts"]["stored"] for receipt in receipts))
    figures = _figures(sending, receipts, statistics, stream, done_at - began)
    truth = await judge(api.graph(), sending.truth) if sending.truth else None
    _show(figures, statistics, receipts, truth)
    if json:
        write_json(json, figures, truth)
    if not figures.accounted_for:
        refuse("Some rows are neither taken nor in quarantine. That is a fault of ours; the receipts above say where.")


async def _show_guide(api: Api, url: str, viewer: str) -> None:
    """Of the most worrying business, where there is one."""
    for worst in (await api.get("/v1/businesses", limit=1))["businesses"]:
        console.print(guide(url, viewer, worst["business_id"], today()), markup=False, highlight=False, soft_wrap=True)


def _show_count(database_url: str) -> None:
    console.print(_COUNT.format(store=make_url(database_url).render_as_string()), markup=False, soft_wrap=True)


async def _linked(api: Api, stream: RiskStream, records: int) -> tuple[Statistics, float]:
    """The linker's figures once it has had every record, and the stream nothing more to tell, for a moment; and since
    when that was so, on the monotonic clock."""
    linked_at = float("inf")
    with progress_bars() as bars:
        bar = bars.add_task("linked", total=records, note="")
        while True:
            statistics = await _statistics(api)
            bars.update(bar, completed=statistics.records, note=f"{stream.received:,} risk changes received")
            if statistics.records >= records:
                linked_at = min(linked_at, statistics.at)
                done_at = max(linked_at, stream.last_at)
                if statistics.at - done_at > _QUIET_SECONDS:
                    return statistics, done_at
            await asyncio.sleep(_LOOK_AGAIN)


async def _statistics(api: Api) -> Statistics:
    return Statistics.read(await api.get("/v1/statistics"))


def _figures(
    sending: Source, receipts: list[Receipt], statistics: Statistics, stream: RiskStream, seconds: float
) -> Figures:
    return Figures(
        records_sent=sending.records,
        records_accepted=sum(taken(receipt) for receipt in receipts),
        records_quarantined=sum(receipt["counts"]["rejected"] for receipt in receipts),
        businesses=statistics.businesses,
        known_to_two_or_more=statistics.known_to_two_or_more,
        known_to_three_or_more=statistics.known_to_three_or_more,
        concerns_in_two_or_more_regimes=statistics.concerns_in_two_or_more_regimes,
        concerns_in_three_or_more_regimes=statistics.concerns_in_three_or_more_regimes,
        risk_events=stream.received,
        seconds=round(seconds, 2),
    )


def _show(figures: Figures, statistics: Statistics, receipts: list[Receipt], truth: Any) -> None:
    for receipt in receipts:
        for fault in receipt["problems"]:
            console.print(f"{receipt['feed']}: {fault['field']}: {fault['remedy']}", style="red", markup=False)
    console.print(table(figures, statistics.definitions))
    if truth:
        console.print(truth_line(truth), markup=False)

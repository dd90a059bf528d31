"""`joinedup feed`: send a file to a running gateway, check a specification on a file, list shipped specifications."""

import asyncio
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.table import Column, Table
from rich.text import Text

from joinedup.client import Api, Bearer, DevToken, Refusal
from joinedup.console import console, refuse
from joinedup.delivery import SENDER, Receipt, declare, deliver, handled, in_words, progress_bars
from joinedup.draft import draft, in_yaml, read_table
from joinedup.feeds import FeedFile, Reading, Unusable, feed_file, readings, refusal
from joinedup.settings import JoinedUpSettings
from joinedup.stack import DEFAULT_PORT, HOST
from services.ingest.domain.catalogue import catalogue
from services.ingest.domain.mapping import Mapped, Rejected
from services.ingest.domain.readers import Refused

_REJECTS_SHOWN = 50

Argument = Annotated[str, typer.Argument(help="SPEC=FILE; SPEC is a YAML file or a shipped specification's id.")]
Url = Annotated[str, typer.Option("--url", help="The public address.")]
Token = Annotated[
    str | None, typer.Option("--token", help="Else JOINEDUP_TOKEN, else a development token, on loopback only.")
]
Rows = Annotated[int, typer.Option("--rows", help="How many rows to look at.", min=1)]

app = typer.Typer(help="Send files, and try out feed specifications.", no_args_is_help=True)


@app.command()
def send(feed: Argument, url: Url = f"http://{HOST}:{DEFAULT_PORT}", token: Token = None) -> None:
    """Declare the feed, send the file, and show what became of each row that was not taken."""
    try:
        asyncio.run(_send(feed_file(feed), url, token or JoinedUpSettings().token))
    except (Unusable, Refusal) as error:
        refuse(str(error))
    except httpx.TransportError:
        refuse(f"Nothing answers at {url}. Start the services with `joinedup up`.")


@app.command()
def check(feed: Argument, rows: Rows = 1000) -> None:
    """Try a specification on a file's first rows, offline. Nothing is sent."""
    try:
        file = feed_file(feed)
        _show_check(file, list(islice(readings(file), rows)))
    except Unusable as error:
        refuse(str(error))
    except Refused as error:
        refuse(str(refusal(file.path, error.errors)))


@app.command("draft")
def draft_(file: Annotated[Path, typer.Argument(help="A CSV, XLSX, JSON or JSON lines file.")]) -> None:
    """Print a specification drafted from a file by the names of its columns, to be checked and completed."""
    try:
        sys.stdout.write(in_yaml(draft(read_table(file))))
    except Unusable as error:
        refuse(str(error))


@app.command("list")
def list_() -> None:
    """The specifications that ship with the project."""
    shown = Table(Column("SPEC", no_wrap=True), "Title", "Agency", "Regime", "Format")
    for spec in catalogue().values():
        shown.add_row(spec.id, spec.title, spec.agency, spec.regime, spec.format.kind)
    console.print(shown)


async def _send(file: FeedFile, url: str, token: str | None) -> None:
    auth = Bearer(token) if token else DevToken(url, file.spec.agency, SENDER)
    async with Api(url, auth) as api:
        await declare(api, file)
        with progress_bars() as bars:
            bar = bars.add_task(file.path.name, total=None, note="")
            receipt = await deliver(api, file, lambda now: bars.update(bar, completed=handled(now), note=in_words(now)))
        await _show_receipt(api, receipt)


async def _show_receipt(api: Api, receipt: Receipt) -> None:
    console.print(f"Receipt {receipt['id']}. {in_words(receipt)}.", markup=False)
    for fault in receipt["problems"]:
        console.print(f"  {fault['field']}: {fault['remedy']}", style="red", markup=False)
    if hold := receipt["hold"]:
        console.print(f"  Held: {hold['reason']}", style="yellow", markup=False)
    if receipt["counts"]["rejected"]:
        page = await api.get(f"/v1/submissions/{receipt['id']}/rows", outcome="rejected", limit=_REJECTS_SHOWN)
        faults = [(row["row"], row["issues"]) for row in page["items"]]
        _show_rejects(faults, receipt["counts"]["rejected"])


def _show_check(file: FeedFile, read: list[Reading]) -> None:
    good = [reading.result for reading in read if isinstance(reading.result, Mapped)]
    bad = [(reading.number, reading.result) for reading in read if isinstance(reading.result, Rejected)]
    doubtful = sum(bool(mapped.warnings) for mapped in good)
    console.print(f"{file.path.name} as {file.spec.id}: {len(read):,} rows read, {len(good):,} would be taken")
    console.print(f"({doubtful:,} of them with a doubt), {len(bad):,} would be rejected.")
    for mapped in good[:2]:
        if mapped.record:
            console.print(mapped.record.model_dump(mode="json", exclude_defaults=True), markup=False)
    if bad:
        faults = ((number, [fault.model_dump() for fault in rejected.errors]) for number, rejected in bad)
        _show_rejects(islice(faults, _REJECTS_SHOWN), len(bad))


def _show_rejects(rows: Iterable[tuple[int, list[dict[str, Any]]]], total: int) -> None:
    shown = Table("Row", "Field", "What to do", title=f"Rejected rows: {total:,}", title_justify="left")
    for number, faults in rows:
        for fault in faults:
            shown.add_row(f"{number:,}", Text(fault["field"]), Text(fault["remedy"]))
    console.print(shown)
    if total > _REJECTS_SHOWN:
        console.print(f"The first {_REJECTS_SHOWN} are shown; the receipt has them all.")

"""`joinedup link`: files in, a table of which record belongs to which business out; no services, the same code."""

import asyncio
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from joinedup.bulk.linkage import Linked, link_files, load_files
from joinedup.console import console, refuse
from joinedup.feeds import FeedFile, Unusable, feed_file
from services.linker.domain.model import shipped_model
from shared.runtime.db import Database
from shared.runtime.errors import Conflict

FeedFiles = Annotated[
    list[str],
    typer.Option("--feed", help="SPEC=FILE, repeatable; SPEC is a YAML file or a shipped specification."),
]
Out = Annotated[Path, typer.Option("--out", help="CSV: feed, source_ref, business_id.", dir_okay=False)]
Store = Annotated[
    str | None,
    typer.Option(
        "--store", help="Fill this linker's store as well, which must hold no records: sqlite:///… or postgresql://…"
    ),
]
ModelFile = Annotated[
    Path | None,
    typer.Option("--model", exists=True, dir_okay=False, help="JSON of a model; the shipped one unless given."),
]
Processes = Annotated[int | None, typer.Option("--processes", min=1, help="As many as there are cores, unless given.")]


def link(
    feed: FeedFiles,
    out: Out = Path("clusters.csv"),
    store: Store = None,
    model: ModelFile = None,
    processes: Processes = None,
) -> None:
    """Link files offline, by the same code as the services, and write each record's business."""
    try:
        files = [feed_file(argument) for argument in feed]
        linked = _link(files, model.read_bytes() if model else shipped_model(), store, processes)
    except (Unusable, Conflict, ValueError) as error:
        refuse(str(error))
    with out.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(("feed", "source_ref", "business_id"))
        writer.writerows(linked.businesses)
    for name in linked.taken | linked.rejected:
        console.print(f"{name}: {linked.taken[name]:,} rows taken, {linked.rejected[name]:,} rejected")
    businesses = len({business for _, _, business in linked.businesses})
    console.print(f"{len(linked.businesses):,} records are {businesses:,} businesses: {out}")


def _link(files: Sequence[FeedFile], model: bytes, store: str | None, processes: int | None) -> Linked:
    if store is None:
        return link_files(files, model, processes)
    return asyncio.run(_load(files, model, store, processes))


async def _load(files: Sequence[FeedFile], model: bytes, store: str, processes: int | None) -> Linked:
    database = Database(store, "linker")
    try:
        return await load_files(files, model, database, processes)
    finally:
        await database.close()

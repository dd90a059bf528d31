"""From files named on the command line to a table of businesses."""

import asyncio
import csv
from collections.abc import Sequence
from pathlib import Path

from joinedup.bulk.linkage import Linked, link_files, load_files
from joinedup.console import console, refuse
from joinedup.feeds import FeedFile, Unusable, feed_file
from services.linker.domain.model import shipped_model
from shared.runtime.db import Database
from shared.runtime.errors import Conflict


def link_to_table(
    feeds: Sequence[str], out: Path, store: str | None, model: Path | None, processes: int | None
) -> None:
    """Link the files of these SPEC=FILE arguments, and write each record's business; what is wrong ends the command."""
    try:
        files = [feed_file(argument) for argument in feeds]
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

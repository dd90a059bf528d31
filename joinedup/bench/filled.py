"""A linker's store that holds the records to load, filled as `joinedup link --store` does, and its audiences."""

from pathlib import Path
from time import perf_counter

from joinedup.bench.arrivals import Arrivals
from joinedup.bulk.linkage import load_files
from joinedup.console import errors
from joinedup.feeds import feed_file
from joinedup.synthetic import write_entries
from services.linker import bootstrap
from services.linker.domain.model import shipped_model
from services.linker.domain.relate.rules import default_rules
from services.linker.handlers.audiences import settle
from services.linker.handlers.findings import Detective
from shared.runtime.clock import today
from shared.runtime.db import Database
from shared.sharing import Partnership


async def fill(database: Database, arrivals: Arrivals, folder: Path, rules: Partnership) -> float:
    """Files of the records are written into `folder` on the way; how many records a second went in from there."""
    written = write_entries(arrivals.entries(), folder / "exports")
    began = perf_counter()
    await load_files([feed_file(f"{feed.spec}={feed.data}") for feed in written], shipped_model(), database)
    await settle(database, rules, Detective(bootstrap.resolver().shelf, default_rules()), today())
    taken = perf_counter() - began
    errors.print(f"{arrivals.loaded:,} records loaded in {taken:,.0f} s")
    return arrivals.loaded / taken

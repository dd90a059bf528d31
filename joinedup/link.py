"""`joinedup link`: files in, a table of which record belongs to which business out; no services, the same code."""

import gc
from pathlib import Path
from typing import Annotated

import typer

from joinedup.bulk.forking import forking
from shared.runtime import native

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
Compiled = Annotated[
    bool, typer.Option("--native/--no-native", help="Take what `make native` compiled, if it is there.")
]


def link(
    feed: FeedFiles,
    out: Out = Path("clusters.csv"),
    store: Store = None,
    model: ModelFile = None,
    processes: Processes = None,
    compiled: Compiled = True,
) -> None:
    """Link files offline, by the same code as the services, and write each record's business."""
    if compiled:
        native.use()
    if processes != 1:
        forking()  # loads for the workers, while this process loads for itself
    from joinedup.bulk.files import link_to_table  # only now, since it loads what may be there compiled

    link_to_table(feed, out, store, model, processes)
    gc.freeze()  # the process ends: cycles in all that it loaded need not be looked for

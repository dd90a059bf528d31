"""`joinedup bench link`: our linker, with its shipped model and threshold, and its peers on sets of known truth."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import orjson
import typer

from joinedup.bench.labelled.all_sets import SetRef, all_sets, by_default
from joinedup.bench.link_report import report
from joinedup.bench.peers.side_by_side import PEERS
from joinedup.console import console, errors, refuse
from joinedup.feeds import Unusable

Known = TypeVar("Known")
Folder = Annotated[
    Path | None,
    typer.Option("--labelled", help="Folder of labelled sets, one folder each.", file_okay=False, exists=True),
]
Names = Annotated[
    list[str] | None, typer.Option("--set", help="Only this set; repeatable. By default all but synthetic-1m.")
]
Peers = Annotated[
    list[str] | None, typer.Option("--peer", help="Only this peer; repeatable. By default all that are installed.")
]
Alone = Annotated[bool, typer.Option("--no-peers", help="Our linker alone.")]
ErrorsTo = Annotated[
    Path | None, typer.Option("--errors", help="CSV of every false merge and miss, both records side by side.")
]
Seed = Annotated[int, typer.Option("--seed", help="Of the synthetic sets.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]


def link(
    labelled: Folder = None,
    sets: Names = None,
    peers: Peers = None,
    alone: Alone = False,
    errors_to: ErrorsTo = None,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Precision, recall and F1 on labelled sets, of ours and of the peers beside it."""
    try:
        refs = _known("set", sets, all_sets(labelled, seed))
        chosen: list[str] = [] if alone else list(_known("peer", peers, PEERS))
        told = partial((errors if as_json else console).print, soft_wrap=True, markup=False)
        result = report(_refs(refs, bool(sets)), chosen, errors_to, told)
    except Unusable as error:
        refuse(str(error))
    if as_json:
        sys.stdout.write(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode() + "\n")


def _refs(refs: dict[str, SetRef], asked: bool) -> list[SetRef]:
    return list(refs.values()) if asked else [refs[name] for name in by_default(refs)]


def _known(kind: str, names: list[str] | None, known: dict[str, Known]) -> dict[str, Known]:
    """Those that were asked for, else all."""
    if unknown := set(names or ()) - set(known):
        raise Unusable(f"There is no {kind} {', '.join(sorted(unknown))}. Known: {', '.join(known)}.")
    return {name: known[name] for name in names or known}

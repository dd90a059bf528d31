"""`joinedup bench link`: our linker, with its shipped model and threshold, and its peers on sets of known truth."""

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from joinedup.bench.judging import DEFINITIONS
from joinedup.bench.labelled.all_sets import SetRef, all_sets, by_default
from joinedup.bench.labelled.labelled_set import Absent
from joinedup.bench.ours import measure
from joinedup.console import console, errors, refuse
from joinedup.feeds import Unusable
from services.linker.domain.model import default_model

Folder = Annotated[
    Path | None,
    typer.Option("--labelled", help="Folder of labelled sets, one folder each.", file_okay=False, exists=True),
]
Names = Annotated[
    list[str] | None,
    typer.Option("--set", help="Only this set; repeatable. By default all but synthetic-1m."),
]
ErrorsTo = Annotated[
    Path | None, typer.Option("--errors", help="CSV of every false merge and miss, both records side by side.")
]
Seed = Annotated[int, typer.Option("--seed", help="Of the synthetic sets.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]


def link(
    labelled: Folder = None,
    sets: Names = None,
    errors_to: ErrorsTo = None,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Precision, recall and F1 on labelled sets, of ours and of the peers beside it."""
    try:
        refs = _chosen(all_sets(labelled, seed), sets)
        report = _report(refs, errors_to)
    except Unusable as error:
        refuse(str(error))
    if as_json:
        sys.stdout.write(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        _show(report)


def _chosen(refs: dict[str, SetRef], names: list[str] | None) -> list[SetRef]:
    if unknown := set(names or ()) - set(refs):
        raise Unusable(f"There is no set {', '.join(sorted(unknown))}. Known: {', '.join(refs)}.")
    return [refs[name] for name in names or by_default(refs)]


def _report(refs: list[SetRef], errors_to: Path | None) -> dict[str, Any]:
    model = default_model()
    report: dict[str, Any] = {
        "definitions": DEFINITIONS,
        "model": model.version,
        "threshold_bits": model.clustering.threshold,
        "sets": {},
        "absent": {},
    }
    if errors_to:
        errors_to.unlink(missing_ok=True)
    for ref in refs:
        try:
            report["sets"][ref.name] = _alone(ref, errors_to)
        except Absent as absent:
            report["absent"][ref.name] = str(absent)
        errors.print(f"{ref.name}: done", markup=False)
    return report


def _alone(ref: SetRef, errors_to: Path | None) -> dict[str, Any]:
    """In a process of its own, so that time and memory are this set's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(measure, ref, errors_to).result()


def _show(report: dict[str, Any]) -> None:
    for name, result in report["sets"].items():
        clusters, pairs = result["clusters"], result["pairs"]
        console.print(
            f"{name}: clusters P {clusters['precision']:.4f} R {clusters['recall']:.4f} F1 {clusters['f1']:.4f}; "
            f"pairs F1 {pairs['f1']:.4f}; compared {result['completeness']:.4f} of the true pairs; "
            f"{result['seconds']} s, {result['peak_mb']} MB",
            soft_wrap=True,
        )
        for part, kinds in result["slices"].items():
            found = kinds["clusters"]
            console.print(
                f"    {part}: P {found['precision']:.4f} R {found['recall']:.4f} F1 {found['f1']:.4f} "
                f"({found['true']:,} true)",
                soft_wrap=True,
            )
    for name, reason in report["absent"].items():
        console.print(f"{name}: {reason}")

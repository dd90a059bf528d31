"""What `joinedup bench link` found, as data and as lines for a reader."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from joinedup.bench.judging import DEFINITIONS
from joinedup.bench.labelled.all_sets import SetRef
from joinedup.bench.labelled.labelled_set import Absent
from joinedup.bench.ours import measure
from joinedup.bench.peers.side_by_side import absent, beside
from joinedup.feeds import Unusable
from services.linker.domain.model import default_model

_MEANINGS = {
    **DEFINITIONS,
    "default": "A peer at the threshold that its users get.",
    "best": "A peer at the threshold that suits it best on this set, with hindsight.",
    "one_per_source": "A peer's pairs, best first, joined unless a group would hold two records of one feed.",
}


def report(
    refs: Iterable[SetRef], peers: list[str], errors_to: Path | None, say: Callable[[str], None]
) -> dict[str, Any]:
    """`sets.NAME` is ours, `peers.PEER.NAME` is theirs; `absent` says what is not there and how to get it.

    `say` is given the lines for a reader, those of a set as soon as it is done.
    """
    model = default_model()
    missing = absent(peers)
    found: dict[str, Any] = {
        "definitions": _MEANINGS,
        "model": model.version,
        "threshold_bits": model.clustering.threshold,
        "sets": {},
        "peers": {name: {"absent": missing[name]} if name in missing else {} for name in peers},
        "absent": {},
    }
    if errors_to:
        errors_to.unlink(missing_ok=True)
    for ref in refs:
        try:
            found["sets"][ref.name] = _alone(ref, errors_to)
            for name, result in beside(ref.open(), (name for name in peers if name not in missing), ref.seed):
                found["peers"][name][ref.name] = result
        except (Absent, Unusable) as reason:
            found["absent"][ref.name] = str(reason)
        for line in _of_set(ref.name, found):
            say(line)
    for peer, remedy in missing.items():
        say(f"{peer}: {remedy}")
    return found


def _alone(ref: SetRef, errors_to: Path | None) -> dict[str, Any]:
    """In a process of its own, so that time and memory are this set's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(measure, ref, errors_to).result()


def _of_set(name: str, found: dict[str, Any]) -> Iterator[str]:
    if name in found["absent"]:
        yield f"{name}: {found['absent'][name]}"
        return
    result = found["sets"][name]
    yield from (f"{name}: {line}" for line in result.get("understood", ()))
    if result["rejected"]:
        yield f"{name}: {result['rejected']:,} rows were not taken"
    compared = f"compared {result['completeness']:.4f} of the true pairs"
    yield f"{name}: {_scores(result['clusters'])}; pairs {_scores(result['pairs'])}; {compared}; {_cost(result)}"
    yield from (f"    {part}: {_scores(kinds['clusters'])}" for part, kinds in result["slices"].items())
    yield from (f"    {peer}: {_peer(of[name])}" for peer, of in found["peers"].items() if name in of)


def _peer(result: dict[str, Any]) -> str:
    if "default" not in result:
        return str(result.get("left_out") or result["failed"])
    default, best = (
        " / ".join(f"{result[at][kind]['f1']:.4f}" for kind in ("pairs", "clusters", "one_per_source"))
        for at in ("default", "best")
    )
    return f"pairs / clusters / one per source {default}; best {best}; {_cost(result)}"


def _scores(scores: dict[str, float]) -> str:
    return f"F1 {scores['f1']:.4f} (P {scores['precision']:.4f} R {scores['recall']:.4f} of {scores['true']:,})"


def _cost(result: dict[str, Any]) -> str:
    return f"{result['seconds']} s, {result['peak_mb']} MB"

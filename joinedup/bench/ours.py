"""Our linker on a labelled set, with the shipped model and threshold; measured as the peers beside it are."""

import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from joinedup.bench.errors_table import write_errors
from joinedup.bench.judging import Clusters, implied_pairs, judge_clusters, judge_pairs, judge_slices
from joinedup.bench.labelled.all_sets import SetRef
from joinedup.bench.labelled.labelled_set import LabelledSet
from joinedup.bench.labelled.truth import Pair
from joinedup.bench.ours_in_bulk import judge_in_bulk, link_in_bulk
from joinedup.feeds import FeedFile
from joinedup.linking import pair_weights
from joinedup.model.repeats import for_these_alone
from services.linker.domain.cluster import cluster
from services.linker.domain.model import ClusterPolicy, Model, default_model, shipped_model
from services.linker.domain.normalise import Mention, normalise

_KB = 1024


@dataclass(frozen=True, slots=True)
class Linked:
    """What the linker made of a set: bits of every pair that it compared, and the businesses that it found."""

    mentions: dict[str, Mention]
    weights: dict[Pair, float]
    clusters: Clusters


def measure(ref: SetRef, errors: Path | None) -> dict[str, Any]:
    """The set's entry in the report; meant for a process of its own, whose peak memory it gives."""
    labelled = ref.open()
    measured = _in_bulk(labelled, labelled.write) if labelled.write else _one_by_one(labelled, errors)
    understood = {"understood": labelled.understood} if labelled.understood else {}
    return {"records": len(labelled.keys), "rejected": labelled.rejected, **understood, **measured}


def _one_by_one(labelled: LabelledSet, errors: Path | None) -> dict[str, Any]:
    model = default_model()
    before, began = peak_mb(), perf_counter()
    linked = link(labelled, model)
    cost = _cost(began, before)
    if errors:
        write_errors(errors, labelled, linked.mentions, linked.weights, linked.clusters, model)
    return _judge(labelled, linked, model.clustering.threshold) | cost


def _in_bulk(labelled: LabelledSet, write: Callable[[Path], Sequence[FeedFile]]) -> dict[str, Any]:
    """Time includes reading the files, as `joinedup link` does; memory is of the process that holds all, without its
    workers."""
    with TemporaryDirectory(prefix="joinedup-") as name:
        folder = Path(name)
        files = write(folder)
        before, began = peak_mb(), perf_counter()
        linked = link_in_bulk(files, shipped_model(), folder)
        cost = _cost(began, before)
    return judge_in_bulk(linked, labelled.truth, default_model().clustering.threshold) | cost


def _cost(began: float, before: float) -> dict[str, float]:
    return {
        "seconds": round(perf_counter() - began, 1),
        "peak_mb": round(peak_mb()),
        "peak_mb_before": round(before),
    }


def link(labelled: LabelledSet, model: Model) -> Linked:
    """Reads the records, compares and clusters."""
    mentions: dict[str, Mention] = {}
    feeds: dict[str, str] = {}
    for id_, feed, record in labelled.records():
        mentions[id_], feeds[id_] = normalise(record), feed
    weights = pair_weights(mentions, model)
    return Linked(mentions, weights, cluster(feeds, weights, policy(feeds, weights, model)))


def policy(feeds: Mapping[str, str], weights: Mapping[Pair, float], model: Model) -> ClusterPolicy:
    """What these records show of how far each feed repeats its businesses, as `joinedup link` learns it."""
    names = sorted(set(feeds.values()))
    of = {id_: names.index(feed) for id_, feed in feeds.items()}
    position = {id_: i for i, id_ in enumerate(feeds)}
    pairs = np.array([(position[a], position[b]) for a, b in weights], np.int64).reshape(-1, 2)
    bits = np.fromiter(weights.values(), np.float64, len(weights))
    return for_these_alone(names, np.array(list(of.values()), np.int64), pairs, bits, model)


def _judge(labelled: LabelledSet, linked: Linked, threshold: float) -> dict[str, Any]:
    truth = labelled.truth
    reached = {pair for pair, bits in linked.weights.items() if bits >= threshold}
    compared = judge_pairs(linked.weights, truth)
    judged: dict[str, Any] = {
        "pairs": judge_pairs(reached, truth).scores(),
        "clusters": judge_clusters(linked.clusters, truth).scores(),
        "compared": len(linked.weights),
        "completeness": compared.scores()["recall"],
        "slices": {},
    }
    if labelled.slices:
        records = {id_: (feed, record) for id_, feed, record in labelled.records()}
        found = {"pairs": reached, "clusters": implied_pairs(linked.clusters)}
        judged["slices"] = judge_slices(labelled.slices, found, truth, records)
    return judged


def peak_mb() -> float:
    """The most memory that this process has held so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _KB if sys.platform != "darwin" else peak / _KB / _KB

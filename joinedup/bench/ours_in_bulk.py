"""Our linker on a set too big to hold record by record: its files through `joinedup link`'s own steps."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from joinedup.bench.judging import Judgement, judge_clusters
from joinedup.bench.labelled.truth import Truth
from joinedup.bulk.group import group
from joinedup.bulk.hold import Held, Numbers, hold
from joinedup.bulk.pairs import candidate_pairs
from joinedup.bulk.rows import read_portion, rows_of
from joinedup.bulk.weigh import Weights, weigh
from joinedup.bulk.workers import model_of, workers
from joinedup.feeds import FeedFile
from joinedup.model.repeats import for_these_alone
from shared.runtime import clock


@dataclass(frozen=True, slots=True)
class LinkedInBulk:
    """`first`: of each record the one with the smallest id in its business, by number."""

    held: Held
    pairs: Numbers
    weights: Weights
    first: Numbers


def link_in_bulk(files: Sequence[FeedFile], model: bytes, folder: Path) -> LinkedInBulk:
    """Reads, compares and clusters, in as many processes as there are cores. `folder` takes what does not fit."""
    with workers() as pool:
        rows = rows_of(files, model, clock.utc_now(), for_store=False)
        held = hold(pool.run(read_portion, rows), folder / "features", None)
        pairs = candidate_pairs(held.shared, held.held, held.sought)
        weights = weigh(pairs, held, model, pool).weights()
        policy = for_these_alone(held.feed_names, held.feeds, pairs, weights, model_of(model))
        return LinkedInBulk(held, pairs, weights, group(pairs, weights, held, policy, pool))


def judge_in_bulk(linked: LinkedInBulk, truth: Truth, threshold: float) -> dict[str, Any]:
    """As `ours` judges, without slices."""
    reached = linked.weights >= threshold
    members: defaultdict[int, list[str]] = defaultdict(list)
    for id_, first in zip(linked.held.ids, linked.first.tolist(), strict=True):
        members[first].append(id_)
    return {
        "pairs": _judge(linked.pairs[reached], linked.held.ids, truth).scores(),
        "clusters": judge_clusters(list(members.values()), truth).scores(),
        "compared": len(linked.pairs),
        "completeness": _judge(linked.pairs, linked.held.ids, truth).scores()["recall"],
        "slices": {},
    }


def _judge(pairs: Numbers, ids: Sequence[str], truth: Truth) -> Judgement:
    verdicts = np.fromiter((_signed(truth.verdict(ids[a], ids[b])) for a, b in pairs), np.int8, len(pairs))
    return Judgement(int((verdicts != 0).sum()), truth.true_count(), int((verdicts > 0).sum()))


def _signed(verdict: bool | None) -> int:
    return 0 if verdict is None else 1 if verdict else -1

"""From files to businesses, and where asked to a linker's store."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from joinedup.bulk.group import business_ids, group
from joinedup.bulk.hold import Held, Numbers, hold
from joinedup.bulk.pairs import candidate_pairs
from joinedup.bulk.rows import Portion, read_portion, rows_of
from joinedup.bulk.store import Loading
from joinedup.bulk.weigh import Weights, weigh
from joinedup.bulk.workers import Workers, model_of, workers
from joinedup.feeds import FeedFile
from joinedup.model.repeats import for_these_alone
from services.linker.domain.model import ClusterPolicy
from shared.runtime import clock
from shared.runtime.db import Database
from shared.runtime.migrate import migrate

_IDS = 20_000  # worked out in one go


@dataclass(slots=True)
class Linked:
    """`businesses`: (feed, source reference, business id) of every record, in order. The counts are of rows, by feed;
    `pairs` is how many pairs of records were compared."""

    businesses: list[tuple[str, str, str]] = field(default_factory=list)
    taken: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    pairs: int = 0


def link_files(files: Sequence[FeedFile], model: bytes, processes: int | None = None) -> Linked:
    """Link the records of the files by the model with this JSON, a million of them in a few gigabytes. How far each
    feed repeats its businesses is learnt from them.

    Raises feeds.Unusable where a file cannot be read.
    """
    with workers(processes) as pool:
        return _link(files, model, pool, None)


async def load_files(
    files: Sequence[FeedFile], model: bytes, database: Database, processes: int | None = None
) -> Linked:
    """As `link_files`, and fills a linker's store in one transaction, so that a linker can go on from there: so by the
    model as it is, since other feeds will come.

    Raises errors.Conflict where the store holds records already; whatever is raised, nothing is stored.
    """
    await migrate(database)
    with workers(processes) as pool:
        return await database.load(lambda session: _link(files, model, pool, Loading(session, model)))


def _link(files: Sequence[FeedFile], model: bytes, pool: Workers, loading: Loading | None) -> Linked:
    linked = Linked()
    read = rows_of(files, model, clock.utc_now(), for_store=loading is not None)
    with TemporaryDirectory(prefix="joinedup-") as folder:
        portions = _counted(pool.run(read_portion, read), linked)
        held = hold(portions, Path(folder) / "features", loading.keep if loading else None)
        with ThreadPoolExecutor(1) as beside:
            comparing = beside.submit(_compare, held, model, pool)
            if loading:
                loading.find_by_keys(held)
            rows = _in_order(held)  # while the processes compare
            pairs, weights = comparing.result()
            policy = model_of(model).clustering
            if loading is None:
                policy = for_these_alone(held.feed_names, held.feeds, pairs, weights, model_of(model))
            grouping = beside.submit(_businesses, rows, pairs, weights, held, policy, pool)
            if loading:
                loading.link(held, pairs, weights)
            linked.pairs, linked.businesses = len(pairs), grouping.result()
    return linked


def _compare(held: Held, model: bytes, pool: Workers) -> tuple[Numbers, Weights]:
    pairs = candidate_pairs(held.shared, held.held, held.sought)
    return pairs, weigh(pairs, held, model, pool).weights()


def _counted(portions: Iterable[Portion], linked: Linked) -> Iterator[Portion]:
    for portion in portions:
        linked.taken[portion.feed] += portion.taken
        linked.rejected[portion.feed] += portion.rejected
        yield portion


def _in_order(held: Held) -> list[tuple[str, str, int]]:
    """(feed, source reference, number) of every record, in order."""
    feeds = map(held.feed_names.__getitem__, held.feeds.tolist())
    return sorted(zip(feeds, held.refs, range(len(held.refs)), strict=True))


def _businesses(
    rows: list[tuple[str, str, int]],
    pairs: Numbers,
    weights: Weights,
    held: Held,
    policy: ClusterPolicy,
    pool: Workers,
) -> list[tuple[str, str, str]]:
    first = group(pairs, weights, held, policy, pool)
    anchors = np.flatnonzero(np.bincount(first)).tolist()
    ids = [held.ids[i] for i in anchors]
    named = pool.run(business_ids, (ids[i : i + _IDS] for i in range(0, len(ids), _IDS)))
    business = dict(zip(anchors, chain.from_iterable(named), strict=True))
    of = [business[i] for i in first.tolist()]
    return [(feed, ref, of[i]) for feed, ref, i in rows]

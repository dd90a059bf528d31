import time
from itertools import combinations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.linker.domain.cluster import Pair, cluster, components
from services.linker.domain.model import ClusterPolicy

POLICY = ClusterPolicy(threshold=2.0, unscored_bits=-4.0, same_feed_bits=-8.0)


def own_feeds(ids: str) -> dict[str, str]:
    return {id_: f"feed-{id_}" for id_ in ids}


def test_records_without_a_link_are_businesses_of_their_own() -> None:
    assert cluster(own_feeds("cab"), {}, POLICY) == [("a",), ("b",), ("c",)]


def test_one_wrong_edge_does_not_join_two_businesses() -> None:
    weights = {("a", "b"): 15.0, ("c", "d"): 15.0, ("b", "c"): 6.0}
    assert components(own_feeds("abcd"), weights, POLICY) == [("a", "b", "c", "d")]
    assert cluster(own_feeds("abcd"), weights, POLICY) == [("a", "b"), ("c", "d")]


def test_a_record_that_conflicts_with_the_rest_stays_out() -> None:
    weights = {("a", "b"): 10.0, ("b", "c"): 8.0, ("a", "c"): -20.0}
    assert cluster(own_feeds("abc"), weights, POLICY) == [("a", "b"), ("c",)]


def test_a_pair_never_scored_counts_against() -> None:
    assert cluster(own_feeds("abc"), {("a", "b"): 10.0, ("b", "c"): 7.0}, POLICY) == [("a", "b"), ("c",)]
    assert cluster(own_feeds("abc"), {("a", "b"): 10.0, ("b", "c"): 9.0}, POLICY) == [("a", "b", "c")]


def test_two_records_of_one_feed_need_more() -> None:
    feeds = {"a": "food", "b": "food"}
    assert cluster(feeds, {("a", "b"): 9.0}, POLICY) == [("a",), ("b",)]
    assert cluster(feeds, {("a", "b"): 10.0}, POLICY) == [("a", "b")]


def test_a_feed_known_to_repeat_is_not_penalised() -> None:
    repeats = ClusterPolicy(feeds={"food": 0.0})
    assert cluster({"a": "food", "b": "food"}, {("a", "b"): 2.0}, repeats) == [("a", "b")]


def test_equal_averages_are_decided_by_id() -> None:
    weights = {("a", "c"): 5.0, ("b", "c"): 5.0}
    assert cluster(own_feeds("abc"), weights, POLICY) == [("a", "c"), ("b",)]


def test_pairs_of_records_that_are_not_there_are_not_looked_at() -> None:
    weights = {("a", "b"): 5.0, ("b", "hidden"): 50.0}
    assert cluster(own_feeds("ab"), weights, POLICY) == [("a", "b")]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, str], dict[Pair, float]]:
    ids = [f"r{i:02}" for i in range(draw(st.integers(1, 12)))]
    feeds = {id_: draw(st.sampled_from(["food", "fire", "police"])) for id_ in ids}
    bits = st.integers(-20, 30).map(float) | st.floats(-20, 30, allow_nan=False)
    pairs = [pair for pair in combinations(ids, 2) if draw(st.booleans())]
    return feeds, {pair: draw(bits) for pair in pairs}


def _merged_by_definition(feeds: dict[str, str], weights: dict[Pair, float]) -> list[tuple[str, ...]]:
    """Average linkage as one would write it down: all pairs of clusters, again after every merge."""

    def bits(a: str, b: str) -> float:
        scored = weights.get((a, b), weights.get((b, a), POLICY.unscored_bits))
        return scored + (POLICY.same_feed_bits if feeds[a] == feeds[b] else 0.0)

    groups = [[id_] for id_ in sorted(feeds)]
    while True:
        averages = [
            (-sum(bits(a, b) for a in x for b in y) / (len(x) * len(y)), i, j)
            for (i, x), (j, y) in combinations(enumerate(groups), 2)
        ]
        best = min(averages, default=(0.0, 0, 0))
        if -best[0] < POLICY.threshold:
            return sorted(tuple(sorted(group)) for group in groups)
        groups[best[1]] += groups.pop(best[2])


@settings(deadline=None)
@given(graphs())
def test_the_quick_way_gives_what_the_definition_says(graph: tuple[dict[str, str], dict[Pair, float]]) -> None:
    feeds, weights = graph
    whole = {pair: float(round(bits)) for pair, bits in weights.items()}  # whole bits: sums are exact in any order
    assert cluster(feeds, whole, POLICY) == _merged_by_definition(feeds, whole)


@settings(deadline=None)
@given(graphs(), st.randoms())
def test_any_order_of_arrival_gives_the_same_businesses(
    graph: tuple[dict[str, str], dict[Pair, float]], random: Random
) -> None:
    feeds, weights = graph
    ids, pairs = list(feeds), [(pair if random.random() < 0.5 else pair[::-1], bits) for pair, bits in weights.items()]
    random.shuffle(ids)
    random.shuffle(pairs)
    assert cluster({id_: feeds[id_] for id_ in ids}, dict(pairs), POLICY) == cluster(feeds, weights, POLICY)


@settings(deadline=None)
@given(graphs())
def test_a_component_alone_gives_what_it_gives_within_the_whole(
    graph: tuple[dict[str, str], dict[Pair, float]],
) -> None:
    feeds, weights = graph
    whole = cluster(feeds, weights, POLICY)
    parts = [
        business
        for component in components(feeds, weights, POLICY)
        for business in cluster({id_: feeds[id_] for id_ in component}, weights, POLICY)
    ]
    assert sorted(parts) == whole
    assert sorted(id_ for business in whole for id_ in business) == sorted(feeds)


@settings(deadline=None)
@given(graphs())
def test_names_that_keep_their_order_do_not_matter(graph: tuple[dict[str, str], dict[Pair, float]]) -> None:
    feeds, weights = graph
    renamed = cluster(
        {f"x-{id_}": feed for id_, feed in feeds.items()},
        {(f"x-{a}", f"x-{b}"): bits for (a, b), bits in weights.items()},
        POLICY,
    )
    assert renamed == [tuple(f"x-{id_}" for id_ in business) for business in cluster(feeds, weights, POLICY)]


def test_a_component_of_258_is_reclustered_at_once() -> None:
    random = Random(1)
    ids = [f"r{i:03}" for i in range(258)]
    weights = {(ids[i - 1], ids[i]): 5.0 for i in range(1, 258)}
    weights.update({(a, b): random.uniform(-5, 12) for a, b in combinations(ids, 2) if random.random() < 0.05})
    feeds = {id_: f"feed{i % 9}" for i, id_ in enumerate(ids)}
    took = []
    for _ in range(5):
        start = time.perf_counter()
        cluster(feeds, weights, POLICY)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.2  # 20 ms on a quiet core; slack for a busy one

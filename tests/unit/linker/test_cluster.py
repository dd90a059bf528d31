import tracemalloc
from dataclasses import replace
from itertools import combinations, pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.linker.domain.cluster import NO_RULINGS, Pair, Rulings, cluster, cluster_component, components
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


def test_a_record_that_fits_a_crowd_a_little_is_none_of_it_and_what_is_sure_holds() -> None:
    few = replace(POLICY, unscored_bits=0.0, crowd=4, sure=6.0)
    weights = {("a", "b"): 12.0, ("b", "v"): 5.0, ("c", "v"): 5.0, ("d", "v"): 5.0}
    assert cluster(own_feeds("abcv"), weights, few) == [("a", "b"), ("c", "v")]
    assert cluster(own_feeds("abcdv"), weights, few) == [("a", "b"), ("c",), ("d",), ("v",)]
    assert cluster(own_feeds("cv"), weights, few) == [("c", "v")]
    assert cluster(own_feeds("cv"), weights, few, crowded=frozenset("v")) == [("c",), ("v",)]


def test_pairs_of_records_that_are_not_there_are_not_looked_at() -> None:
    weights = {("a", "b"): 5.0, ("b", "hidden"): 50.0}
    assert cluster(own_feeds("ab"), weights, POLICY) == [("a", "b")]


def test_what_was_ruled_apart_stays_apart_whatever_else_arrives() -> None:
    weights = {("a", "b"): 40.0, ("b", "c"): 20.0, ("a", "c"): 30.0}
    apart = Rulings(apart=frozenset({("a", "b")}))
    assert cluster(own_feeds("abc"), weights, POLICY, apart) == [("a", "c"), ("b",)]
    assert cluster(own_feeds("ab"), weights, POLICY, apart) == [("a",), ("b",)]


def test_what_was_ruled_together_joins_records_never_compared_and_records_of_one_feed() -> None:
    together = Rulings(together=(("a", "b"),))
    assert cluster({"a": "food", "b": "food"}, {}, POLICY, together) == [("a", "b")]
    assert cluster({"a": "food", "b": "food", "c": "fire"}, {("a", "b"): -30.0}, POLICY, together) == [
        ("a", "b"),
        ("c",),
    ]


def test_a_ruling_that_would_join_what_was_ruled_apart_is_not_followed_and_the_one_before_it_is() -> None:
    apart = frozenset({("a", "c")})
    assert cluster(own_feeds("abc"), {}, POLICY, Rulings((("a", "b"), ("b", "c")), apart)) == [("a", "b"), ("c",)]
    assert cluster(own_feeds("abc"), {}, POLICY, Rulings((("b", "c"), ("a", "b")), apart)) == [("a",), ("b", "c")]


def test_what_one_of_two_records_ruled_together_shares_with_a_third_counts_for_both() -> None:
    weights = {("a", "c"): 10.0, ("b", "c"): -20.0}
    assert cluster(own_feeds("abc"), weights, POLICY) == [("a", "c"), ("b",)]
    together = Rulings(together=(("a", "b"),))
    assert cluster(own_feeds("abc"), weights, POLICY, together) == [("a", "b", "c")]
    assert cluster(own_feeds("abc"), weights, POLICY, Rulings((("a", "b"),), frozenset({("b", "c")}))) == [
        ("a", "b"),
        ("c",),
    ]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, str], dict[Pair, float]]:
    ids = [f"r{i:02}" for i in range(draw(st.integers(1, 12)))]
    feeds = {id_: draw(st.sampled_from(["food", "fire", "police"])) for id_ in ids}
    bits = st.integers(-20, 30).map(float) | st.floats(-20, 30, allow_nan=False)
    pairs = [pair for pair in combinations(ids, 2) if draw(st.booleans())]
    return feeds, {pair: draw(bits) for pair in pairs}


Units = list[list[str]]  # a cluster, as lists of records that were ruled together
Ruled = tuple[dict[str, str], dict[Pair, float], Rulings]


def _inside(rulings: Rulings, ids: set[str]) -> Rulings:
    together = tuple(pair for pair in rulings.together if {*pair} <= ids)
    return Rulings(together, frozenset(pair for pair in rulings.apart if {*pair} <= ids))


@st.composite
def ruled(draw: st.DrawFn) -> tuple[dict[str, str], dict[Pair, float], Rulings]:
    feeds, weights = draw(graphs())
    pairs = st.sampled_from(list(combinations(sorted(feeds), 2)) or [("r00", "r00")])
    apart = {pair for pair in draw(st.lists(pairs, max_size=4)) if len(feeds) > 1}
    together = [pair for pair in draw(st.lists(pairs, max_size=5, unique=True)) if len(feeds) > 1 and pair not in apart]
    return feeds, weights, Rulings(tuple(together), frozenset(apart))


def _merged_by_definition(
    feeds: dict[str, str], weights: dict[Pair, float], rulings: Rulings = NO_RULINGS
) -> list[tuple[str, ...]]:
    """Average linkage as one would write it down: all pairs of clusters, again after every merge."""

    def bits(a: str, b: str) -> float:
        scored = weights.get((a, b), weights.get((b, a), POLICY.unscored_bits))
        return scored + (POLICY.same_feed_bits if feeds[a] == feeds[b] else 0.0)

    def forbidden(x: Units, y: Units) -> bool:
        return any((min(a, b), max(a, b)) in rulings.apart for p in x for q in y for a in p for b in q)

    def average(x: Units, y: Units) -> float:
        return sum(max(bits(a, b) for a in p for b in q) for p in x for q in y) / (len(x) * len(y))

    groups: list[Units] = [[[id_]] for id_ in sorted(feeds)]
    for pair in rulings.together:
        x, y = sorted((next(g for g in groups if id_ in g[0]) for id_ in pair), key=groups.index)
        if x is not y and not forbidden(x, y):
            x[0].extend(groups.pop(groups.index(y))[0])
    while True:
        averages = [
            (-average(x, y), i, j) for (i, x), (j, y) in combinations(enumerate(groups), 2) if not forbidden(x, y)
        ]
        best = min(averages, default=(0.0, 0, 0))
        if -best[0] < POLICY.threshold:
            return sorted(tuple(sorted(id_ for unit in group for id_ in unit)) for group in groups)
        groups[best[1]] += groups.pop(best[2])


@settings(deadline=None)
@given(ruled())
def test_the_quick_way_gives_what_the_definition_says(graph: Ruled) -> None:
    feeds, weights, rulings = graph
    whole = {pair: float(round(bits)) for pair, bits in weights.items()}  # whole bits: sums are exact in any order
    assert cluster(feeds, whole, POLICY, rulings) == _merged_by_definition(feeds, whole, rulings)


@settings(deadline=None)
@given(ruled(), st.randoms())
def test_any_order_of_arrival_gives_the_same_businesses(graph: Ruled, random: Random) -> None:
    feeds, weights, rulings = graph
    ids, pairs = list(feeds), [(pair if random.random() < 0.5 else pair[::-1], bits) for pair, bits in weights.items()]
    random.shuffle(ids)
    random.shuffle(pairs)
    shuffled = cluster({id_: feeds[id_] for id_ in ids}, dict(pairs), POLICY, rulings)
    assert shuffled == cluster(feeds, weights, POLICY, rulings)


@settings(deadline=None)
@given(ruled())
def test_records_ruled_apart_are_never_one_business_and_others_ruled_together_always_are(graph: Ruled) -> None:
    feeds, weights, rulings = graph
    home = {id_: business for business in cluster(feeds, weights, POLICY, rulings) for id_ in business}
    assert not [pair for pair in rulings.apart if home[pair[0]] == home[pair[1]]]
    forced = components(feeds, {}, POLICY, Rulings(rulings.together))
    clash = [ids for ids in forced if any({*pair} <= {*ids} for pair in rulings.apart)]
    assert all(len({home[id_] for id_ in ids}) == 1 for ids in forced if ids not in clash)
    for a, b in rulings.together:
        between = {(min(x, y), max(x, y)) for x in home[a] for y in home[b]}
        assert home[a] == home[b] or between & rulings.apart


@settings(deadline=None)
@given(ruled())
def test_a_component_alone_gives_what_it_gives_within_the_whole(graph: Ruled) -> None:
    feeds, weights, rulings = graph
    whole = cluster(feeds, weights, POLICY, rulings)
    parts = [
        business
        for component in components(feeds, weights, POLICY, rulings)
        for business in cluster({id_: feeds[id_] for id_ in component}, weights, POLICY, _inside(rulings, {*component}))
    ]
    assert sorted(parts) == whole
    assert sorted(id_ for business in whole for id_ in business) == sorted(feeds)


@settings(deadline=None)
@given(graphs())
def test_a_component_that_nobody_ruled_on_need_not_be_looked_for(
    graph: tuple[dict[str, str], dict[Pair, float]],
) -> None:
    feeds, weights = graph
    for ids in components(feeds, weights, POLICY):
        inside = {pair: bits for pair, bits in weights.items() if {*pair} <= {*ids}}
        own = {id_: feeds[id_] for id_ in ids}
        assert cluster_component(ids, own, inside, POLICY) == cluster(own, inside, POLICY)


@settings(deadline=None)
@given(ruled())
def test_names_that_keep_their_order_do_not_matter(graph: Ruled) -> None:
    feeds, weights, rulings = graph
    renamed = cluster(
        {f"x-{id_}": feed for id_, feed in feeds.items()},
        {(f"x-{a}", f"x-{b}"): bits for (a, b), bits in weights.items()},
        POLICY,
        Rulings(
            tuple((f"x-{a}", f"x-{b}") for a, b in rulings.together),
            frozenset((f"x-{a}", f"x-{b}") for a, b in rulings.apart),
        ),
    )
    expected = cluster(feeds, weights, POLICY, rulings)
    assert renamed == [tuple(f"x-{id_}" for id_ in business) for business in expected]


def test_memory_grows_with_the_scored_pairs_of_a_component_and_not_with_its_square() -> None:
    ids = [f"r{i:04}" for i in range(4_000)]
    weights = dict.fromkeys(pairwise(ids), 5.0)
    tracemalloc.start()
    businesses = cluster({id_: f"feed{i % 9}" for i, id_ in enumerate(ids)}, weights, POLICY)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(businesses) > 1_000
    assert peak < 8 * len(ids) ** 2 / 10  # a matrix of every two would hold eight bytes for each

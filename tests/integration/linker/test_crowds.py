"""Where more records hang together than a crowd, all that holds elsewhere holds too: here three are one already."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.linker.domain import walk
from services.linker.domain.cluster import cluster
from services.linker.domain.model import ClusterPolicy, Model, default_model
from services.linker.domain.normalise import Mention
from services.linker.domain.views import Policies
from services.linker.handlers import filling, learn
from services.linker.handlers.learn import RecordEvent
from shared.sharing import Partnership
from tests.integration.linker.test_any_order import (
    FEW,
    histories,
    test_any_order_any_repetition_and_any_batching_give_the_same_graph_and_risk,
)
from tests.integration.linker.test_decisions_any_order import (
    test_decisions_among_records_in_any_order_give_the_graph_of_a_rebuild,
)
from tests.integration.linker.test_views import (
    test_worlds_that_differ_only_in_hidden_records_are_the_same_to_the_viewer,
)
from tests.integration.linker.world import (
    ALL_SHARE,
    REGIMES,
    THREE_AUDIENCES,
    id_of,
    opened,
    partnership,
    received,
    record,
    retracted,
)

__all__ = [
    "test_any_order_any_repetition_and_any_batching_give_the_same_graph_and_risk",
    "test_decisions_among_records_in_any_order_give_the_graph_of_a_rebuild",
    "test_worlds_that_differ_only_in_hidden_records_are_the_same_to_the_viewer",
]


_FEW = {"crowd": 2, "sure": 20}


@pytest.fixture(autouse=True)
def three_are_a_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    """And most links of the world's records hold none together."""

    def clustering(self: Policies) -> ClusterPolicy:
        return replace(self.model.clustering, **_FEW)

    monkeypatch.setattr(Policies, "clustering", property(clustering))
    monkeypatch.setattr(walk, "_FEW", 1)
    monkeypatch.setattr(walk, "_FIRST", 1)


Graph = dict[frozenset[int], float]
"""What pairs of records weigh that are not far apart."""

_SEES = {"fire": {"fire"}, "council": {"council", "fire"}, "hmrc": set(REGIMES)}


@st.composite
def sparse(draw: st.DrawFn) -> tuple[list[str], Graph, list[int]]:
    """The agencies of some records, a graph that is hardly more than a path, and the order in which they come."""
    agencies = draw(st.lists(st.sampled_from([*REGIMES, "hmrc"]), min_size=6, max_size=11))
    last = len(agencies) - 1
    steps = draw(st.lists(st.sampled_from([14.0, 14.0, 14.0, 60.0, -20.0]), min_size=last, max_size=last))
    pairs = {frozenset({a, a + 1}): bits for a, bits in enumerate(steps)}
    jumps = st.tuples(st.integers(0, last - 2), st.sampled_from([14.0, 60.0]))
    pairs |= {frozenset({a, a + 2}): bits for a, bits in draw(st.lists(jumps, max_size=3))}
    return agencies, pairs, draw(st.permutations(range(len(agencies))))


@settings(FEW, max_examples=40)
@given(sparse(), st.integers(1, 4), st.data())
def test_each_audience_is_shown_what_clustering_all_that_it_sees_gives(
    url: str, drawn: tuple[list[str], Graph, list[int]], batch: int, data: st.DataObject
) -> None:
    """Not only near what came last: records come one by one, and some go again."""
    agencies, graph, order = drawn
    gone = data.draw(st.sets(st.sampled_from(order), max_size=3))

    def weigh(a: Mention, b: Mention, _: Model) -> float:
        return graph.get(frozenset(int(one.names[0].text.removeprefix("Shop ")) for one in (a, b)), -20.0)

    def shown_to(agency: str) -> set[frozenset[str]]:
        ids = {n: id_of(of, str(n)) for n, of in enumerate(agencies) if of in _SEES[agency] and n not in gone}
        feeds = {id_: f"{agencies[n]}-feed" for n, id_ in ids.items()}
        bits = {(ids[a], ids[b]): weigh_all(a, b) for a in ids for b in ids if a < b}
        return set(map(frozenset, cluster(feeds, bits, replace(default_model().clustering, **_FEW))))

    def weigh_all(a: int, b: int) -> float:
        return graph.get(frozenset({a, b}), -20.0)

    async def go() -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(learn, "score", weigh)
            async with opened(url) as world:
                await world.empty()
                await world.settle(THREE_AUDIENCES)
                come = [received(agencies[n], str(n), record(name=f"Shop {n}")) for n in order]
                await world.take(*come, batch=batch)
                await world.take(*(retracted(agencies[n], str(n)) for n in sorted(gone)), batch=1)
                for agency in REGIMES:
                    assert await world.groups(agency) == shown_to(agency)

    asyncio.run(go())


SHARES = [partnership(), partnership(("fire", "council")), THREE_AUDIENCES, ALL_SHARE]
some_records = st.lists(histories(), min_size=3, max_size=9, unique_by=lambda history: history[0].data.record_id)


@FEW
@given(some=some_records, before=st.sampled_from(SHARES), after=st.sampled_from(SHARES))
def test_a_view_that_changes_becomes_what_it_would_have_been(
    url: str, some: list[list[RecordEvent]], before: Partnership, after: Partnership
) -> None:
    async def go() -> None:
        events = [event for history in some for event in history]
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(filling, "_PAGE", 2)
            patched.setattr(filling, "_PAGE_SECONDS", 0)
            async with opened(url) as world:
                await world.empty()
                await world.settle(before)
                await world.take(*events, batch=2)
                await world.settle(after)
                changed = await world.state()
                await world.empty()
                await world.settle(after)
                await world.take(*events)
                assert await world.state() == changed

    asyncio.run(go())

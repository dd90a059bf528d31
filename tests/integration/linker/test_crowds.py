"""Where more records hang together than a crowd, all that holds elsewhere holds too: here three are one already."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.linker.domain.model import ClusterPolicy
from services.linker.domain.views import Policies
from services.linker.handlers import audiences
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
from tests.integration.linker.world import ALL_SHARE, THREE_AUDIENCES, opened, partnership

__all__ = [
    "test_any_order_any_repetition_and_any_batching_give_the_same_graph_and_risk",
    "test_decisions_among_records_in_any_order_give_the_graph_of_a_rebuild",
    "test_worlds_that_differ_only_in_hidden_records_are_the_same_to_the_viewer",
]


@pytest.fixture(autouse=True)
def three_are_a_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    """And most links of the world's records hold none together."""

    def clustering(self: Policies) -> ClusterPolicy:
        return replace(self.model.clustering, crowd=2, sure=12.5)

    monkeypatch.setattr(Policies, "clustering", property(clustering))


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
            patched.setattr(audiences, "_PAGE", 2)
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

"""A view of records that were there before it is searched where findings can be, not around each of its records."""

import asyncio
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.linker.handlers.learn import RecordEvent
from services.linker.store import findings as store
from shared.contracts.record import Person
from tests.integration.linker.patterns import AMIR, MOBILE, all_findings, closed_shop, find, shop, told, types
from tests.integration.linker.test_any_order import FEW
from tests.integration.linker.test_findings import TAINTED, lives
from tests.integration.linker.world import ALL_SHARE, THREE_AUDIENCES, World, opened, received

BOTH = {"people": (AMIR,), "phones": (MOBILE,), "emails": ("amir@spicehut.example",)}
CLOSED = closed_shop("Spice Hut", "9 High Road", seen="2025-02-01", company_number="01234568", **BOTH)
AGAIN = shop("Spice Hut", "9 High Road", seen="2025-05-01", company_number="07654321", **BOTH)
OWNER = Person(name="Maria Costa", role="owner", date_of_birth=date(1975, 8, 2))
ELSEWHERE = [shop(f"Shop {n}", f"{n} Park Lane", severity=3, people=(OWNER,)) for n in (1, 30, 70)]


async def test_all_kinds_of_findings_are_there_and_told_as_released(world: World) -> None:
    await world.take(
        *TAINTED,
        received("council", "20", CLOSED),
        received("fire", "20", AGAIN),
        *(received("hmrc", str(30 + n), what) for n, what in enumerate(ELSEWHERE)),
        received("council", "40", shop("Tyre Bay", "77 Station Road", severity=3)),
        received("fire", "40", shop("Tyre Bay", "77 Station Road", severity=3)),
    )
    await world.settle(ALL_SHARE)
    found = await all_findings(world)
    assert [len(row["business_ids"]) for row in found if row["type"] == "phoenix"] == [1]
    assert {"multi_regime", "network", "phoenix", "tainted_building"} <= {*await types(world, "council")}
    assert {kind for kind, _ in told(await world.events("finding."))} == {"raised"}
    await world.forget_events()
    await world.database.run(lambda session: store.note_all(session, 3))
    assert await find(world) > 0
    assert await all_findings(world) == found
    assert await world.events("finding.") == []


@FEW
@given(st.lists(lives(), min_size=3, max_size=9, unique_by=lambda life: life[0].data.record_id))
def test_a_view_that_comes_last_has_the_findings_of_one_that_came_first(
    url: str, histories: list[list[RecordEvent]]
) -> None:
    events = [event for life in histories for event in life]

    async def go() -> None:
        async with opened(url) as world:
            await world.settle(THREE_AUDIENCES)
            await world.take(*events)
            await find(world)
            expected = await all_findings(world)
            await world.empty()
            await world.take(*events)
            await world.settle(THREE_AUDIENCES)
            assert await all_findings(world) == expected
            await world.empty()

    asyncio.run(go())

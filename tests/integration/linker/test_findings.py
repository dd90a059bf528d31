"""Findings of each audience follow from the records that it sees, and are told once."""

import asyncio
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.linker.handlers.learn import RecordEvent
from services.linker.store import relation_tables
from shared.contracts.record import Person, Record
from tests.integration.linker.patterns import (
    AMIR,
    MOBILE,
    all_findings,
    caused,
    closed_shop,
    few_may_share,
    find,
    findings,
    postings,
    shop,
    told,
    types,
)
from tests.integration.linker.test_any_order import FEW
from tests.integration.linker.world import (
    ALL_SHARE,
    THREE_AUDIENCES,
    World,
    id_of,
    opened,
    partnership,
    received,
    retracted,
)


async def test_concerns_in_two_regimes_are_found_by_who_sees_both(world: World) -> None:
    await world.settle(THREE_AUDIENCES)
    await world.take(received("council", "1", shop(severity=3)), received("fire", "1", shop(severity=3)))
    await find(world)
    assert await types(world, "council") == ["multi_regime"]
    assert await types(world, "hmrc") == ["multi_regime"]
    assert await types(world, "fire") == []
    raised = await world.events("finding.")
    assert told(raised) == [("raised", "multi_regime")] * 2
    assert {event["data"]["audience"]["agencies"][0] for event in raised} == {"council", "hmrc"}


async def test_a_finding_is_told_once_however_often_it_is_looked_for(world: World) -> None:
    await world.settle(ALL_SHARE)
    await world.take(received("council", "1", shop(severity=3)), received("fire", "1", shop(severity=3)))
    await find(world)
    await world.forget_events()
    await world.take(received("hmrc", "9", shop("Far Away", "1 High Road")))
    await world.settle(ALL_SHARE, date(2026, 12, 24))
    assert await find(world) > 0
    assert await world.events("finding.") == []


async def test_a_finding_whose_business_gets_another_id_says_that_it_goes_on(world: World) -> None:
    await world.settle(ALL_SHARE)
    await world.take(received("council", "1", shop(severity=3)), received("fire", "1", shop(severity=3)))
    await find(world)
    smaller = next(
        ref for ref in map(str, range(99)) if id_of("hmrc", ref) < min(id_of("council", "1"), id_of("fire", "1"))
    )
    await world.take(received("hmrc", smaller, shop()))
    await find(world)
    before, after, ended = await world.events("finding.")
    assert before["data"]["continues"] is None
    assert after["data"]["continues"] == ended["data"]["finding_id"] == before["data"]["finding_id"]


async def test_what_an_agency_knew_is_not_told_again_when_it_sees_more(world: World) -> None:
    await world.settle(partnership(("hmrc", "council")))
    await world.take(received("hmrc", "1", shop(severity=3)), received("council", "1", shop(severity=3)))
    await world.take(received("fire", "2", shop("Far Away", "1 High Road", severity=3)))
    await find(world)
    before = await findings(world, "council")
    assert [row["type"] for row in before] == ["multi_regime"]
    await world.forget_events()
    await world.settle(partnership(("hmrc", "council"), ("fire", "council")))
    await find(world)
    assert [row["finding_id"] for row in await findings(world, "council")] == [row["finding_id"] for row in before]
    assert await world.events("finding.") == []


async def test_a_finding_ends_when_its_records_no_longer_show_it(world: World) -> None:
    await world.settle(ALL_SHARE)
    await world.take(received("council", "1", shop(severity=3)), received("fire", "1", shop(severity=3)))
    await find(world)
    await world.take(retracted("fire", "1"))
    await find(world)
    assert await types(world, "council") == []
    assert told(await world.events("finding.")) == [("raised", "multi_regime"), ("ended", "multi_regime")]
    first, last = await world.events("finding.")
    assert first["data"]["finding_id"] == last["data"]["finding_id"]
    assert await world.rows(select(relation_tables.finding_basis)) == []


async def test_no_event_on_a_finding_names_a_person_or_a_trace(world: World) -> None:
    await world.settle(ALL_SHARE)
    three = [shop(f"Shop {n}", f"{n} High Road", severity=3, people=(AMIR,)) for n in (1, 30, 70)]
    await world.take(*(received("council", str(n), what) for n, what in enumerate(three)))
    await find(world)
    (event,) = await world.events("finding.")
    assert event["data"]["type"] == "network"
    assert "Khan" not in str(event)
    assert event["traceparent"] is None


TAINTED = (
    received("council", "1", shop("Golden Chicken", severity=3, seen="2023-02-01")),
    received("council", "2", closed_shop("Golden Chicken", seen="2024-01-10")),
    received("fire", "3", shop("Pizza Palace", severity=4, seen="2024-06-01")),
    received("fire", "4", shop("Pizza Palace", severity=2, seen="2024-09-01")),
    received("hmrc", "5", closed_shop("Pizza Palace", seen="2025-02-01")),
)


async def test_a_new_occupier_of_a_tainted_building_alerts_when_he_comes(world: World) -> None:
    await world.settle(ALL_SHARE)
    await world.take(*TAINTED)
    await find(world)
    assert await types(world, "hmrc") == ["tainted_building"]
    await world.forget_events()
    await world.take(received("council", "6", shop("Nail Bar", seen="2026-03-01")))
    await find(world)
    (alert,) = await world.events("finding.")
    assert (alert["data"]["type"], alert["data"]["title"]) == (
        "new_occupier",
        "New occupier of premises with repeated breaches",
    )
    assert alert["data"]["areas"] == ["UB1"]


async def test_a_phoenix_is_found_whichever_of_the_two_is_known_first(world: World) -> None:
    old = received(
        "council", "1", closed_shop("Spice Hut", "9 High Road", seen="2025-03-01", people=(AMIR,), phones=(MOBILE,))
    )
    new = received(
        "fire",
        "2",
        shop("Curry Corner", "240 Park Lane", postcode="UB2 4XX", seen="2025-06-01", people=(AMIR,), phones=(MOBILE,)),
    )
    seen = []
    for order in ((old, new), (new, old)):
        await world.empty()
        await world.settle(ALL_SHARE)
        await world.take(*order, batch=1)
        await find(world)
        seen.append(await all_findings(world))
    assert [row["type"] for row in seen[0]] == ["phoenix"]
    assert seen[0] == seen[1]


async def test_findings_that_a_shared_value_led_to_end_when_a_correction_takes_it_away(world: World) -> None:
    await world.settle(ALL_SHARE)
    await world.take(
        received(
            "council", "1", closed_shop("Spice Hut", "9 High Road", seen="2025-03-01", people=(AMIR,), phones=(MOBILE,))
        ),
        received(
            "fire",
            "2",
            shop(
                "Curry Corner", "240 Park Lane", postcode="UB2 4XX", seen="2025-06-01", people=(AMIR,), phones=(MOBILE,)
            ),
        ),
    )
    await find(world)
    assert await types(world, "hmrc") == ["phoenix"]
    await world.take(
        received(
            "fire",
            "2",
            shop("Curry Corner", "240 Park Lane", postcode="UB2 4XX", seen="2025-06-01", phones=(MOBILE,)),
            version=2,
        )
    )
    await find(world)
    assert await types(world, "hmrc") == []


async def test_a_value_that_too_many_share_leads_nowhere_until_enough_have_dropped_it(world: World) -> None:
    both = {"phones": (MOBILE,), "people": (Person(name="Amir Khan", role="owner"),)}
    rules = few_may_share(2)
    await world.settle(ALL_SHARE)
    await world.take(
        received("council", "1", closed_shop("Spice Hut", "9 High Road", seen="2025-03-01", **both)),
        received("fire", "2", shop("Curry Corner", "240 Park Lane", postcode="UB2 4XX", seen="2025-06-01", **both)),
    )
    await find(world, rules=rules)
    assert await types(world, "hmrc") == ["phoenix"]
    await world.take(received("hmrc", "3", shop("Tyre Bay", "77 Station Road", phones=(MOBILE,))))
    await find(world, rules=rules)
    assert await types(world, "hmrc") == []
    await world.take(received("hmrc", "3", shop("Tyre Bay", "77 Station Road"), version=2))
    await find(world, rules=rules)
    assert await types(world, "hmrc") == ["phoenix"]
    await world.take(received("hmrc", "3", shop("Tyre Bay", "77 Station Road", phones=(MOBILE,)), version=3))
    await find(world, rules=rules)
    await world.take(retracted("hmrc", "3", 4))
    await find(world, rules=rules)
    assert await types(world, "hmrc") == ["phoenix"]


async def test_two_workers_at_once_tell_of_a_finding_once(world: World) -> None:
    await world.settle(ALL_SHARE)
    await world.take(received("council", "1", shop(severity=3)), received("fire", "1", shop(severity=3)))
    await asyncio.gather(find(world), find(world))
    assert told(await world.events("finding.")) == [("raised", "multi_regime")]


async def test_what_a_power_lets_an_agency_see_is_released_withdrawn_and_released_again(world: World) -> None:
    await world.settle(partnership())
    await world.take(received("council", "1", shop(severity=3)), received("fire", "1", shop(severity=3)))
    await find(world)
    for rules, is_told in ((THREE_AUDIENCES, "raised/released"), (partnership(), "ended/withdrawn")) * 2:
        await world.forget_events()
        await world.settle(rules)
        await find(world)
        said = await world.events("finding.")
        assert sorted((caused(event), *event["data"]["audience"]["agencies"]) for event in said) == [
            (is_told, "council"),
            (is_told, "hmrc"),
        ]


async def test_a_finding_that_outlives_a_power_is_not_told_again(world: World) -> None:
    """It is worked out anew in the view that is left, in which it rests on what was seen all along."""
    await world.settle(partnership(("hmrc", "council"), ("fire", "council")))
    await world.take(received("hmrc", "1", shop(severity=3)), received("council", "1", shop(severity=3)))
    far_away = shop("Far Away", "1 High Road", severity=3)
    await world.take(received("fire", "2", far_away), received("council", "2", far_away))
    await find(world)
    kept, ended = sorted(await findings(world, "council"), key=lambda row: id_of("fire", "2") in row["records"])
    await world.forget_events()
    await world.settle(partnership(("hmrc", "council")))
    await find(world)
    (event,) = await world.events("finding.")
    assert (caused(event), event["data"]["finding_id"]) == ("ended/withdrawn", ended["finding_id"])
    assert [row["finding_id"] for row in await findings(world, "council")] == [kept["finding_id"]]


async def test_an_agency_whose_view_is_as_it_was_is_told_nothing_of_the_change_of_others(world: World) -> None:
    await world.settle(partnership(("fire", "council")))
    await world.take(received("council", "1", shop(severity=3)), received("fire", "1", shop(severity=3)))
    await world.settle(partnership(("fire", "council"), ("fire", "hmrc"), ("council", "hmrc")))
    await find(world)
    said = {event["data"]["audience"]["agencies"][0]: caused(event) for event in await world.events("finding.")}
    assert said == {"council": "raised/changed", "hmrc": "raised/released"}


async def test_nothing_is_looked_for_while_a_view_is_being_worked_out(world: World) -> None:
    await world.settle(ALL_SHARE)
    await world.take(received("council", "1", shop(severity=3)), received("fire", "1", shop(severity=3)))
    async with world.database.write_engine.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE audience SET filled_to = 0"
            if world.database.is_sqlite
            else "UPDATE linker.audience SET filled_to = 0"
        )
    assert await find(world) == 0


PEOPLE = st.sampled_from([(), (AMIR,)])
SHOPS = st.builds(
    lambda name, line, severity, closed, seen, people, phone: (closed_shop if closed else shop)(
        name, line, severity=severity, seen=seen, people=people, phones=(MOBILE,) if phone else ()
    ),
    name=st.sampled_from(["Golden Chicken", "Pizza Palace", "Spice Hut", "Nail Bar"]),
    line=st.sampled_from(["12 The Broadway", "240 Park Lane"]),
    severity=st.sampled_from([None, 3]),
    closed=st.booleans(),
    seen=st.sampled_from(["2024-03-01", "2025-03-01", "2025-06-01", "2026-02-01"]),
    people=PEOPLE,
    phone=st.booleans(),
)


@st.composite
def lives(draw: st.DrawFn) -> list[RecordEvent]:
    """What became of one record."""
    agency, ref = draw(st.sampled_from(["council", "fire"])), draw(st.sampled_from("12345"))
    versions: list[Record | None] = draw(st.lists(st.one_of(SHOPS, SHOPS, SHOPS, st.none()), min_size=1, max_size=3))
    return [
        retracted(agency, ref, number) if what is None else received(agency, ref, what, number)
        for number, what in enumerate(versions, start=1)
    ]


@FEW
@given(
    st.lists(lives(), min_size=3, max_size=9, unique_by=lambda life: life[0].data.record_id),
    st.randoms(use_true_random=False),
    st.integers(1, 4),
    st.integers(1, 3),
)
def test_any_order_and_any_moment_of_looking_end_in_the_same_findings(url, histories, random, batch, every) -> None:  # type: ignore[no-untyped-def]
    """Looked for once at the end, against looked for in between while records come in another order."""
    in_order = [event for life in histories for event in life]
    shuffled = random.sample(in_order, len(in_order))

    async def go() -> None:
        async with opened(url) as world:
            await world.settle(THREE_AUDIENCES)
            await world.take(*in_order)
            await find(world)
            expected = await all_findings(world), await postings(world)
            await world.empty()
            await world.settle(THREE_AUDIENCES)
            for number, start in enumerate(range(0, len(shuffled), batch)):
                await world.take(*shuffled[start : start + batch])
                if number % every == 0:
                    await find(world)
            await find(world)
            assert (await all_findings(world), await postings(world)) == expected
            await world.empty()

    asyncio.run(go())

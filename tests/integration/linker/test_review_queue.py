"""The review queue: pairs near even odds that the agency sees and has not decided, the most valuable first."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from services.linker.handlers import queue as handler
from services.linker.handlers.learn import RecordEvent
from services.linker.store import tables
from tests.integration.linker.test_api import Api, api
from tests.integration.linker.test_decisions_api import decide
from tests.integration.linker.world import THREE_AUDIENCES, World, received, record

__all__ = ["api"]  # a fixture

NAMES = ("Golden Dragon", "Pizza Palace", "Blue Door Cafe", "Razor Sharp Barbers", "Southall Tyres", "Star Nails")


def _events() -> Iterator[RecordEvent]:
    """Three records at each of six doors, whose names differ: only a person can tell."""
    for number, name in enumerate(NAMES):
        where: dict[str, Any] = {"number": 20 + 2 * number, "postcode": f"UB{number + 1} 1AA"}
        yield received("fire", f"a{number}", record(name, severity=number % 4 or None, **where))
        yield received(
            "council", f"b{number}", record(f"Queen {number}s Kitchen", severity=number % 3 or None, **where)
        )
        yield received("hmrc", f"c{number}", record("Ali and Sons Trading", **where))


EVENTS = tuple(_events())


@pytest.fixture
async def filled(world: World, api: Api) -> Api:
    await world.settle(THREE_AUDIENCES)
    await world.take(*EVENTS)
    doubtful = select(tables.pair).where(tables.pair.c.doubt.is_not(None))
    assert len(await world.rows(doubtful)) > len(NAMES), "the shipped model is sure of what these tests call doubtful"
    return api


def pairs(asked: list[dict[str, Any]]) -> list[frozenset[str]]:
    return [frozenset((question["a"]["record_id"], question["b"]["record_id"])) for question in asked]


async def queue(api: Api, agency: str = "hmrc", query: str = "") -> list[dict[str, Any]]:
    return (await api.get(f"/v1/review-queue?{query}", agency)).json()["questions"]


async def test_every_doubtful_pair_of_two_businesses_is_asked_once_the_most_valuable_first(filled: Api) -> None:
    asked = await queue(filled, query="limit=100")
    values = [question["value"] for question in asked]
    assert values == sorted(values, reverse=True)
    assert len({frozenset((q["a"]["business_id"], q["b"]["business_id"])) for q in asked}) == len(asked)
    assert all(q["a"]["business_id"] != q["b"]["business_id"] for q in asked)
    assert all(question["asked_because"].endswith(".") for question in asked)


async def test_it_leads_to_the_comparison_of_the_two(filled: Api) -> None:
    first = (await queue(filled))[0]
    found = (await filled.get(first["compare"])).json()
    assert found["weight"] == pytest.approx(first["weight"])
    assert first["sentences"], "what it rests on"
    assert {*first["sentences"]} <= {step["sentence"] for step in found["waterfall"]}
    assert first["a"]["address"] == found["a"]["address"] != ""
    assert not found["one_business"]


async def test_what_changes_the_risk_comes_before_what_changes_nothing(filled: Api) -> None:
    asked = await queue(filled, query="limit=100")
    alike = [question for question in asked if question["weight"] == pytest.approx(asked[0]["weight"])]
    told = [question["asked_because"] for question in alike]
    risk = [place for place, text in enumerate(told) if "risk" in text]
    rest = [place for place, text in enumerate(told) if "risk" not in text]
    assert risk
    assert rest
    assert max(risk) < min(rest)


async def test_pages_follow_each_other_without_gap_or_repeat(filled: Api) -> None:
    whole, seen, cursor = await queue(filled, query="limit=100"), [], ""
    while cursor is not None:
        page = (await filled.get(f"/v1/review-queue?limit=2{cursor and f'&cursor={cursor}'}")).json()
        seen += page["questions"]
        cursor = page["next"]
    assert seen == whole


async def test_the_questions_are_the_same_however_few_pairs_are_read_at_a_time(
    filled: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await queue(filled, query="limit=100")
    monkeypatch.setattr(handler, "_FIRST_READ", 1)
    monkeypatch.setattr(handler, "_MOST_READ", 2)
    assert await queue(filled, query="limit=100") == whole


async def test_what_the_agency_has_decided_is_not_asked_again_and_unsure_is_an_answer(filled: Api) -> None:
    asked = await queue(filled, query="limit=100")
    for question, verdict in zip(asked, ("same", "different", "unsure"), strict=False):
        await decide(filled, question["a"]["record_id"], question["b"]["record_id"], verdict)
    left = await queue(filled, query="limit=100")
    assert not {*pairs(asked[:3])} & {*pairs(left)}


async def test_what_another_agency_was_unsure_of_is_still_asked(filled: Api) -> None:
    asked = await queue(filled, query="limit=100")
    (pair, *_) = [pair for pair in pairs(await queue(filled, "council", "limit=100")) if pair in pairs(asked)]
    await decide(filled, *pair, "unsure", "council")
    assert await queue(filled, query="limit=100") == asked
    assert pair not in pairs(await queue(filled, "council", "limit=100"))


async def test_the_order_of_arrival_does_not_matter(filled: Api, world: World) -> None:
    before = await queue(filled, query="limit=100")
    await world.empty()
    await world.settle(THREE_AUDIENCES)
    await world.take(*reversed(EVENTS), batch=2)
    assert await queue(filled, query="limit=100") == before


async def test_hidden_records_put_nothing_into_the_queue(filled: Api, world: World) -> None:
    before = await queue(filled, "council", "limit=100")
    where = {"number": 20, "postcode": "UB1 1AA"}
    await world.take(received("hmrc", "d1", record("Star Kebabs", severity=4, **where)))
    assert await queue(filled, "council", "limit=100") == before
    assert await queue(filled, "fire", "limit=100") == []

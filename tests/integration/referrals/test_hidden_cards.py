"""Promise 3 for cards: whatever others do with theirs, an agency is told the same, byte for byte."""

import itertools
import re
from typing import Any

import pytest

from tests.integration.referrals.beat import Beat

VIEWER = "fire/bob"
OWN = re.compile(r"^/v1/(indicators|briefings|cards|referrals|referral-figures)")
QUERIES = {
    "/v1/referrals": (
        *("", "?box=in", "?box=out", "?open=true", "?overdue=true", "?limit=1", "?cursor=nonsense", "?area=UB1"),
        *("?agency=council", "?agency=border", "?regime=immigration", "?trained=true", "?feedback=helpful", "?area=-"),
    ),
    "/v1/indicators/offered": ("", "?sector=Takeaway", "?area=UB1"),
    "/v1/cards/mine": ("", "?limit=1"),
}


@pytest.fixture
async def told(beat: Beat) -> dict[str, str]:
    """Some cards that the fire service filed or got; ids to ask for, by the name of a path's parameter."""
    fire, border = await beat.adopt("fire"), await beat.adopt("border")
    got = await beat.file("council/ann", fire["blocked-exits"], border["workers-living-in"])
    sent = await beat.file(VIEWER, border["workers-living-in"])
    await beat.file("council/ann", fire["dangerous-sleeping"])
    referral = next(one["referral_id"] for one in got["has_it"] if one["agency"] == "fire")
    await beat.step(VIEWER, referral, "accept", 1)
    return {
        "card": sent["card_id"],
        "referral": referral,
        "business_id": "biz_" + "a" * 20,
        "photo": "0" * 8 + "-0000-4000-8000-" + "0" * 12,
    }


async def hidden_life(beat: Beat) -> tuple[str, str]:
    """Of the fire service none of this is. The ids of a card and a referral that it may not see."""
    border = {one["slug"]: one["indicator_id"] for one in await beat.get("border/bea", "/v1/indicators/own")}
    names = ["workers-living-in", "nervous-workers"]
    for name in names:
        made = await beat.file("council/ann", border[name], text="Secret.")
        referral = made["has_it"][0]["referral_id"]
        await beat.step("border/bea", referral, "accept", 1)
        await beat.step("border/bea", referral, "close", 2, feedback="helpful", words="Secret.")
    await beat.file("police/pat", border[names[0]], to=["revenue"])
    day = {"indicators": [border[names[0]]], "people": ["ann", "bob"], "day": "2026-02-01"}
    await beat.post("council/chief", "/v1/briefings", day, 204)
    await beat.call("police", "PUT", f"/v1/indicators/{border[names[0]]}/interest")
    return made["card_id"], referral


async def everything(beat: Beat, ids: dict[str, str]) -> dict[str, tuple[int, bytes, str | None]]:
    described = (await beat.client.get("/v1/openapi.json")).json()["paths"]
    paths = [path for path, item in described.items() if "get" in item and OWN.match(path)]
    asked = [path.format(**ids) + query for path in paths for query in QUERIES.get(path, ("",))]
    found = {}
    for path in asked:
        answer = await beat.call(VIEWER, "GET", path)
        found[path] = (answer.status_code, answer.content, answer.headers.get("etag"))
    return found


async def test_what_an_agency_may_not_see_changes_nothing_that_it_is_told(beat: Beat, told: dict[str, str]) -> None:
    before = await everything(beat, told)
    card, referral = await hidden_life(beat)
    after = await everything(beat, told)
    assert [path for path in before if before[path] != after[path]] == []
    assert {status for status, _, _ in before.values()} == {200, 404, 422, 503}
    assert len(before) > 25
    await _cannot_be_told_from_none(beat, told, card, referral)


async def _cannot_be_told_from_none(beat: Beat, told: dict[str, str], card: str, referral: str) -> None:
    ways: tuple[tuple[str, str, Any], ...] = (
        ("GET", "/v1/cards/{card}", None),
        ("GET", "/v1/cards/{card}/photos/{photo}", None),
        ("GET", "/v1/referrals/{referral}", None),
        ("POST", "/v1/referrals/{referral}/steps", {"step": "accept"}),
    )
    never = told | {"card": "crd_" + "a" * 20, "referral": "ref_" + "0" * 32}
    for (method, path, body), headers in itertools.product(ways, ({"If-Match": '"1"'}, {"If-Match": '"3"'})):
        answers = [
            await beat.call(VIEWER, method, path.format(**ids), json=body, headers=headers)
            for ids in (never, told | {"card": card, "referral": referral})
        ]
        assert len({(answer.status_code, answer.content) for answer in answers}) == 1
        assert answers[0].status_code == 404


async def test_what_a_power_does_not_give_of_a_card_is_neither_searched_nor_counted_by(beat: Beat) -> None:
    border = await beat.adopt("border")
    seen = border["workers-living-in"]
    await beat.file("police/pat", seen)
    (one,) = await beat.inbox("border/bea")
    assert (one["name"], one["area"], one["indicators"]) == ("Golden Dragon", None, [])
    assert await beat.inbox("border/bea", area="UB1") == await beat.inbox("border/bea", indicator=seen) == []
    assert await beat.inbox("border/bea", area="-") == [one]
    figures = await beat.get("border/bea", "/v1/referral-figures")
    groups = {table["title"]: [row["group"] for row in table["rows"]] for table in figures["tables"]}
    assert (groups["Area"], groups["Indicator"]) == (["-"], [])
    useful = await beat.get("border/bea", "/v1/indicators/usefulness")
    assert {row["referrals"] for row in useful} == {0}

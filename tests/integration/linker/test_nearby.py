"""Businesses are found from where one stands, by what the reader sees alone."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from services.linker.domain.search import rank
from shared.contracts.record import Record
from tests.integration.linker.test_api import Api, api
from tests.integration.linker.world import THREE_AUDIENCES, World, placed, received, record, retracted

__all__ = ["api"]  # the fixture

HERE = "51.5000,-0.3700"
METRE = 1 / 111_195
Find = Callable[..., Any]


def shop(name: str, number: int, *, north: float | None = None, postcode: str = "UB1 1AA", **more: Any) -> Record:
    """So many metres north of here; with its postcode alone where that is not said."""
    made = record(name, number, postcode=postcode, **more)
    return made if north is None else placed(made, 51.5 + north * METRE, -0.37)


@pytest.fixture
async def known(world: World, api: Api) -> Api:
    await world.settle(THREE_AUDIENCES)
    await world.take(
        received("council", "1", shop("Golden Chicken", 12, north=40)),
        received("council", "2", shop("Chicken Hut", 240, north=-300, postcode="UB1 2BB", severity=3)),
        received("hmrc", "3", shop("Sari Palace", 80, postcode="UB1 2BB")),
        received("hmrc", "4", shop("Kebab House", 99, north=900, postcode="UB1 3CC")),
        received("hmrc", "5", shop("Golden Lion", 5, north=1800, postcode="UB1 4DD")),
        received("hmrc", "6", shop("Nowhere Near", 7, postcode="UB1 5EE")),
    )
    return api


@pytest.fixture
def find(known: Api) -> Find:
    async def _find(agency: str = "hmrc", near: str = HERE, **params: Any) -> Any:
        answer = await known.get("/v1/search", agency, params={"near": near, **params})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return _find


async def found(find: Find, *asked: str, **params: Any) -> dict[str, int]:
    page = await find(*asked, **params)
    return {one["name"]: one["distance"]["metres"] for one in page["businesses"]}


async def test_the_nearest_come_first_as_far_as_asked(find: Find) -> None:
    nearest = {"Golden Chicken": 40, "Chicken Hut": 300, "Sari Palace": 300, "Kebab House": 900}
    assert await found(find) == nearest
    assert list(await found(find, within=2000)) == [*await found(find), "Golden Lion"]
    assert await found(find, within=100) == {"Golden Chicken": 40}
    assert await found(find, band="medium") == {"Chicken Hut": 300}
    assert list(await found(find, near="51.5081,-0.3700")) == ["Kebab House", "Golden Chicken", "Golden Lion"]


async def test_each_distance_says_by_which_records(find: Find, known: Api) -> None:
    shown = {one["name"]: one for one in (await find())["businesses"]}
    assert shown["Golden Chicken"]["summary"] == "40 metres away."
    assert shown["Sari Palace"]["summary"] == "300 metres away, going by its postcode."
    for one in shown.values():
        members = (await known.get(f"/v1/businesses/{one['business_id']}", "hmrc")).json()["members"]
        assert one["distance"]["records"] == [member["record_id"] for member in members]
        assert [member["latitude"] is None for member in members] == [one["distance"]["about"]]
        assert one["distance"]["about"] == (one["name"] == "Sari Palace")


async def test_a_business_is_as_far_as_the_nearest_of_its_records(find: Find, world: World) -> None:
    await world.take(received("fire", "1", shop("Golden Chicken", 12, north=90)))
    await world.take(received("hmrc", "7", shop("Golden Chicken", 12, north=20)))
    (first, *_) = (await find())["businesses"]
    assert (first["records"], first["distance"]["metres"], len(first["distance"]["records"])) == (3, 20, 1)
    assert (await found(find, "council"))["Golden Chicken"] == 40
    assert await found(find, "fire") == {"Golden Chicken": 90}


async def test_words_narrow_it_down_to_what_has_most_of_them(find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    for most in (rank.LOOKED_AT, 0):
        monkeypatch.setattr(rank, "LOOKED_AT", most)
        assert list(await found(find, q="chiken ")) == ["Golden Chicken", "Chicken Hut"]
        assert list(await found(find, q="golden chicken")) == ["Golden Chicken"]
        assert list(await found(find, q="golden lion")) == ["Golden Chicken"], "the lion is too far"
        assert list(await found(find, q="golden lion", within=2000)) == ["Golden Lion"]
        assert await found(find, q="xyzzyq") == {}
    (first,) = (await find(q="golden chicken xyzzyq"))["businesses"]
    assert first["summary"] == "40 metres away. “golden” is in its name; “chicken” is in its name."


async def test_pages_follow_each_other_without_gap_or_repeat(find: Find) -> None:
    for asked in ({"within": 2000}, {"within": 2000, "q": "southall"}):
        seen, more = list[str](), dict[str, str]()
        while more is not None:
            page = await find(limit=2, **asked, **more)
            seen += [business["name"] for business in page["businesses"]]
            more = page["next"] and {"cursor": page["next"]}
        assert seen == list(await found(find, **asked))


async def test_what_is_hidden_moves_nothing(find: Find, world: World) -> None:
    """Neither by standing nearer, nor by giving a postcode its place."""
    await world.take(received("fire", "8", shop("Sari Palace", 80, postcode="UB1 2BB")))
    assert await found(find, "fire") == {}
    await world.take(received("fire", "9", shop("Sari Silks", 82, north=600, postcode="UB1 2BB")))
    before = await find("fire")
    assert await found(find, "fire") == {"Sari Palace": 600, "Sari Silks": 600}
    await world.take(*(received("hmrc", f"h{n}", shop(f"Chips {n}", n, north=n, postcode="UB1 2BB")) for n in range(9)))
    assert await find("fire") == before


async def test_what_was_corrected_or_retracted_stands_where_it_stood_no_more(find: Find, world: World) -> None:
    await world.take(received("council", "1", shop("Golden Chicken", 12, north=600), version=2))
    assert (await found(find))["Golden Chicken"] == 600
    await world.take(retracted("council", "2"))
    assert await found(find) == {"Golden Chicken": 600, "Kebab House": 900}


async def test_what_is_no_position_is_refused_and_so_are_nothing_and_cursors_of_the_other_order(known: Api) -> None:
    ask = partial(known.get, "/v1/search")
    for near in ("here", "91,0", "51.5;0.1", "0,181", "51.5,1e2", "51.5,0.1,2", ""):
        answer = await ask(params={"near": near})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.near")
    assert (await ask()).json()["errors"][0]["field"] == "query.q"
    words = (await ask(params={"q": "golden", "limit": 1})).json()["next"]
    answer = await ask(params={"near": HERE, "cursor": words})
    assert answer.json()["errors"][0]["field"] == "query.cursor"

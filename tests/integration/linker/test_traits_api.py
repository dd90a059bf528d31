"""Traits as other services ask for them: of a business in the caller's view, and of one that is described."""

from dataclasses import replace
from typing import Any

import pytest

from services.linker.domain.model import Model, default_model
from shared.contracts.api.linker.traits import MOST
from shared.contracts.record import Person
from tests.integration.linker.patterns import AMIR, MOBILE, shop
from tests.integration.linker.test_api import Api, api
from tests.integration.linker.test_relations_api import body, filled, of
from tests.integration.linker.world import World, received

__all__ = ["api", "filled"]  # the fixtures

CHICKEN = shop("Golden Chicken", phones=(MOBILE,), people=(AMIR,), company_number="08123456")


async def traits(api: Api, ref: str, agency: str = "hmrc", query: str = "") -> list[dict[str, Any]]:
    found = await body(api, f"/v1/businesses/{of(agency, ref)}/traits{query}", agency)
    return list(found["traits"])


def keys(found: list[dict[str, Any]], kind: str) -> set[str]:
    return {one["key"] for one in found if one["kind"] == kind}


async def test_two_agencies_that_mean_one_place_have_its_keys_in_common(filled: Api, world: World) -> None:
    await world.take(
        received("council", "1", shop("Golden Chicken", "12 The Broadway")),
        received("fire", "2", shop("GOLDEN CHICKEN LTD", "12, The Broadway")),
        received("fire", "3", shop("Pizza Palace", "240 Park Lane")),
    )
    ours, theirs = await traits(filled, "1", "council"), await traits(filled, "2", "fire")
    assert keys(ours, "premises") == keys(theirs, "premises") != set()
    assert keys(ours, "premises").isdisjoint(keys(await traits(filled, "3", "fire"), "premises"))


async def test_each_key_comes_with_a_sentence_and_says_nothing_itself(filled: Api, world: World) -> None:
    await world.take(received("council", "1", CHICKEN))
    found = {one["kind"]: one for one in await traits(filled, "1", "council")}
    assert found["phone"]["sentence"] == "Its telephone number is 07700 900123."
    assert found["organisation"]["sentence"] == "Its company number is 08123456."
    assert found["person"]["sentence"] == "It names Amir Khan, born 1 March 1980."
    assert not any("khan" in one["key"] or "7700" in one["key"] for one in found.values())


async def test_a_description_has_the_keys_of_the_record_it_would_be(filled: Api, world: World) -> None:
    await world.take(received("council", "1", CHICKEN))
    answer = await filled.post("/v1/traits", CHICKEN.model_dump(mode="json"), "fire")
    assert answer.status_code == 200
    assert answer.json()["traits"] == await traits(filled, "1", "council")


async def test_related_businesses_add_theirs_when_asked(filled: Api, world: World) -> None:
    landlord = Person(name="Broadway Estates Ltd", role="Landlord")
    await world.take(
        received("council", "1", shop("Golden Chicken", phones=(MOBILE,))),
        received("council", "2", shop("Pizza Palace", "240 Park Lane", phones=(MOBILE,), people=(landlord,))),
    )
    own, wider = await traits(filled, "1", "council"), await traits(filled, "1", "council", "?degrees=1")
    assert [one for one in wider if one["through"] is None] == own
    assert keys(wider, "landlord") == keys(await traits(filled, "2", "council"), "landlord") != set()
    (added,) = [one for one in wider if one["kind"] == "landlord"]
    assert added["through"] == "phone"
    assert added["sentence"] == "Of Pizza Palace: its landlord or agent is Broadway Estates Ltd."


async def test_a_hidden_record_adds_no_key(filled: Api, world: World) -> None:
    await world.take(received("fire", "2", shop("Golden Chicken")))
    before = await traits(filled, "2", "fire", "?degrees=1")
    await world.take(received("hmrc", "1", CHICKEN))
    assert await traits(filled, "2", "fire", "?degrees=1") == before


async def test_a_hub_is_no_key(filled: Api, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.take(received("council", "1", CHICKEN))

    async def with_hub(_connection: Any) -> Model:
        return replace(default_model(), hubs=frozenset({"phone:447700900123"}))

    monkeypatch.setattr(filled.desk, "model", with_hub)
    assert keys(await traits(filled, "1", "council"), "phone") == set()
    described = await filled.post("/v1/traits", CHICKEN.model_dump(mode="json"))
    assert keys(described.json()["traits"], "phone") == set()


@pytest.mark.parametrize("many", ["names", "phones", "emails", "websites", "licence_numbers", "people"])
async def test_nobody_describes_a_business_at_such_length_that_others_wait(filled: Api, many: str) -> None:
    """What is described is compared with itself, each person with each other."""
    one: dict[str, Any] = {"names": {"value": "Golden Chicken"}, "people": {"name": "Amir Khan"}}
    answers = [await filled.post("/v1/traits", {many: [one.get(many, "x")] * count}) for count in (MOST, MOST + 1)]
    assert [answer.status_code for answer in answers] == [200, 422]

"""Where a card is: asked of a real linker with the officer's own token, and told to others as far as it is theirs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.linker import bootstrap
from services.linker.settings import LinkerSettings
from services.referrals.clients.linker import Linker
from shared.contracts.identifiers import business_id
from shared.runtime.clock import today
from shared.runtime.db import Database
from shared.sharing import load_partnership
from tests.integration.linker.world import World, id_of, received, record
from tests.integration.referrals.beat import Beat, gateway, partnership
from tests.support.stores import sqlite_store
from tests.support.tokens import Issuer

OFFICER = "council/ann"
SHARED = (
    gateway(20, "fire", "council").replace("concern-cards, visit-outcomes", "inspections").replace("id: ", "id: i-")
)
OURS = business_id(min(id_of("council", "1"), id_of("fire", "1")))
THEIRS = business_id(id_of("fire", "2"))
NOWHERE = "biz_" + "a" * 20


@dataclass
class Places:
    """Cards, and a linker that knows two shops: one by council and fire service, the other by the latter alone."""

    beat: Beat
    indicators: dict[str, str]
    world: World

    async def file(self, who: str = OFFICER, expected: int = 201, **given: Any) -> Any:
        return await self.beat.file(who, self.indicators["blocked-exits"], expected=expected, **given)


@pytest.fixture
async def places(beat: Beat, tmp_path: Path, issuer: Issuer) -> AsyncIterator[Places]:
    (tmp_path / "partnership.yaml").write_text(rules := partnership() + SHARED + "\n")
    settings = LinkerSettings(
        database_url=sqlite_store(tmp_path, "linker"),
        log_url=f"embedded://{tmp_path}/log.db",
        keys_url=f"sqlite:///{tmp_path}/keys.db",
        partnership_file=tmp_path / "partnership.yaml",
        auth_jwks=str(issuer.jwks_path),
    )
    database = Database(settings.database_url, "linker")
    world = World(database)
    await world.settle(load_partnership(rules), today())
    await world.take(
        received("council", "1", record("Chicken Shop", 12)),
        received("fire", "1", record("The Chicken Shop", 12)),
        received("fire", "2", record("Golden Dragon", 240, postcode="UB2 4XX")),
    )
    app = bootstrap.api(settings)
    linker = Linker("http://linker", httpx.ASGITransport(app))
    beat.app.state.referrals = replace(beat.app.state.referrals, linker=linker)
    yield Places(beat, await beat.adopt("fire"), world)
    await asyncio.gather(linker.close(), database.close(), app.state.desk.database.close())


async def sent(places: Places, receipt: Any, who: str) -> Any:
    referral = next(one for one in receipt["has_it"] if one["agency"] == who.partition("/")[0])
    return await places.beat.get(who, f"/v1/referrals/{referral['referral_id']}")


async def test_a_picked_business_is_named_to_others_by_the_agencys_own_record(places: Places) -> None:
    receipt = await places.file(business_id=OURS, place=None)
    got = await sent(places, receipt, "fire/bob")
    assert (got["place"]["name"], got["place"]["address"][:15], got["area"]) == (
        "Chicken Shop",
        "12 The Broadway",
        "UB1",
    )
    mine = await places.beat.get(OFFICER, f"/v1/cards/{receipt['card_id']}")
    assert mine["business_id"] == OURS


async def test_what_only_another_agency_knows_is_not_told_on_through_a_card(places: Places) -> None:
    refused = await places.file(business_id=THEIRS, place=None, expected=422)
    assert refused["errors"][0]["field"] == "place"
    receipt = await places.file(business_id=THEIRS, place={"address": "the corner shop"}, to=["border"])
    got = await sent(places, receipt, "border/bea")
    assert got["place"] == {"address": "the corner shop"} | dict.fromkeys(
        ("name", "postcode", "phone", "latitude", "longitude")
    )
    assert "Dragon" not in str(got)
    (mine,) = (await places.beat.get(OFFICER, "/v1/cards/mine"))["items"]
    assert mine["name"] == "Golden Dragon"


async def test_a_business_that_the_officer_does_not_see_is_none(places: Places) -> None:
    await places.file(business_id=NOWHERE, place=None, expected=422)
    receipt = await places.file(business_id=NOWHERE)
    assert (await places.beat.get(OFFICER, f"/v1/cards/{receipt['card_id']}"))["business_id"] is None


async def test_a_card_put_in_words_is_found_with_its_business_once_that_is_known_by_who_may_see_both(
    places: Places,
) -> None:
    shop = {"name": "Tandoori Nights", "address": "77 The Broadway", "postcode": "UB1 1AA"}
    card = (await places.file(place=shop))["card_id"]
    await places.file("police/pat", place=shop)
    newcomer = business_id(id_of("fire", "3"))
    path = f"/v1/cards/about/{newcomer}"
    assert (await places.beat.call("fire/bob", "GET", path)).status_code == 404
    await places.world.take(received("fire", "3", record("Tandoori Nights Ltd", 77)))
    (told,) = await places.beat.get("fire/bob", path)
    assert (told["card_id"], told["agency"]) == (card, "council")
    assert "77" in told["sentence"]
    assert [one["card_id"] for one in await places.beat.get(OFFICER, path)] == [card]
    places.beat.rules("council-to-fire")
    await places.world.settle(load_partnership(partnership("council-to-fire")), today())
    assert await places.beat.get("fire/bob", path) == []


async def test_cards_of_one_place_are_shown_together_to_who_may_see_both(places: Places) -> None:
    first = await places.file(place={"name": "Chicken Shop", "address": "12 The Broadway", "postcode": "UB1 1AA"})
    await places.file("police/pat", place={"address": "12 The Broadway", "postcode": "UB1 1AA"})
    await places.file(place={"address": "99 Elsewhere Road", "postcode": "UB9 9ZZ"})
    second = await places.file(business_id=OURS, place=None)
    got = await sent(places, second, "fire/bob")
    (other,) = got["related"]
    assert (other["card_id"], other["duplicate"], other["agency"]) == (first["card_id"], True, "council")
    assert "12" in other["sentence"]
    places.beat.rules("council-to-fire")
    assert (await places.beat.call("fire/bob", "GET", f"/v1/referrals/{got['referral_id']}")).status_code == 404


async def test_a_card_filed_while_the_linker_is_away_is_shown_beside_others_once_it_is_back(places: Places) -> None:
    shop = {"name": "Chicken Shop", "address": "12 The Broadway", "postcode": "UB1 1AA"}
    there = places.beat.app.state.referrals
    places.beat.app.state.referrals = replace(there, linker=(away := Linker("http://127.0.0.1:9")))
    first = await places.file(place=shop)
    await places.beat.get(OFFICER, f"/v1/cards/{first['card_id']}")
    await away.close()
    places.beat.app.state.referrals = there
    second = await places.file(business_id=OURS, place=None)
    (other,) = (await sent(places, second, "fire/bob"))["related"]
    assert other["card_id"] == first["card_id"]


async def test_a_card_filed_while_the_linker_was_away_is_traced_when_its_agency_looks_at_it(places: Places) -> None:
    there = places.beat.app.state.referrals
    places.beat.app.state.referrals = replace(there, linker=(away := Linker("http://127.0.0.1:9")))
    filed = await places.file(place={"name": "Chicken Shop", "address": "12 The Broadway", "postcode": "UB1 1AA"})
    await away.close()
    places.beat.app.state.referrals = there
    assert await places.beat.get(OFFICER, f"/v1/cards/about/{OURS}") == []
    await places.beat.get(OFFICER, f"/v1/cards/{filed['card_id']}")
    (beside,) = await places.beat.get(OFFICER, f"/v1/cards/about/{OURS}")
    assert beside["card_id"] == filed["card_id"]

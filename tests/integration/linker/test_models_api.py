"""Models open to their weights and to the values that they take for no evidence; one is in force at a time."""

import pytest

from services.linker.domain.model import default_model
from services.linker.handlers.shelf import publish
from tests.integration.linker.switching import STRICT, model, until_done, wanted
from tests.integration.linker.test_api import Api, api, filled  # noqa: F401 - fixtures
from tests.integration.linker.world import THREE_AUDIENCES, World, received, record

SWITCHBOARD = "0208 825 5000"
AGENT = "0208 825 6000"


async def test_the_shipped_model_is_listed_as_in_force_and_opens_to_its_weights(filled: Api) -> None:  # noqa: F811
    (listed,) = (await filled.get("/v1/models")).json()["models"]
    assert listed["in_force"]
    detail = (await filled.get(listed["details"])).json()
    weights = {
        each["comparison"]: {level["level"]: level for level in each["levels"]} for each in detail["comparisons"]
    }
    for comparison, levels in default_model().weights.items():
        for level, bits in levels.items():
            assert weights[comparison][level]["bits"] == pytest.approx(bits)
            assert weights[comparison][level]["sentence"].endswith(".")
    assert detail["thresholds"]["links_from"] == default_model().clustering.threshold
    assert "Open Government Licence" in detail["source"]


async def test_every_step_of_a_waterfall_is_a_weight_of_the_model_it_names(filled: Api) -> None:  # noqa: F811
    (first, *_) = (await filled.get("/v1/businesses")).json()["businesses"]
    why = (await filled.get(f"/v1/businesses/{first['business_id']}/why")).json()
    detail = (await filled.get(f"/v1/models/{why['model_version']}")).json()
    known = {(each["comparison"], level["level"]) for each in detail["comparisons"] for level in each["levels"]}
    steps = {(step["comparison"], step["level"]) for link in why["links"] for step in link["waterfall"]}
    assert steps
    assert steps - known <= {("prior", "prior"), ("organisation", "same_door.postcode"), ("feed", "same")}


async def test_after_a_switch_readers_are_told_of_the_new_model_at_once(world: World, filled: Api) -> None:  # noqa: F811
    before = (await filled.get("/v1/businesses")).json()["businesses"]
    await wanted(world, STRICT)
    await until_done(world)
    after = (await filled.get("/v1/businesses")).json()["businesses"]
    assert len(after) > len(before)
    why = (await filled.get(f"/v1/businesses/{after[0]['business_id']}/why")).json()
    assert (why["model_version"], why["threshold"]) == ("strict", 60.0)
    states = {each["version"]: each["in_force"] for each in (await filled.get("/v1/models")).json()["models"]}
    assert states == {"strict": True, default_model().version: False}


async def test_hubs_are_listed_of_the_callers_own_records_alone(world: World, api: Api) -> None:  # noqa: F811
    await world.settle(THREE_AUDIENCES)
    shared = [received("council", str(n), record(f"Shop {n}", n, phone=SWITCHBOARD)) for n in range(1, 8)]
    hidden = [received("hmrc", str(n), record(f"Office {n}", n, phone=AGENT)) for n in range(1, 8)]
    await world.take(*shared, *hidden)
    file = model("hubs-1", "phone:442088255000", "phone:442088256000")
    await world.database.run(lambda session: publish(session, file))
    everything = (await api.get("/v1/models/hubs-1/hubs", "hmrc")).json()["hubs"]
    assert {(hub["kind"], hub["value"], hub["records"]) for hub in everything} == {
        ("phone", "442088255000", 7),
        ("phone", "442088256000", 7),
    }
    (council,) = (await api.get("/v1/models/hubs-1/hubs", "council")).json()["hubs"]
    assert (council["value"], council["in_words"]) == ("442088255000", "020 8825 5000")
    behind = (await api.get(council["list"], "council")).json()["businesses"]
    assert {one["business_id"] for one in behind} == set(await world.businesses("council"))
    assert (await api.get("/v1/models/hubs-1/hubs", "fire")).json() == {"hubs": [], "next": None}


async def test_hubs_come_by_pages(world: World, api: Api) -> None:  # noqa: F811
    await world.settle(THREE_AUDIENCES)
    phones = [f"0208 825 50{n:02}" for n in range(3)]
    await world.take(
        *(
            received("hmrc", f"{place}-{n}", record(f"Shop {n}", n + 1, phone=phone))
            for place, phone in enumerate(phones)
            for n in range(5 + place)
        )
    )
    file = model("hubs-1", *(f"phone:4420882550{n:02}" for n in range(3)))
    await world.database.run(lambda session: publish(session, file))
    values, cursor = [], ""
    while cursor is not None:
        page = (await api.get(f"/v1/models/hubs-1/hubs?limit=1{cursor}")).json()
        values += [hub["value"] for hub in page["hubs"]]
        cursor = f"&cursor={page['next']}" if page["next"] else None
    assert values == ["442088255002", "442088255001", "442088255000"]


async def test_what_is_not_published_is_not_found(filled: Api) -> None:  # noqa: F811
    for path in ("/v1/models/nobody", "/v1/models/nobody/hubs"):
        assert (await filled.get(path)).status_code == 404


async def test_hubs_are_for_analysts(filled: Api) -> None:  # noqa: F811
    path = f"/v1/models/{default_model().version}/hubs"
    assert (await filled.get(path, roles=("officer",))).status_code == 403
    assert (await filled.get(path)).json() == {"hubs": [], "next": None}

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from services.linker.domain.assess import RiskPolicies, default_policies
from services.linker.handlers.resolve import Resolver
from services.linker.handlers.shelf import Shelf
from shared.contracts.identifiers import business_id
from shared.contracts.record import Observation, ObservationKind
from shared.runtime import clock
from tests.integration.linker.test_api import NOWHERE, Api, api
from tests.integration.linker.world import ALL_SHARE, THREE_AUDIENCES, World, id_of, received, record, retracted

__all__ = ["api"]  # a fixture

SEEN_BY = "2026-11-20"
CHECKED = record().model_copy(
    update={"observation": Observation(kind=ObservationKind.nothing_found, observed_on=date(2025, 3, 1))}
)


@pytest.fixture
async def shop(world: World, api: Api) -> Api:
    """A shop with food concerns in 2024 and 2026 and a clean check between, one of fire, and hmrc's presence."""
    await world.settle(ALL_SHARE)
    await world.take(
        received("council", "1", record(severity=3, observed_on=date(2024, 5, 1))),
        received("fire", "2", CHECKED),
        received("fire", "1", record(severity=2, observed_on=date(2026, 6, 1))),
        received("hmrc", "1", record()),
    )
    return api


async def risk(api: Api, agency: str = "hmrc", **params: Any) -> dict[str, Any]:
    page = (await api.get("/v1/businesses", agency)).json()["businesses"]
    answer = await api.get(f"/v1/businesses/{page[0]['business_id']}/risk", agency, params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_risk_opens_to_its_records_its_rule_and_a_sentence(shop: Api) -> None:
    body = await risk(shop, as_of=SEEN_BY)
    assert body["summary"] == "Medium: live concerns in 2 regimes (Fire safety, Food)."
    assert body["band_rule"] == "Medium: at least 2 regimes with live concerns."
    assert body["policy"]["status"] == "review needed"
    assert (await shop.get(body["policy"]["address"])).json()["version"] == body["policy"]["version"]
    fire, food = body["regimes"]
    assert (fire["regime"], food["regime"]) == ("fire-safety", "food")
    assert [concern["record_id"] for concern in fire["concerns"]] == [id_of("fire", "1")]
    assert [check["record_id"] for check in fire["checks"]] == [id_of("fire", "2")]
    assert food["concerns"][0]["sentence"].startswith(
        "Severity 3 of 4, seen on 1 May 2024: its weight halves every 365 days"
    )
    assert fire["persistence"]["times"] == 1
    assert body["records"] == 4
    assert id_of("hmrc", "1") not in orjson.dumps(body["regimes"]).decode(), "presence is not a concern"


async def test_on_an_earlier_date_a_risk_is_what_was_seen_by_then(shop: Api) -> None:
    body = await risk(shop, as_of="2024-06-01")
    assert (body["as_of"], body["band"]) == ("2024-06-01", "medium")
    assert [regime["regime"] for regime in body["regimes"]] == ["food"]
    assert (await risk(shop, as_of="2024-04-30"))["regimes"] == []


async def test_a_risk_of_one_regime_leaves_the_others_out(shop: Api) -> None:
    body = await risk(shop, regime="fire-safety")
    assert [regime["regime"] for regime in body["regimes"]] == ["fire-safety"]
    assert (await risk(shop, regime="housing"))["summary"] == "No live concern in what you may see."


async def test_the_course_shows_each_change_and_what_comes_next(shop: Api) -> None:
    body = await risk(shop, as_of=SEEN_BY)
    assert (body["course"][0]["on"], body["course"][0]["band"]) == ("2024-05-01", "medium")
    assert body["course"][0]["because"] == "Food: severity 3 of 4, seen on 1 May 2024."
    last = body["course"][-1]
    assert (last["band"], set(last["regimes"])) == (body["band"], {"food", "fire-safety"})
    assert body["next"]["because"] == "What was found has faded with time."
    assert body["next"]["on"] > SEEN_BY


async def test_a_risk_is_a_function_of_what_the_reader_sees(world: World, api: Api) -> None:
    await world.settle(THREE_AUDIENCES)
    await world.take(received("fire", "1", record(severity=2)))
    lone = business_id(id_of("fire", "1"))
    before = (await api.get(f"/v1/businesses/{lone}/risk", "fire")).content
    funnel = (await api.get("/v1/funnel", "fire")).content
    await world.take(received("council", "1", record(severity=4)), received("hmrc", "1", record(severity=4)))
    assert (await api.get(f"/v1/businesses/{lone}/risk", "fire")).content == before
    assert (await api.get("/v1/funnel", "fire")).content == funnel
    for path in (business_id(id_of("hmrc", "1")), NOWHERE):
        assert (await api.get(f"/v1/businesses/{path}/risk", "fire")).status_code == 404


async def test_a_date_before_anything_could_be_known_is_refused(shop: Api) -> None:
    for day in ("1999-12-31", "3000-01-01"):
        answer = await shop.get(f"/v1/businesses/{NOWHERE}/risk?as_of={day}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.as_of")
    (last, *_) = (await shop.get("/v1/businesses")).json()["businesses"]
    assert (await shop.get(f"/v1/businesses/{last['business_id']}/risk?as_of=2999-12-31")).status_code == 200


@pytest.fixture
async def street(world: World, api: Api) -> Api:
    """Six shops: two with concerns in three regimes, one in two, one in one, two without."""
    await world.settle(ALL_SHARE)
    shops = (("council", "fire", "hmrc"), ("council", "fire", "hmrc"), ("council", "fire"), ("council",), (), ())
    for number, agencies in enumerate(shops, start=1):
        where = {"number": 10 * number, "postcode": f"UB{1 + number % 2} {number}AA"}
        name = ("Golden Dragon", "Blue Door", "Razor Sharp", "Corner Chippy", "Tyre Town", "Care Home")[number - 1]
        await world.take(
            received("council", f"p{number}", record(name, **where)),
            *(
                received(agency, str(number), record(name, severity=number, observed_on=clock.today(), **where))
                for agency in agencies
            ),
        )
    return api


async def test_the_funnel_narrows_step_by_step_and_every_step_opens(street: Api) -> None:
    body = (await street.get("/v1/funnel")).json()
    assert [step["value"] for step in body["steps"]] == [6, 3, 2, 2]
    for step in body["steps"]:
        listed = (await street.get(step["list"])).json()["businesses"]
        assert len(listed) == step["value"]
    assert [(entry["rank"], entry["name"]) for entry in body["top"]] == [(1, "Blue Door"), (2, "Golden Dragon")]
    for entry in body["top"]:
        assert len(entry["reasons"]) == 3
        assert all(reason.endswith(".") for reason in entry["reasons"])
        assert (await street.get(entry["risk"])).json()["score"] == entry["score"]


async def test_the_cut_offs_of_the_funnel_can_be_changed(street: Api) -> None:
    body = (await street.get("/v1/funnel?wide=1&narrow=2&top=1")).json()
    assert [step["value"] for step in body["steps"]] == [6, 4, 3, 1]
    assert [entry["name"] for entry in body["top"]] == ["Blue Door"]
    here = (await street.get("/v1/funnel?area=UB2")).json()
    assert [step["value"] for step in here["steps"]] == [3, 2, 1, 1]
    assert all(parse_qs(urlsplit(step["list"]).query)["area"] == ["UB2"] for step in here["steps"])
    refused = await street.get("/v1/funnel?wide=3&narrow=2")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "query.narrow")


@pytest.mark.parametrize("path", ["/v1/funnel", "/v1/statistics"])
async def test_a_comparison_too_small_to_rely_on_says_so(street: Api, path: str) -> None:
    body = (await street.get(path)).json()
    assert {entry["agency"]: entry["businesses"] for entry in body["coverage"]} == {"council": 6, "fire": 3, "hmrc": 2}
    assert body["warnings"][0].startswith("council has records of only 6 businesses here")
    for entry in body["coverage"]:
        assert len((await street.get(entry["list"])).json()["businesses"]) == entry["businesses"]


async def test_statistics_can_be_of_one_area_and_their_lists_are_too(street: Api) -> None:
    body = (await street.get("/v1/statistics?area=UB2")).json()
    assert (body["businesses"]["value"], body["concerns_in_two_or_more_regimes"]["value"]) == (3, 2)
    listed = (await street.get(body["concerns_in_two_or_more_regimes"]["list"])).json()["businesses"]
    assert len(listed) == 2


async def test_the_policy_of_a_date_is_given_as_data(shop: Api) -> None:
    body = (await shop.get("/v1/risk-policy?on=2020-01-01")).json()
    shipped = default_policies().in_force(date(2020, 1, 1))
    assert (body["version"], body["half_life_days"], body["in_force_until"]) == (shipped.version, 365, None)
    assert [band["band"] for band in body["bands"]] == ["high", "high", "medium", "medium", "low"]
    assert body["persistence"]["within_days"] == shipped.persistence.within_days


def under(world: World, **changes: Any) -> date:
    """The world under a policy that comes into force on the day that is returned."""
    (first,) = default_policies().by_date
    begins = clock.today() + timedelta(days=1)
    later = replace(first, version="risk-2", in_force_from=begins, **changes)
    world.resolver = Resolver(Shelf(RiskPolicies((first, later))))
    return begins


async def told(world: World) -> list[str]:
    return [event["data"]["business_id"] for event in await world.events()]


async def test_a_new_policy_that_moves_scores_but_no_band_tells_nobody_anything(street: Api, world: World) -> None:
    before = {row["business_id"]: (row["score"], row["band"]) for row in await world.shown("hmrc")}
    await world.forget_events()
    await world.settle(ALL_SHARE, under(world, half_life=360.0))
    after = {row["business_id"]: (row["score"], row["band"]) for row in await world.shown("hmrc")}
    assert {id_: band for id_, (_, band) in after.items()} == {id_: band for id_, (_, band) in before.items()}
    assert sum(after[id_] != before[id_] for id_ in before) == 4, "every business with a concern has another score"
    assert await told(world) == []


async def test_a_new_policy_tells_only_of_businesses_whose_band_it_changes(street: Api, world: World) -> None:
    (first,) = default_policies().by_date
    worse = tuple(replace(rule, regimes=4) if rule.regimes == 3 else rule for rule in first.bands)
    before = {row["business_id"]: row["band"] for row in await world.shown("hmrc")}
    await world.forget_events()
    await world.settle(ALL_SHARE, under(world, bands=worse))
    after = {row["business_id"]: row["band"] for row in await world.shown("hmrc")}
    changed = sorted(id_ for id_ in before if before[id_] != after[id_])
    assert len(changed) == 2
    assert sorted(await told(world)) == changed
    await world.forget_events()
    await world.settle(ALL_SHARE, under(world, bands=worse))
    assert await told(world) == [], "once is enough"


async def test_a_retracted_concern_is_gone_from_the_course(shop: Api, world: World) -> None:
    await world.take(retracted("council", "1"))
    assert [point["regimes"] for point in (await risk(shop, as_of=SEEN_BY))["course"]] == [["fire-safety"]]

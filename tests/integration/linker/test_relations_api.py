"""Relations, networks, findings, gaps and exports as three agencies would ask for them."""

import csv
import io
from dataclasses import replace
from typing import Any

import orjson
import pytest

from services.linker.domain.model import Model, default_model
from services.linker.handlers.relating import MOST_PER_VALUE
from shared.contracts.identifiers import business_id
from shared.contracts.record import Person
from tests.integration.linker.patterns import AMIR, MOBILE, closed_shop, find, shop
from tests.integration.linker.test_api import Api, api
from tests.integration.linker.world import THREE_AUDIENCES, World, id_of, received, retracted

__all__ = ["api"]  # the fixture

NOWHERE = "biz_" + "a" * 20


@pytest.fixture
async def filled(world: World, api: Api) -> Api:
    """hmrc sees all; council sees fire's and its own; fire its own."""
    await world.settle(THREE_AUDIENCES)
    return api


def of(agency: str, ref: str) -> str:
    """The id of the business that is this record alone."""
    return business_id(id_of(agency, ref))


async def body(api: Api, path: str, agency: str = "hmrc") -> Any:
    answer = await api.get(path, agency)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_two_takeaways_on_one_mobile_are_two_businesses_and_related(filled: Api, world: World) -> None:
    await world.take(
        received("council", "1", shop("Golden Chicken", phones=(MOBILE,))),
        received("fire", "2", shop("Pizza Palace", "240 Park Lane", phones=(MOBILE,))),
    )
    assert len(await world.groups("hmrc")) == 2
    found = await body(filled, f"/v1/businesses/{of('council', '1')}/relations")
    (relation,) = found["relations"]
    assert (relation["type"], relation["values"]) == ("phone", ["07700 900123"])
    assert relation["business"]["business_id"] == of("fire", "2")
    assert sorted(relation["records"]) == sorted([id_of("council", "1"), id_of("fire", "2")])
    assert relation["sentence"] == "Both give the telephone number 07700 900123."


async def test_a_switchboard_relates_nobody(filled: Api, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.take(
        received("council", "1", shop("Golden Chicken", phones=(MOBILE,))),
        received("fire", "2", shop("Pizza Palace", "240 Park Lane", phones=(MOBILE,))),
    )

    async def with_hub(_connection: Any) -> Model:
        return replace(default_model(), hubs=frozenset({"phone:447700900123"}))

    monkeypatch.setattr(filled.desk, "model", with_hub)
    for path in ("relations", "network"):
        found = await body(filled, f"/v1/businesses/{of('council', '1')}/{path}")
        assert not found.get("relations")
        assert len(found.get("nodes", [0])) == 1


async def test_what_is_shared_with_a_hidden_business_is_not_told(filled: Api, world: World) -> None:
    await world.take(
        received("fire", "2", shop("Pizza Palace", "240 Park Lane", phones=(MOBILE,))),
        received("hmrc", "1", shop("Golden Chicken", phones=(MOBILE,))),
    )
    for agency in ("fire", "council"):
        found = await body(filled, f"/v1/businesses/{of('fire', '2')}/relations", agency)
        assert (found["relations"], found["widely_shared"]) == ([], [])
        assert (await filled.get(f"/v1/businesses/{of('hmrc', '1')}/relations", agency)).status_code == 404
        path = await filled.get(f"/v1/network/path?from={of('fire', '2')}&to={of('hmrc', '1')}", agency)
        assert path.status_code == 404


async def test_the_six_properties_of_one_landlord(filled: Api, world: World) -> None:
    landlord = Person(name="Broadway Estates Ltd", role="Landlord")
    streets = ("Shenley Road", "Theobald Street", "Allum Lane", "Manor Way", "Furzehill Road", "Drayton Road")
    await world.take(
        *(
            received("council", str(n), shop(f"Shop {n}", f"{n} {street}", postcode="WD6 1AA", people=(landlord,)))
            for n, street in enumerate(streets)
        )
    )
    found = await body(filled, f"/v1/businesses/{of('council', '0')}/relations")
    assert [relation["type"] for relation in found["relations"]] == ["landlord"] * 5
    assert {relation["business"]["name"] for relation in found["relations"]} == {f"Shop {n}" for n in range(1, 6)}
    shown = await body(filled, f"/v1/businesses/{of('council', '0')}")
    assert shown["members"][0]["people"][0] == {
        "name": "Broadway Estates Ltd", "role": "Landlord", "date_of_birth": None, "since": None, "until": None,
    }  # fmt: skip


async def test_successive_and_overlapping_occupiers(filled: Api, world: World) -> None:
    await world.take(
        received("council", "1", closed_shop("Golden Chicken", seen="2025-02-01")),
        received("fire", "2", shop("Pizza Palace", seen="2025-06-12")),
        received("fire", "3", shop("Nail Bar", seen="2025-01-05")),
        received("hmrc", "4", shop("Nail Bar", seen="2025-12-05")),
    )
    nail_bar = (await body(filled, "/v1/businesses?agency=hmrc"))["businesses"][0]["business_id"]
    found = await body(filled, f"/v1/businesses/{of('fire', '2')}/relations")
    assert {r["business"]["business_id"]: r["tenure"] for r in found["relations"]} == {
        of("council", "1"): "successive",
        nail_bar: "overlapping",
    }


_NAMES = """anvil basket candle dahlia ember falcon garnet harbour iris jigsaw kettle lantern marigold nectar orchid
pepper quarry ribbon saffron thistle umber violet walnut yarrow zephyr acorn bramble cobalt denim emerald fennel"""
NAMES = _NAMES.split()


async def test_a_value_that_many_share_relates_none_of_them_and_opens_to_their_list(filled: Api, world: World) -> None:
    kiosks = [
        shop(
            name.title(), f"{3 * n + 1} {street} Road", postcode=f"UB{n % 9 + 1} 1A{chr(65 + n % 26)}", phones=(MOBILE,)
        )
        for n, (name, street) in enumerate(zip(NAMES, reversed(NAMES), strict=True))
    ]
    await world.take(*(received("council", str(n), kiosk) for n, kiosk in enumerate(kiosks)))
    shops = sorted(await world.businesses("hmrc"))
    assert len(shops) > MOST_PER_VALUE
    found = await body(filled, f"/v1/businesses/{shops[0]}/relations")
    assert [relation for relation in found["relations"] if relation["type"] == "phone"] == []
    (widely,) = found["widely_shared"]
    assert widely["businesses"] == len(shops)
    listed = (await body(filled, f"{widely['list']}&limit=200"))["businesses"]
    assert sorted(one["business_id"] for one in listed) == shops
    assert (await body(filled, widely["list"], "fire"))["businesses"] == [], "who sees none of them"
    council = await body(filled, f"/v1/businesses/{shops[0]}/relations", "council")
    await world.take(received("hmrc", "0", shop("Hidden House", "91 Far Lane", phones=(MOBILE,))))
    assert await body(filled, f"/v1/businesses/{shops[0]}/relations", "council") == council
    assert await body(filled, f"/v1/businesses/{shops[0]}/relations") != found
    await world.take(retracted("hmrc", "0"))
    network = await body(filled, f"/v1/businesses/{shops[0]}/network")
    assert len(network["nodes"]) == 1
    assert not network["complete"]
    assert network["limits"] == [f"07700 900123 was not followed: {len(shops)} businesses that you may see give it."]


async def chain(world: World, length: int) -> None:
    """Each shares a telephone with the next."""
    numbers = [f"+4477009001{n:02}" for n in range(length + 1)]
    lanes = ("Abbey", "Birch", "Cedar", "Dale", "Elm", "Fir", "Gorse")
    shops = [
        shop(f"{lane} Stores", f"{n + 1} {lane} Road", phones=tuple(numbers[n : n + 2]))
        for n, lane in enumerate(lanes[:length])
    ]
    await world.take(*(received("council", str(n), what) for n, what in enumerate(shops)))


async def test_a_network_of_three_degrees_with_a_cap(filled: Api, world: World) -> None:
    await chain(world, 6)
    shops = [of("council", str(n)) for n in range(6)]
    whole = await body(filled, f"/v1/businesses/{shops[0]}/network?degrees=3")
    assert {node["business"]["business_id"]: node["degree"] for node in whole["nodes"]} == dict(
        zip(shops, range(4), strict=False)
    )
    assert whole["nodes"][3]["path"] == shops[:4]
    assert len(whole["edges"]) == 3
    assert whole["complete"]
    capped = await body(filled, f"/v1/businesses/{shops[0]}/network?degrees=3&limit=2")
    assert len(capped["nodes"]) == 2
    assert not capped["complete"]
    assert capped["limits"] == ["The nearest 2 businesses are shown; there are more."]
    assert (await filled.get(f"/v1/businesses/{shops[0]}/network?degrees=4")).status_code == 422


async def test_the_path_between_two_businesses_says_each_step(filled: Api, world: World) -> None:
    await chain(world, 6)
    shops = [of("council", str(n)) for n in range(6)]
    found = await body(filled, f"/v1/network/path?from={shops[1]}&to={shops[3]}")
    assert [node["business_id"] for node in found["nodes"]] == shops[1:4]
    assert [edge["type"] for edge in found["edges"]] == ["phone", "phone"]
    assert found["summary"] == "Birch Stores and Dale Stores are 2 relations apart."
    near = await body(filled, f"/v1/network/path?from={shops[1]}&to={shops[2]}")
    assert near["summary"] == "Birch Stores and Cedar Stores are directly related."
    itself = await body(filled, f"/v1/network/path?from={shops[1]}&to={shops[1]}")
    assert itself["summary"] == "Birch Stores is asked about twice: one business."
    far = await body(filled, f"/v1/network/path?from={shops[0]}&to={shops[5]}")
    assert (far["nodes"], far["summary"]) == ([], "No chain of up to 3 relations was found.")


async def test_findings_open_to_their_records_and_their_rule(filled: Api, world: World) -> None:
    await world.take(
        received("council", "1", shop(severity=3, seen="2025-11-01")),
        received("fire", "1", shop(severity=2, seen="2026-01-10")),
    )
    await find(world)
    (summary,) = (await body(filled, "/v1/findings"))["findings"]
    assert (summary["type"], summary["since"], summary["records"]) == ("multi_regime", "2026-01-10", 2)
    found = await body(filled, summary["opens_at"])
    assert [cited["agency"] for cited in found["cited"]] == ["council", "fire"]
    assert found["rule"]["text"] == "A business with live concerns in at least 2 regimes."
    assert {cited["business_id"] for cited in found["cited"]} == set(found["business_ids"])
    rules = await body(filled, "/v1/finding-rules")
    assert found["rule"] in rules["rules"]
    assert rules["status"] == "review needed"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("type=multi_regime", 1),
        ("type=network&type=shared_landlord", 0),
        ("area=UB1", 1),
        ("area=ub", 1),
        ("area=W", 1),
        ("area=W5", 1),
    ],
)
async def test_findings_can_be_narrowed(filled: Api, world: World, query: str, count: int) -> None:
    both = {"people": (AMIR,), "phones": (MOBILE,)}
    await world.take(
        received("council", "1", shop(severity=3)),
        received("fire", "1", shop(severity=3)),
        received("fire", "2", closed_shop("Spice Hut", "9 High Road", postcode="W5 2BY", seen="2025-03-01", **both)),
        received("fire", "3", shop("Curry Corner", "240 Park Lane", postcode="W5 3NU", seen="2025-06-01", **both)),
    )
    await find(world)
    found = (await body(filled, f"/v1/findings?{query}"))["findings"]
    assert len(found) == count
    if not query:
        paged = await body(filled, "/v1/findings?limit=1")
        rest = await body(filled, f"/v1/findings?limit=1&cursor={paged['next']}")
        assert [*paged["findings"], *rest["findings"]] == found
        assert rest["next"] is None
        of_business = await body(filled, f"/v1/findings?business={of('fire', '2')}")
        assert [f["type"] for f in of_business["findings"]] == ["phoenix"]


async def test_a_finding_of_another_audience_is_not_there(filled: Api, world: World) -> None:
    await world.take(received("council", "1", shop(severity=3)), received("hmrc", "1", shop(severity=3)))
    await find(world)
    (summary,) = (await body(filled, "/v1/findings"))["findings"]
    for agency in ("council", "fire"):
        assert (await body(filled, "/v1/findings", agency))["findings"] == []
        assert (await filled.get(f"/v1/findings/{summary['finding_id']}", agency)).status_code == 404


async def test_gaps_are_told_only_of_agencies_whose_records_one_may_see(filled: Api, world: World) -> None:
    await world.take(
        received("council", "1", shop("Golden Chicken", seen="2026-01-10")),
        received("council", "2", shop("Pizza Palace", "240 Park Lane", seen="2020-01-10")),
        received("fire", "1", shop("Golden Chicken")),
    )
    gap = await body(filled, "/v1/gaps?known_to=council&not_to=fire")
    assert [business["name"] for business in gap["businesses"]] == ["Pizza Palace"]
    assert "that you may see" in gap["caution"]
    nobody = await body(filled, "/v1/gaps?known_to=council&not_to=hmrc", "council")
    assert nobody["businesses"] == []
    assert "cannot be told" in nobody["caution"]
    assert nobody["caution"] == (await body(filled, "/v1/gaps?known_to=council&not_to=never", "council"))["caution"]


async def test_gaps_by_regime_and_of_those_still_trading(filled: Api, world: World) -> None:
    await world.take(
        received("council", "1", shop("Golden Chicken", seen="2026-01-10")),
        received("fire", "1", shop("Golden Chicken")),
        received("council", "2", shop("Pizza Palace", "240 Park Lane", seen="2020-01-10", sector="Takeaway")),
    )

    async def names(query: str) -> set[str]:
        page = await body(filled, f"/v1/gaps?known_to=council&not_to=fire&{query}")
        return {business["name"] for business in page["businesses"]}

    assert await names("not_regime=licensing") == {"Golden Chicken", "Pizza Palace"}
    assert await names("not_regime=fire-safety") == {"Pizza Palace"}
    assert await names("regime=food") == {"Pizza Palace"}
    assert await names("regime=tax") == set()
    assert await names("seen_since=2025-01-01") == set()
    assert await names("area=W5") == set()
    assert await names("sector=takeaways") == {"Pizza Palace"}
    assert await names("sector=school") == set()


async def test_the_list_as_csv_is_that_of_the_audience_and_runs_no_formula(filled: Api, world: World) -> None:
    await world.take(
        received("council", "1", shop("\uff1dHYPERLINK(1)", severity=3)),
        received("hmrc", "2", shop("Pizza Palace", "240 Park Lane")),
    )
    answer = await filled.get("/v1/exports/businesses.csv", "council")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="businesses.csv"'
    assert [row["name"] for row in rows] == ["'\uff1dHYPERLINK(1)"]
    assert [rows[0][column] for column in ("records", "agencies", "regimes")] == ["1", "council", "food"]
    narrowed = await filled.get("/v1/exports/businesses.csv?band=high")
    assert list(csv.DictReader(io.StringIO(narrowed.text))) == []


@pytest.mark.parametrize("path", ["/v1/exports/businesses.csv", "/v1/exports/businesses.ftm.json", "/v1/graph"])
async def test_what_is_taken_away_is_sent_again_only_once_it_has_changed(filled: Api, world: World, path: str) -> None:
    shown, hidden = received("council", "1", shop("Golden Chicken")), received("hmrc", "2", shop("Pizza Palace"))
    await world.take(shown)
    tag = (await filled.get(path, "council")).headers["etag"]
    asked = {"If-None-Match": tag}
    await world.take(hidden)
    again = await filled.get(path, "council", headers=asked)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), (
        "what is hidden changes nothing"
    )
    assert (await filled.get(path, "hmrc", headers=asked)).status_code == 200
    await world.take(received("council", "1", shop("Golden Chicken", phones=(MOBILE,)), version=2))
    changed = await filled.get(path, "council", headers=asked)
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


async def test_the_list_as_follow_the_money_holds_businesses_people_and_addresses(filled: Api, world: World) -> None:
    await world.take(
        received("council", "1", shop(people=(AMIR,))),
        received("hmrc", "2", shop("Pizza Palace", "240 Park Lane")),
    )
    answer = await filled.get("/v1/exports/businesses.ftm.json", "council")
    found = [orjson.loads(line) for line in answer.text.splitlines()]
    assert sorted(entity["schema"] for entity in found) == ["Address", "Organization", "Person", "UnknownLink"]
    assert found[0]["id"] == of("council", "1").replace("_", "-")


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/businesses/{NOWHERE}/relations",
        f"/v1/businesses/{NOWHERE}/network",
        f"/v1/network/path?from={NOWHERE}&to={NOWHERE}",
        f"/v1/findings/fnd_{'a' * 20}",
    ],
)
async def test_what_is_not_there_is_not_found(filled: Api, path: str) -> None:
    assert (await filled.get(path)).status_code == 404


async def test_an_unchanged_answer_is_not_sent_again(filled: Api, world: World) -> None:
    await world.take(received("council", "1", shop(severity=3)))
    for path in (
        "/v1/findings",
        "/v1/finding-rules",
        "/v1/gaps?known_to=council&not_to=fire",
        f"/v1/businesses/{of('council', '1')}/network",
    ):
        tag = (await filled.get(path)).headers["etag"]
        assert (await filled.get(path, headers={"If-None-Match": tag})).status_code == 304

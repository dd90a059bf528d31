import asyncio
import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from services.linker import bootstrap
from services.linker.api import Desk
from services.linker.settings import LinkerSettings
from shared.contracts.identifiers import business_id
from shared.runtime.web import OWNERS_HEADER
from shared.sharing import Partnership
from tests.integration.linker.world import (
    THREE_AUDIENCES,
    World,
    id_of,
    partnership,
    received,
    record,
    retracted,
)
from tests.support.tokens import Issuer

NOWHERE = "biz_" + "a" * 20
ROUTES = (
    *("/v1/businesses", f"/v1/businesses/{NOWHERE}", f"/v1/businesses/{NOWHERE}/why", "/v1/statistics", "/v1/graph"),
    *("/v1/search?q=shop", f"/v1/businesses/{NOWHERE}/risk", "/v1/funnel"),
)
READERS = {"analyst", "tasking_chair", "officer", "agency_system"}
EXPORTERS = {"analyst", "tasking_chair", "operator"}
EVERY_ROLE = {*READERS, *EXPORTERS, "information_governance", "agency_admin", "auditor"}


class Api:
    """The application as three agencies would call it."""

    def __init__(self, client: httpx.AsyncClient, issuer: Issuer, settings: LinkerSettings, desk: Desk) -> None:
        self.settings = settings
        self.desk = desk
        self._client = client
        self._issuer = issuer

    async def get(self, path: str, agency: str = "hmrc", roles: tuple[str, ...] = ("analyst",), **more: Any) -> Any:
        headers = self._issuer.headers(agency, roles, **more.pop("claims", {})) | more.pop("headers", {})
        return await self._client.get(path, headers=headers, **more)

    async def post(
        self, path: str, body: Any, agency: str = "hmrc", roles: tuple[str, ...] = ("analyst",), **more: Any
    ) -> Any:
        headers = self._issuer.headers(agency, roles, **more.pop("claims", {}))
        return await self._client.post(path, json=body, headers=headers)

    async def bare(self, path: str) -> httpx.Response:
        return await self._client.get(path)


@pytest.fixture
async def api(world: World, url: str, tmp_path: Path) -> AsyncIterator[Api]:
    issuer = Issuer(tmp_path)
    rules = tmp_path / "partnership.yaml"
    rules.write_text(as_yaml(THREE_AUDIENCES))
    settings = LinkerSettings(
        database_url=url,
        log_url=f"embedded://{tmp_path}/log.db",
        keys_url=f"sqlite:///{tmp_path}/keys.db",
        partnership_file=rules,
        auth_jwks=str(issuer.jwks_path),
    )
    app = bootstrap.api(settings)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://linker") as client:
        yield Api(client, issuer, settings, app.state.desk)
    await app.state.desk.database.close()


def as_yaml(rules: Partnership) -> str:
    return rules.model_dump_json(by_alias=True)


@pytest.fixture
async def filled(world: World, api: Api) -> Api:
    await world.settle(THREE_AUDIENCES)
    await world.take(
        received("council", "1", record("Chicken Shop", severity=3)),
        received("fire", "1", record("The Chicken Shop", severity=2)),
        received("hmrc", "1", record("Chicken Shop Ltd")),
        received("hmrc", "2", record("Southall Tyres", 240, postcode="UB2 4XX")),
        received("council", "3", record("Café Zoë", 9, postcode="W5 2BY", severity=1)),
    )
    return api


async def ids(api: Api, query: str = "", agency: str = "hmrc") -> list[str]:
    page = (await api.get(f"/v1/businesses?{query}", agency)).json()
    return [business["name"] for business in page["businesses"]]


async def test_the_most_worrying_businesses_come_first(filled: Api) -> None:
    assert await ids(filled) == ["Chicken Shop", "Café Zoë", "Southall Tyres"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("band=high", ["Chicken Shop"]),
        ("band=low&band=high", ["Chicken Shop", "Café Zoë"]),
        ("regime=food", ["Chicken Shop", "Café Zoë"]),
        ("regime=tax", []),
        ("area=UB2", ["Southall Tyres"]),
        ("area=ub", ["Chicken Shop", "Southall Tyres"]),
        ("area=U", []),
        ("agency=fire", ["Chicken Shop"]),
        ("min_agencies=2", ["Chicken Shop"]),
        ("min_regimes=1", ["Chicken Shop", "Café Zoë"]),
        ("sector=takeaway", []),
    ],
)
async def test_businesses_can_be_narrowed(filled: Api, query: str, expected: list[str]) -> None:
    assert await ids(filled, query) == expected


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_pages_follow_each_other_without_gap_or_repeat(filled: Api, world: World, limit: int) -> None:
    """Some of the businesses are as worrying as each other."""
    more = ("Razor Sharp Barbers", "Southall Tyres", "Star Nails", "Blue Door Cafe", "Queen Kitchens")
    await world.take(
        *(received("hmrc", f"p{n}", record(name, 90 + 2 * n, severity=n % 2 or None)) for n, name in enumerate(more))
    )
    seen, cursor = [], ""
    while cursor is not None:
        page = (await filled.get(f"/v1/businesses?limit={limit}{cursor and '&cursor=' + cursor}")).json()
        seen += [business["name"] for business in page["businesses"]]
        cursor = page["next"]
    assert seen == await ids(filled)


@pytest.mark.parametrize("cursor", ["x", "MQ==", "eCB5", "MSBiaXo_Jw==", "é"])
async def test_a_cursor_that_was_never_given_out_is_refused(filled: Api, cursor: str) -> None:
    answer = await filled.get(f"/v1/businesses?cursor={cursor}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "query.cursor"


async def test_the_gateway_is_told_whose_visible_records_an_answer_holds(filled: Api) -> None:
    for agency, owners in (("hmrc", "council fire hmrc"), ("council", "council fire")):
        listed = await filled.get("/v1/businesses", agency)
        (shop,) = (await filled.get("/v1/search?q=chicken", agency)).json()["businesses"]
        opened = await filled.get(f"/v1/businesses/{shop['business_id']}", agency)
        assert {listed.headers[OWNERS_HEADER], opened.headers[OWNERS_HEADER]} == {owners}
        held = await filled.get("/v1/businesses", agency, headers={"If-None-Match": listed.headers["etag"]})
        assert (held.status_code, held.headers[OWNERS_HEADER]) == (304, owners)
    nothing = await filled.get("/v1/search?q=zzzz", "council")
    assert OWNERS_HEADER not in nothing.headers


async def test_a_business_opens_to_its_visible_records_and_reasons(filled: Api) -> None:
    (shop,) = (await filled.get("/v1/search?q=chicken", "council")).json()["businesses"]
    body = (await filled.get(f"/v1/businesses/{shop['business_id']}", "council")).json()
    assert {member["agency"] for member in body["members"]} == {"council", "fire"}
    assert {member["source_ref"] for member in body["members"]} == {"1"}
    assert body["members"][0]["address"] == "12 The Broadway, Southall, UB1 1AA"
    assert {member["law"] for member in body["members"]} == {"uk_gdpr"}
    assert [concern["regime"] for concern in body["risk"]["regimes"]] == ["food", "fire-safety"]
    assert body["risk"]["regimes"][0]["records"] == [id_of("council", "1")]
    assert "hmrc" not in orjson.dumps(body).decode()


async def test_each_record_says_whether_it_may_be_passed_on(filled: Api) -> None:
    (shop,) = (await filled.get("/v1/search?q=chicken", "council")).json()["businesses"]
    rules = filled.settings.partnership_file
    for ban in (False, True):
        body = (await filled.get(f"/v1/businesses/{shop['business_id']}", "council")).json()
        said = {member["agency"]: member["no_onward_sharing"] for member in body["members"]}
        assert said == {"council": False, "fire": ban}
        banned = '"conditions":[{"kind":"no_onward_sharing","source":"s1"}]'
        rules.write_text(rules.read_text().replace('"conditions":[]', banned))


async def test_what_is_taken_away_says_whose_consent_it_takes_to_pass_it_on(filled: Api) -> None:
    rules, tags = filled.settings.partnership_file, set()
    for consent in ("", "fire"):
        table = await filled.get("/v1/exports/businesses.csv", "council")
        said = {row["name"]: row for row in csv.DictReader(io.StringIO(table.text))}
        assert said["Chicken Shop"]["not_to_be_passed_on_without_consent_of"] == consent
        entities = (await filled.get("/v1/exports/businesses.ftm.json", "council")).text
        assert entities.count("without the consent of fire.") == bool(consent)
        tags.add(table.headers["etag"])
        rules.write_text(
            rules.read_text().replace('"conditions":[]', '"conditions":[{"kind":"no_onward_sharing","source":"s1"}]')
        )
    assert len(tags) == 2


async def test_why_says_in_sentences_what_joins_the_visible_records(filled: Api) -> None:
    (shop,) = (await filled.get("/v1/search?q=chicken", "council")).json()["businesses"]
    body = (await filled.get(f"/v1/businesses/{shop['business_id']}/why", "council")).json()
    (link,) = body["links"]
    assert {link["a"], link["b"]} == {id_of("council", "1"), id_of("fire", "1")}
    assert link["links"]
    assert link["weight"] >= body["threshold"]
    assert link["weight"] == pytest.approx(sum(step["bits"] for step in link["waterfall"]))
    assert all(step["sentence"].endswith(".") for step in link["waterfall"])
    assert "enough to call them one business" in link["summary"]


async def test_why_of_one_record_says_that_there_is_nothing_to_link(filled: Api) -> None:
    lone = business_id(id_of("fire", "1"))
    body = (await filled.get(f"/v1/businesses/{lone}/why", "fire")).json()
    assert (body["links"], body["summary"]) == ([], "One record, so there is nothing to link.")


async def test_what_is_not_visible_is_not_there(filled: Api) -> None:
    tyres = business_id(id_of("hmrc", "2"))
    for path in (f"/v1/businesses/{tyres}", f"/v1/businesses/{tyres}/why"):
        assert (await filled.get(path, "hmrc")).status_code == 200
        hidden, absent = await filled.get(path, "fire"), await filled.get(path.replace(tyres, NOWHERE), "fire")
        assert hidden.status_code == absent.status_code == 404
        assert {**hidden.json(), "instance": ""} == {**absent.json(), "instance": ""}


ANCHOR = min((f"c{number}" for number in range(100)), key=lambda ref: id_of("council", ref))


async def test_the_id_of_a_merged_business_leads_to_where_its_records_are(filled: Api, world: World) -> None:
    old = business_id(min(id_of(agency, "1") for agency in ("council", "fire", "hmrc")))
    new = business_id(id_of("council", ANCHOR))
    await world.take(received("council", ANCHOR, record()))
    for rest in ("", "/why"):
        answer = await filled.get(f"/v1/businesses/{old}{rest}")
        assert (answer.status_code, answer.headers["location"]) == (308, f"/v1/businesses/{new}{rest}")
    own = business_id(id_of("fire", "1"))
    assert (await filled.get(f"/v1/businesses/{own}", "fire")).status_code == 200


async def test_the_id_of_a_split_business_says_into_which(filled: Api, world: World) -> None:
    await world.take(received("council", ANCHOR, record()))
    moved = received("hmrc", "1", record("Golden Dragon", 77, postcode="UB5 5ZZ"), version=2)
    await world.take(retracted("council", ANCHOR), moved)
    answer = await filled.get(f"/v1/businesses/{business_id(id_of('council', ANCHOR))}")
    parts = {business_id(min(id_of("council", "1"), id_of("fire", "1"))), business_id(id_of("hmrc", "1"))}
    assert answer.status_code == 410
    assert all(part in answer.json()["detail"] for part in parts)


async def test_the_id_of_a_withdrawn_business_tells_nothing(filled: Api, world: World) -> None:
    await world.take(retracted("hmrc", "2"))
    assert (await filled.get(f"/v1/businesses/{business_id(id_of('hmrc', '2'))}")).status_code == 404


_NO_FIGURE = {"as_of", "coverage", "warnings"}


async def test_statistics_carry_definition_and_the_list_behind_each(filled: Api) -> None:
    body = (await filled.get("/v1/statistics")).json()
    figures = {name: figure["value"] for name, figure in body.items() if name not in _NO_FIGURE}
    assert figures == {
        "records": 5,
        "businesses": 3,
        "known_to_two_or_more": 1,
        "known_to_three_or_more": 1,
        "concerns_in_two_or_more_regimes": 1,
        "concerns_in_three_or_more_regimes": 0,
    }
    for name, figure in body.items():
        if name not in {*_NO_FIGURE, "records"}:
            listed = (await filled.get(figure["list"])).json()["businesses"]
            assert len(listed) == figure["value"], name
            assert figure["definition"].endswith(".")


async def test_the_graph_is_exported_line_by_line(filled: Api, world: World) -> None:
    answer = await filled.get("/v1/graph", "council", ("operator",))
    lines = [orjson.loads(line) for line in answer.text.splitlines()]
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert {frozenset(line) for line in lines} == {frozenset({"feed", "source_ref", "record_id", "business_id"})}
    found: dict[str, set[str]] = {}
    for line in lines:
        found.setdefault(line["business_id"], set()).add(line["record_id"])
    assert found == {id_: set(records) for id_, records in (await world.businesses("council")).items()}


async def test_what_the_caller_holds_is_not_sent_again(filled: Api) -> None:
    first = await filled.get("/v1/statistics")
    again = await filled.get("/v1/statistics", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ROUTES)
async def test_a_caller_without_a_token_is_turned_away(api: Api, path: str) -> None:
    assert (await api.bare(path)).status_code == 401


@pytest.mark.parametrize("path", ROUTES)
async def test_only_the_roles_of_a_route_may_call_it(filled: Api, path: str) -> None:
    allowed = EXPORTERS if path == "/v1/graph" else READERS
    for role in EVERY_ROLE:
        refused = (await filled.get(path, "hmrc", (role,))).status_code == 403
        assert refused == (role not in allowed), role


@pytest.mark.parametrize("path", ROUTES)
async def test_an_agency_outside_the_partnership_is_refused(filled: Api, path: str) -> None:
    answer = await filled.get(path, "somebody-else")
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")


@pytest.mark.parametrize("path", ROUTES)
async def test_a_view_that_is_still_being_worked_out_is_not_answered_in_part(api: Api, path: str) -> None:
    answer = await api.get(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


async def test_worlds_that_differ_in_hidden_records_answer_fire_alike(filled: Api, world: World) -> None:
    paths = ("/v1/businesses", "/v1/statistics", "/v1/graph", f"/v1/businesses/{business_id(id_of('fire', '1'))}/why")
    before = [(await filled.get(path, "fire")).content for path in paths]
    await world.take(received("council", "8", record(severity=4)), retracted("hmrc", "1"))
    assert [(await filled.get(path, "fire")).content for path in paths] == before


@pytest.mark.parametrize("path", ROUTES)
async def test_a_view_is_given_for_the_purpose_that_it_was_worked_out_for_and_for_no_other(
    filled: Api, path: str
) -> None:
    assert (await filled.get(path, claims={"purpose": "compliance"})).status_code in (200, 404)
    refused = await filled.get(path, claims={"purpose": "curiosity"})
    assert refused.status_code == 403
    assert "no power to share with your agency is written by" in refused.json()["detail"]
    assert "curiosity" not in refused.text


async def test_whoever_is_no_partner_is_told_of_no_partner(filled: Api) -> None:
    refused = await filled.get("/v1/businesses", "stranger", claims={"purpose": "curiosity"})
    assert (refused.status_code, refused.json()["detail"]) == (403, "Your agency is not in this partnership.")


async def test_a_change_of_the_rules_is_a_change_of_what_is_answered(
    filled: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once for who may ask, and after a moment for what there is: the consumer follows the file too."""
    monkeypatch.setattr(bootstrap, "_LOOK_AGAIN_SECONDS", 0.2)
    stop = asyncio.Event()
    consuming = asyncio.create_task(bootstrap.consume(filled.settings)(stop))
    await asyncio.sleep(1)  # it has read the rules as they were
    seen = (await filled.get("/v1/statistics")).json()["records"]["value"]
    filled.settings.partnership_file.write_text(as_yaml(partnership(("fire", "hmrc"))))
    assert (await filled.get("/v1/statistics")).status_code == 503, "the new view is not worked out yet"
    async with asyncio.timeout(20):
        while (answer := await filled.get("/v1/statistics")).status_code == 503:
            await asyncio.sleep(0.1)
    assert (seen, answer.json()["records"]["value"]) == (5, 3)
    filled.settings.partnership_file.write_text("legal_gateways: [")
    assert (await filled.get("/v1/statistics")).status_code == 503
    stop.set()
    await asyncio.wait_for(consuming, 10)


@pytest.mark.parametrize("path", ["/v1/businesses?min_regime=3", f"/v1/businesses/{NOWHERE}/risk?on=2020-01-01"])
async def test_a_parameter_that_is_not_known_is_refused_and_not_ignored(api: Api, path: str) -> None:
    answer = await api.get(path)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, ["query"])
    assert (await api.bare(path)).status_code == 401


async def test_what_is_behind_a_figure_is_at_the_address_that_it_gives(api: Api, world: World) -> None:
    await world.settle(THREE_AUDIENCES)
    await world.take(received("council", "1", record("Golden Chicken", 12, severity=3)))
    (listed,) = (await api.get("/v1/businesses", "council")).json()["businesses"]
    one = (await api.get(listed["opens_at"], "council")).json()
    assert [member["source_ref"] for member in one["members"]] == ["1"]
    (found,) = (await api.get("/v1/search?q=golden", "council")).json()["businesses"]
    assert one["members"][0]["address"] == one["address"] == listed["address"] == found["address"] != ""
    assert (await api.get(one["relations"], "council")).json()["relations"] == []
    assert (await api.get(one["findings"], "council")).json()["findings"] == []
    assert (await api.get(one["risk"]["opens_at"], "council")).json()["score"] == listed["score"]
    assert (await api.get(one["why"], "council")).json()["summary"]
    assert len((await api.get(one["history"], "council")).json()["events"]) == 1

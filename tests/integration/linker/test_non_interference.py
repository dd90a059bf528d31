"""What is hidden from an agency changes nothing that it is told, however much of it there is."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from services.linker.api import downloads, export
from services.linker.domain.assess import default_policies
from services.linker.domain.model import Model, default_model
from services.linker.domain.relate.rules import default_rules
from services.linker.handlers import audiences
from services.linker.handlers.findings import Detective, find_due, look_again
from services.linker.handlers.shelf import Shelf
from services.linker.store import graph, holdings, relation_tables
from services.linker.store.reading import Filters
from shared.contracts.identifiers import business_id
from shared.contracts.record import Person
from shared.contracts.roles import Role
from shared.runtime import clock
from shared.runtime.auth import Principal
from shared.runtime.errors import Forbidden
from shared.runtime.session import Session
from tests.integration.linker.patterns import MOBILE, find, findings, shop
from tests.integration.linker.test_api import Api, api, as_yaml
from tests.integration.linker.world import THREE_AUDIENCES, World, partnership, received, retracted

__all__ = ["api"]  # the fixture

LANDLORD = Person(name="Station Estates Ltd", role="landlord")
SYLLABLES = ("bar", "dol", "fen", "gup", "hiz", "jom", "kel", "mun", "pir", "sov", "tak", "wex")
NAMES = ["".join(two) for two in permutations(SYLLABLES, 2)]
MANY = 120  # more than businesses, neighbours or holders of a value that anything looks at


def like(n: int, **more: Any) -> Any:
    """Some are the same shop, some at its door, the rest elsewhere; all share telephone and landlord."""
    name = "Golden Chicken" if n % 4 == 0 else NAMES[n]
    line = "12 The Broadway" if n % 4 < 2 else f"{n} High Road"
    return shop(name, line, phones=(MOBILE,), people=(LANDLORD,), **more)


VISIBLE = (
    received("council", "1", like(12, severity=3)),
    received("fire", "1", like(12, severity=3)),
    received("fire", "2", like(13, severity=2)),
    received("council", "3", like(15, severity=3)),
    received("council", "4", shop("Pizza Palace", "12 The Broadway", seen="2026-03-01")),
)
RECORDS = tuple(event.data.record_id for event in VISIBLE)
HIDDEN = tuple(received("hmrc", str(n), like(n, severity=n % 4 + 1)) for n in range(1, MANY + 1))


def paths(businesses: list[str], findings: list[str]) -> list[str]:
    of_one = ("", "/why", "/history", "/risk", "/relations", "/traits?degrees=1", "/network?degrees=3&limit=200")
    return [
        *("/v1/businesses", "/v1/statistics", "/v1/funnel?wide=1&narrow=1", "/v1/graph", "/v1/findings", "/v1/gaps"),
        *(f"/v1/search?q={typed}" for typed in ("golden", "goldn+kitchen", MOBILE[3:], "broadway", "station+estates")),
        *("/v1/search?near=51.51,-0.37&limit=1", "/v1/search?near=51.51,-0.37&q=golden+chicken"),
        *("/v1/review-queue", "/v1/review-queue?limit=1", "/v1/decisions", "/v1/exports/businesses.csv"),
        *(
            "/v1/exports/businesses.ftm.json",
            "/v1/gaps?known_to=council&not_to=fire",
            "/v1/gaps?known_to=hmrc&not_to=fire",
        ),
        *(f"/v1/models/{default_model().version}/hubs", f"/v1/businesses/{business_id(HIDDEN[0].data.record_id)}"),
        *(f"/v1/businesses/{id_}{rest}" for id_ in businesses for rest in of_one),
        *(f"/v1/network/path?from={businesses[0]}&to={id_}" for id_ in businesses),
        *(f"/v1/records/{a}/compare/{b}" for a in RECORDS for b in RECORDS if a < b),
        *(f"/v1/findings/{id_}" for id_ in findings),
    ]


async def everything(api: Api) -> dict[str, tuple[int, str, str | None]]:
    """What council is told."""
    listed = (await api.get("/v1/businesses?limit=200", "council")).json()["businesses"]
    found = (await api.get("/v1/findings?limit=200", "council")).json()["findings"]
    told = {}
    for path in paths([b["business_id"] for b in listed], [one["finding_id"] for one in found]):
        answer = await api.get(path, "council")
        told[path] = answer.status_code, answer.text, answer.headers.get("etag")
    return told


async def test_no_cap_is_reached_by_what_is_hidden(world: World, api: Api) -> None:
    await world.settle(THREE_AUDIENCES)
    await world.take(*VISIBLE)
    await find(world)
    before = await everything(api)
    await world.forget_events()
    await world.take(*HIDDEN)
    await world.decide("hmrc", RECORDS[0], RECORDS[1], "different")
    await world.decide("hmrc", RECORDS[0], HIDDEN[5].data.record_id, "same")
    await find(world)
    after = await everything(api)
    assert [path for path in before if before[path] != after.get(path)] == []
    assert before.keys() == after.keys()
    assert await world.events(audience=await world.audience_of("council")) == []
    assert any(path.startswith("/v1/findings/fnd_") for path in before)
    assert len(await world.groups("hmrc")) > 25
    (whole, *_) = (await api.get("/v1/businesses")).json()["businesses"]
    shared = (await api.get(f"/v1/businesses/{whole['business_id']}/relations")).json()["widely_shared"]
    assert {one["type"] for one in shared} >= {"phone", "landlord"}


async def test_who_shares_decisions_alone_has_no_gap(world: World, api: Api) -> None:
    """That an agency decides says nothing of which businesses it knows."""
    rules = partnership(("fire", "council"), categories="decisions")
    api.settings.partnership_file.write_text(as_yaml(rules))
    await world.settle(rules)
    await world.take(*VISIBLE)
    page = (await api.get("/v1/gaps?known_to=council&not_to=fire", "council")).json()
    assert page["businesses"] == []
    assert page["caution"].startswith("You may see no records of the other agency")


@pytest.mark.parametrize("form", ["csv", "ftm.json"])
async def test_the_list_is_for_those_to_take_away_who_may_read_it(world: World, api: Api, form: str) -> None:
    """Who runs the system reads no business, so takes none away either."""
    await world.settle(THREE_AUDIENCES)
    statuses = {
        role: (await api.get(f"/v1/exports/businesses.{form}", roles=(role,))).status_code
        for role in ("analyst", "tasking_chair", "operator", "officer", "agency_system", "auditor")
    }
    assert [role for role, status in statuses.items() if status == 200] == ["analyst", "tasking_chair"]


@pytest.mark.parametrize(
    "cursor", ["NQ==", "MSAyIDM=", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTkgMQ==", "MSA5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk="]
)
async def test_a_cursor_of_hubs_that_was_never_given_out_is_refused(world: World, api: Api, cursor: str) -> None:
    await world.settle(THREE_AUDIENCES)
    await world.take(*VISIBLE)
    answer = await api.get(f"/v1/models/{default_model().version}/hubs?cursor={cursor}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "query.cursor"


class _Slow(Shelf):
    """A shelf that something happens before while findings are looked for."""

    def __init__(self, meanwhile: Any) -> None:
        super().__init__(default_policies())
        self._meanwhile = meanwhile

    async def model(self, connection: Any) -> Model:
        found = await super().model(connection)
        await self._meanwhile()
        return found


async def test_what_was_found_while_a_power_ended_is_told_to_nobody_who_lost_it(world: World) -> None:
    await world.settle(THREE_AUDIENCES)
    await world.take(received("council", "1", shop(severity=3)), received("fire", "1", shop(severity=3)))
    before = await world.audience_of("council")

    async def revoke() -> None:
        await world.settle(partnership(("council", "hmrc")))

    await find_due(world.database, Detective(_Slow(revoke), default_rules()), clock.today())
    await find(world)
    assert await world.events("finding.raised", before) == []
    assert await world.rows(select(relation_tables.finding)) == []


async def test_while_the_graph_is_rebuilt_nobody_is_shown_what_a_record_said_when_it_was_hidden(
    world: World,
    api: Api,
) -> None:
    """The log tells of a record's past, also of that under another category of data."""
    await world.settle(THREE_AUDIENCES)
    first = received("fire", "1", shop("Said In Confidence", severity=4))
    first = first.model_copy(update={"data": first.data.model_copy(update={"category": "closed"})})
    await world.take(first, retracted("fire", "1"), received("fire", "1", shop("Golden Chicken"), version=3))
    (shown,) = (await api.get("/v1/businesses", "council")).json()["businesses"]

    def begin_again(session: Session) -> None:
        graph.empty(session)
        graph.put_rebuild(session, "ingest.records", {}, {"0": 3})

    await world.database.run(begin_again)
    await world.take(first)
    for path in (
        f"/v1/businesses/{shown['business_id']}",
        "/v1/search?q=confidence",
        "/v1/exports/businesses.ftm.json",
    ):
        answer = await api.get(path, "council")
        assert "Confidence" not in answer.text
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


async def test_rules_that_are_back_before_they_were_gone_show_nothing_that_was_retracted_meanwhile(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The view that they gave stood still while it was to be left."""
    await world.settle(THREE_AUDIENCES)
    await world.take(*VISIBLE)
    with monkeypatch.context() as patched:
        patched.setattr(audiences, "_clear_page", _killed_once_there_is_anything_to_do)
        with pytest.raises(SystemError):
            await world.settle(partnership())
    await world.take(retracted("fire", "1"))
    assert (await api.get("/v1/businesses", "council")).status_code == 503


def _killed_once_there_is_anything_to_do(session: Session) -> bool:
    if any(row.leaving for row in holdings.audiences(session)):
        raise SystemError("killed")
    return False


async def test_a_list_that_is_taken_away_slowly_ends_with_the_power_under_which_it_began(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_PAGE", 1)
    monkeypatch.setattr(export, "_LINES", 1)
    await world.settle(THREE_AUDIENCES)
    await world.take(*VISIBLE)
    council = Principal("council", frozenset({Role.analyst}), "ann")
    table, lines = await downloads.as_csv(council, api.desk, Filters()), await export.graph(council, api.desk)
    parts = [aiter(answer.body_iterator) for answer in (table, lines)]
    assert "business_id" in str(await anext(parts[0]))
    for some in parts:
        assert "biz_" in str(await anext(some))
    api.settings.partnership_file.write_text(as_yaml(partnership(("council", "hmrc"))))
    for some in parts:
        with pytest.raises(Forbidden):
            await anext(some)


async def test_new_rules_of_findings_count_at_once_and_not_when_a_hidden_record_comes_near(world: World) -> None:
    await world.settle(THREE_AUDIENCES)
    await world.take(*VISIBLE)
    await find(world)
    newer = default_rules().model_copy(update={"version": "newer"})
    await world.database.run(lambda session: look_again(session, newer))
    await find(world, rules=newer)
    before = await findings(world, "council")
    assert {row["rules_version"] for row in before} == {"newer"}
    await world.database.run(lambda session: look_again(session, newer))
    assert await find(world, rules=newer) == 0
    await world.take(received("hmrc", "77", like(12)))
    assert await find(world, rules=newer) > 0
    assert await findings(world, "council") == before


async def test_a_new_day_is_told_by_the_daily_round_and_not_when_something_hidden_happens_nearby(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.settle(THREE_AUDIENCES)
    await world.take(*VISIBLE, received("fire", "5", like(12)))
    seen = {agency: await world.shown(agency) for agency in ("council", "fire")}
    await world.forget_events()
    a_year_on = clock.today() + timedelta(days=365)
    monkeypatch.setattr(clock, "today", lambda: a_year_on)
    hidden = HIDDEN[:24]
    await world.take(*hidden)
    await world.take(*(received("hmrc", event.data.source_ref, like(12), version=2) for event in hidden[:12]))
    await world.take(*(retracted("hmrc", event.data.source_ref, version=3) for event in hidden[:12]))
    assert {agency: await world.shown(agency) for agency in ("council", "fire")} == seen
    told_to = [event["data"]["audience"]["agencies"] for event in await world.events()]
    assert all(agencies == ["hmrc"] for agencies in told_to)
    await world.settle(THREE_AUDIENCES, a_year_on)
    for agency, before in seen.items():
        after = await world.shown(agency)
        assert all(row["assessed_on"] == a_year_on for row in after if row["watched"])
        assert [row["score"] for row in after] != [row["score"] for row in before]


async def test_what_happens_to_a_business_itself_is_told_as_of_the_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.settle(THREE_AUDIENCES)
    await world.take(*VISIBLE)
    tomorrow = clock.today() + timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    await world.take(received("fire", "1", like(12, severity=4), version=2))
    assessed = {row["assessed_on"] for row in await world.shown("fire")}
    assert assessed == {tomorrow, tomorrow - timedelta(days=1)}


async def test_findings_that_a_new_view_began_with_are_shown_to_nobody_until_it_is_searched(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_yet(*_: object) -> bool:
        return False

    await world.settle(partnership())
    await world.take(*VISIBLE)
    with monkeypatch.context() as patched:
        patched.setattr(audiences, "find_due", not_yet)
        await world.settle(THREE_AUDIENCES)
        assert (await api.get("/v1/findings", "council")).status_code == 503
    await world.settle(THREE_AUDIENCES)
    assert (await api.get("/v1/findings", "council")).status_code == 200

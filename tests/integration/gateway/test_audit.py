"""Whatever a known caller is answered is in the audit log first, and each agency reads its own part of it."""

import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import APIRouter, Response

from shared.runtime.auth import AnyPartner, Keys, TokenVerifier
from shared.runtime.granted import Granted
from shared.runtime.web import OWNERS_HEADER, READER_HEADER, create_app
from tests.integration.gateway.recorded import stored
from tests.integration.gateway.risk import STREAM, change, say, stream
from tests.integration.gateway.served import PARTNERSHIP, Process, gateway, http, served
from tests.integration.gateway.upstream import upstream
from tests.support.processes import wait_until
from tests.support.tokens import AUDIENCE, ISSUER, Issuer

BUSINESS, OTHER, RECORD = ("biz_" + "a2" * 10, "biz_" + "b3" * 10, "rec_" + "c4" * 10)
NAME, WORDS = "Jane Doe's Dumplings", "jane+doe"
AUDITOR = ("auditor",)


def linker(issuer: Issuer):
    """A service with the routes of one, over nothing."""
    router = APIRouter()

    @router.get("/v1/businesses/{business_id}")
    async def business(business_id: str, caller: AnyPartner) -> dict[str, object]:
        return {"business_id": business_id, "name": NAME, "records": [RECORD], "seen_by": caller.agency}

    @router.get("/v1/businesses/{business_id}/risk")
    async def risk(business_id: str, _caller: AnyPartner, owners: str) -> Response:
        return Response(business_id, headers={OWNERS_HEADER: owners})

    @router.get("/v1/search")
    async def search(_caller: AnyPartner, q: str) -> dict[str, object]:
        return {"businesses": [{"business_id": BUSINESS, "name": NAME}, {"business_id": OTHER, "name": q}]}

    @router.post("/v1/known")
    async def known(_caller: AnyPartner) -> Response:
        granted = Granted.of(["case"], [RECORD], ["authorising_officer: Station manager Lee, 23 November"])
        return Response(b"{}", headers=granted.header())

    @router.post("/v1/decisions", status_code=201)
    async def decide(_caller: AnyPartner) -> Response:
        return Response(status_code=201)

    @router.get("/v1/exports/businesses.csv")
    async def export(_caller: AnyPartner) -> Response:
        return Response(f"id,name\n{BUSINESS},{NAME}\n{OTHER},{NAME}\n", media_type="text/csv")

    verifier = TokenVerifier(ISSUER, AUDIENCE, Keys(str(issuer.jwks_path)))
    return create_app("linker", "Of a test.", verifier=verifier, routers=(router,), ready={})


@pytest.fixture
def service(issuer) -> Iterator[str]:
    with served(linker(issuer)) as url:
        yield url


@pytest.fixture
def url(tmp_path, issuer, service) -> Iterator[str]:
    with gateway(tmp_path, linker_url=service, auth_jwks=str(issuer.jwks_path)) as url:
        yield url


def calendar(issuer: Issuer):
    """A service with a feed that is read by its address alone."""
    router = APIRouter()

    @router.get("/v1/calendar/ics/{token}.ics")
    async def feed(token: str) -> Response:
        return Response(b"BEGIN:VCALENDAR", headers={READER_HEADER: "fire jo%20doe", OWNERS_HEADER: "licensing"})

    verifier = TokenVerifier(ISSUER, AUDIENCE, Keys(str(issuer.jwks_path)))
    return create_app("calendar", "Of a test.", verifier=verifier, routers=(router,), ready={})


def test_a_calendar_that_reads_by_a_secret_address_is_recorded_as_its_holder(tmp_path, issuer):
    with (
        served(calendar(issuer)) as behind,
        gateway(tmp_path, calendar_url=behind, auth_jwks=str(issuer.jwks_path)) as url,
    ):
        answer = http.get(f"{url}/v1/calendar/ics/s3cret.ics")
        assert (answer.status_code, READER_HEADER in answer.headers) == (200, False)
        assert http.get(f"{url}/v1/calendar/feeds").status_code == 401
        (entry,) = entries(url, issuer)
    assert (entry["person"], entry["operation"], entry["route"]) == (
        "jo doe",
        "disclosure",
        "/v1/calendar/ics/{token}.ics",
    )
    assert entry["legal_gateways"] == ["fire-and-licensing"]
    assert "s3cret" not in str(entry)


def entries(url: str, issuer: Issuer, agency: str = "fire", **asked: Any) -> list[dict[str, Any]]:
    """What the agency's auditor is shown, without the auditor's own reading."""
    answer = http.get(f"{url}/v1/audit", params=asked, headers=issuer.headers(agency, AUDITOR, sub="the-auditor"))
    assert answer.status_code == 200
    return [entry for entry in answer.json()["entries"] if entry["person"] != "the-auditor"]


def test_a_single_disclosure_is_recorded_with_its_power_its_records_and_the_conditions_stated(url, issuer):
    answer = http.post(f"{url}/v1/known", json={}, headers=issuer.headers("fire", ("analyst",)))
    assert not any("granted" in name for name in answer.headers)
    (entry,) = entries(url, issuer, gateway="case")
    assert (entry["operation"], entry["legal_gateways"], entry["shown"]) == ("disclosure", ["case"], [RECORD])
    assert entry["conditions"] == ["authorising_officer: Station manager Lee, 23 November"]
    assert entries(url, issuer, record=RECORD) == [entry]


def test_a_read_is_recorded_with_who_what_why_and_under_which_power(url, issuer):
    http.get(f"{url}/v1/businesses/{BUSINESS}", headers=issuer.headers("fire", ("analyst",), sub="p-17"))
    (entry,) = entries(url, issuer)
    assert {name: entry[name] for name in entry if name not in ("entry_id", "at", "trace_id")} == {
        "operation": "disclosure",
        "agency": "fire",
        "person": "p-17",
        "roles": ["analyst"],
        "purpose": "compliance",
        "legal_gateways": ["fire-and-licensing"],
        "method": "GET",
        "route": "/v1/businesses/{business_id}",
        "asked": [BUSINESS],
        "shown": [BUSINESS, RECORD],
        "conditions": [],
        "status": 200,
    }


@pytest.mark.parametrize(
    ("owners", "operation", "powers"),
    [
        ("fire licensing", "disclosure", ["fire-and-licensing"]),
        ("fire police", "disclosure", ["fire-and-police"]),
        ("fire", "consultation", []),
        ("stranger", "consultation", []),
    ],
)
def test_of_an_answer_whose_owners_are_told_only_their_powers_are_cited(
    tmp_path, url, issuer, owners, operation, powers
):
    rules = PARTNERSHIP.splitlines()
    power = "\n".join(rules[-3:]).replace("[licensing]", "[police]").replace("agency: licensing", "agency: police")
    with (tmp_path / "partnership.yaml").open("a") as file:
        file.write(power.replace("fire-and-licensing", "fire-and-police") + "\n")
    path = f"{url}/v1/businesses/{BUSINESS}/risk"
    answer = http.get(path, params={"owners": owners}, headers=issuer.headers("fire"))
    assert (answer.status_code, OWNERS_HEADER in answer.headers) == (200, False)
    (entry,) = entries(url, issuer)
    assert (entry["operation"], entry["legal_gateways"]) == (operation, powers)


def test_an_agency_to_which_no_power_leads_consults_its_own(url, issuer):
    http.get(f"{url}/v1/businesses/{BUSINESS}", headers=issuer.headers("police"))
    (entry,) = entries(url, issuer, "police")
    assert (entry["operation"], entry["legal_gateways"]) == ("consultation", [])


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v1/search?q=jane", ("disclosure", "/v1/search", 200)),
        ("GET", "/v1/exports/businesses.csv", ("disclosure", "/v1/exports/businesses.csv", 200)),
        ("POST", "/v1/decisions", ("combination", "/v1/decisions", 201)),
        ("GET", "/v1/search", ("consultation", "/v1/search", 422)),
        ("GET", "/v1/businesses/x/y", ("consultation", "unknown", 404)),
        ("GET", "/v1/me", ("consultation", "/v1/me", 200)),
        ("POST", "/v1/sharing/dry-run", ("consultation", "/v1/sharing/dry-run", 422)),
        ("POST", "/v1/referrals", ("alteration", "unknown", 503)),
    ],
)
def test_searches_exports_changes_and_refusals_are_recorded_too(url, issuer, method, path, expected):
    http.request(method, url + path, headers=issuer.headers("fire"))
    (entry,) = entries(url, issuer)
    assert (entry["operation"], entry["route"], entry["status"]) == expected


def test_a_refusal_for_want_of_a_role_names_who_was_refused(url, issuer):
    assert http.get(f"{url}/v1/events/risk-changes", headers=issuer.headers("fire", AUDITOR)).status_code == 403
    (entry,) = entries(url, issuer)
    assert (entry["status"], entry["person"]) == (403, "fire-system")


def test_a_refusal_for_want_of_a_purpose_names_who_was_refused(url, issuer):
    headers = issuer.headers("fire") | {"Acting-Purpose": "curiosity"}
    assert http.get(f"{url}/v1/businesses/{BUSINESS}", headers=headers).status_code == 403
    (entry,) = entries(url, issuer)
    assert (entry["status"], entry["person"], entry["asked"]) == (403, "fire-system", [BUSINESS])


def test_the_route_that_answered_is_told_to_the_log_alone(url, issuer):
    for path in ("/v1/me", f"/v1/businesses/{BUSINESS}"):
        assert "joinedup-route" not in http.get(url + path, headers=issuer.headers("fire")).headers
    assert "joinedup-route" not in http.get(f"{url}/v1/me").headers


def test_the_three_questions_have_their_answers(url, issuer):
    http.get(f"{url}/v1/search?q=x", headers=issuer.headers("fire", sub="p-1"))
    http.get(f"{url}/v1/businesses/{OTHER}", headers=issuer.headers("fire", sub="p-2"))
    http.get(f"{url}/v1/me", headers=issuer.headers("fire", sub="p-2"))
    people = [entry["person"] for entry in entries(url, issuer, business=OTHER)]
    assert people == ["p-2", "p-1"]
    assert [entry["person"] for entry in entries(url, issuer, business=BUSINESS)] == ["p-1"]
    assert [entry["person"] for entry in entries(url, issuer, record=RECORD)] == ["p-2"]
    assert [entry["route"] for entry in entries(url, issuer, gateway="fire-and-licensing")] == [
        "/v1/businesses/{business_id}",
        "/v1/search",
    ]
    assert [entry["route"] for entry in entries(url, issuer, person="p-2")] == [
        "/v1/me",
        "/v1/businesses/{business_id}",
    ]


def test_pages_follow_each_other_without_a_gap_or_a_repeat_while_the_log_grows(url, issuer):
    head, auditor = issuer.headers("fire", sub="p-1"), issuer.headers("fire", AUDITOR, sub="a")
    for _ in range(5):
        http.get(f"{url}/v1/me", headers=head)
    asked: dict[str, Any] = {"person": "p-1", "limit": 2}
    seen: list[str] = []
    while True:
        page = http.get(f"{url}/v1/audit", params=asked, headers=auditor).json()
        seen += [entry["entry_id"] for entry in page["entries"]]
        http.get(f"{url}/v1/me", headers=head)
        if page["next"] is None:
            break
        asked["cursor"] = page["next"]
    assert len(seen) == len(set(seen)) == 5


def test_a_cursor_of_another_agency_or_of_the_stream_opens_nothing(url, issuer):
    for _ in range(2):
        http.get(f"{url}/v1/me", headers=issuer.headers("fire"))
    page = http.get(f"{url}/v1/audit?limit=1", headers=issuer.headers("fire", AUDITOR)).json()
    for agency, cursor in (("police", page["next"]), ("fire", "x"), ("fire", page["next"][:-1])):
        answer = http.get(f"{url}/v1/audit", params={"cursor": cursor}, headers=issuer.headers(agency, AUDITOR))
        assert answer.status_code == 400


@pytest.mark.parametrize("role", ["officer", "analyst", "tasking_chair", "agency_admin", "agency_system", "operator"])
def test_nobody_but_auditors_and_information_governance_reads_the_log(url, issuer, role):
    assert http.get(f"{url}/v1/audit", headers=issuer.headers("fire", (role,))).status_code == 403
    for reader in ("auditor", "information_governance"):
        assert http.get(f"{url}/v1/audit", headers=issuer.headers("fire", (reader,))).status_code == 200


def test_two_questions_at_once_are_refused_and_repeat_nothing(url, issuer):
    answer = http.get(f"{url}/v1/audit?person=Jane&business=x", headers=issuer.headers("fire", AUDITOR))
    assert answer.status_code == 422
    assert "Jane" not in answer.text


def test_the_log_of_one_agency_is_the_same_whatever_another_does(tmp_path, issuer, service):
    """Two worlds that differ in what the police did: to the fire service's auditor they are equal but for ids, times
    and the sealed cursor, whose length is the same."""
    shown = []
    for world in (0, 3):
        folder = tmp_path / str(world)
        folder.mkdir()
        with gateway(folder, linker_url=service, auth_jwks=str(issuer.jwks_path)) as url:
            for _ in range(2):
                for _ in range(world):
                    http.get(f"{url}/v1/businesses/{BUSINESS}", headers=issuer.headers("police", sub="p-9"))
                http.get(f"{url}/v1/businesses/{BUSINESS}", headers=issuer.headers("fire", sub="p-1"))
            answers = [
                http.get(f"{url}/v1/audit", params=asked, headers=issuer.headers("fire", AUDITOR))
                for asked in (
                    {"business": BUSINESS},
                    {"person": "p-9"},
                    {"limit": 1},
                    {"gateway": "fire-and-licensing"},
                )
            ]
            shown.append([_without_chance(answer.json()) | {"size": len(answer.content)} for answer in answers])
    assert shown[0] == shown[1]


def _without_chance(page: dict[str, Any]) -> dict[str, Any]:
    kept = [
        {name: entry[name] for name in entry if name not in ("entry_id", "at", "trace_id")} for entry in page["entries"]
    ]
    return {"entries": kept, "next": len(page["next"] or "")}


def test_no_name_and_no_word_of_a_search_is_in_the_log(tmp_path, url, issuer):
    head = issuer.headers("fire")
    http.get(f"{url}/v1/search?q={WORDS}", headers=head)
    http.get(f"{url}/v1/businesses/{BUSINESS}?q={WORDS}", headers=head)
    http.get(f"{url}/v1/businesses/Jane%20Doe/why", headers=head)
    http.post(f"{url}/v1/decisions", json={"reason": NAME}, headers=head)
    http.get(f"{url}/v1/feeds/f/records/Jane%20Doe", headers=head)
    with closing(sqlite3.connect(tmp_path / "gateway.db")) as store:
        dump = "\n".join(store.iterdump()) + "".join(
            body.decode() for (body,) in store.execute("SELECT body FROM audit_entry")
        )
    assert BUSINESS in dump
    assert "jane" not in dump.lower()
    assert "doe" not in dump.lower()


def test_an_answer_that_cannot_be_recorded_is_not_given(tmp_path, url, issuer):
    with closing(sqlite3.connect(tmp_path / "gateway.db")) as store:
        store.execute("ALTER TABLE audit_entry RENAME TO elsewhere")
    for path in ("/v1/me", f"/v1/businesses/{BUSINESS}"):
        answer = http.get(url + path, headers=issuer.headers("fire"))
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert NAME not in answer.text
    with closing(sqlite3.connect(tmp_path / "gateway.db")) as store:
        store.execute("ALTER TABLE elsewhere RENAME TO audit_entry")
    assert http.get(f"{url}/v1/me", headers=issuer.headers("fire")).status_code == 200


def test_whoever_has_no_valid_token_is_in_no_entry(tmp_path, url):
    assert http.get(f"{url}/v1/me").status_code == 401
    assert http.get(f"{url}/v1/me", headers={"Authorization": "Bearer x"}).status_code == 401
    assert stored(tmp_path) == []


async def test_every_event_of_a_stream_is_recorded_before_it_is_delivered(tmp_path, url, issuer, log):
    async with stream(url, issuer.headers("fire", sub="dashboard")) as reader:
        for number, business in enumerate((BUSINESS, OTHER, BUSINESS), 1):
            await say(log, [change("fire", business, number)])
            await reader.take(1)
            last = stored(tmp_path)[-1]
            assert (last.route, last.shown, last.person) == (STREAM, (business,), "dashboard")
            assert (last.operation, last.legal_gateways) == ("disclosure", ("fire-and-licensing",))
    assert len(stored(tmp_path)) == 4  # and the opening of the stream


async def test_an_event_for_others_is_in_nobodys_entry(tmp_path, url, issuer, log):
    async with stream(url, issuer.headers("fire")) as reader:
        await say(log, [change("police", OTHER), change("fire", BUSINESS)])
        await reader.take(1)
    assert [deed.shown for deed in stored(tmp_path)] == [(), (BUSINESS,)]


def test_whoever_hangs_up_in_the_middle_of_an_upload_is_recorded(tmp_path, issuer):
    with served(upstream()) as inner, gateway(tmp_path, ingest_url=inner, auth_jwks=str(issuer.jwks_path)) as url:
        head = [f"{name}: {value}" for name, value in issuer.headers("fire").items()]
        lines = [
            "POST /v1/feeds/f/files HTTP/1.1",
            "Host: x",
            *head,
            "Transfer-Encoding: chunked",
            "",
            "5",
            "hello",
            "",
        ]
        with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port)) as connection:
            connection.sendall("\r\n".join(lines).encode())
            time.sleep(0.3)
        wait_until(lambda: stored(tmp_path), 5, "The entry")
    (deed,) = stored(tmp_path)
    assert (deed.status, deed.operation, deed.route) == (499, "collection", "unknown")


def test_a_sign_in_is_recorded(tmp_path, issuer, service):
    with gateway(tmp_path, profile="demo", linker_url=service) as url:
        token = http.post(f"{url}/dev/token", json={"agency": "fire", "roles": ["auditor"]}).json()["access_token"]
        http.post(f"{url}/dev/token", json={"agency": "nobody", "roles": ["auditor"]})
        (entry,) = http.get(f"{url}/v1/audit", headers={"Authorization": f"Bearer {token}"}).json()["entries"]
    assert (entry["operation"], entry["person"], entry["route"]) == ("sign_in", "development:fire", "/dev/token")


def test_after_a_kill_every_answer_that_arrived_is_in_the_log(tmp_path, issuer, service):
    process = Process(tmp_path, linker_url=service, auth_jwks=str(issuer.jwks_path))
    try:
        for number in range(20):
            http.get(f"{process.url}/v1/businesses/{BUSINESS}", headers=issuer.headers("fire", sub=f"p-{number}"))
    finally:
        process.kill9()
    assert [deed.person for deed in stored(tmp_path)] == [f"p-{number}" for number in range(20)]

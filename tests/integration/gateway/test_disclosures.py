"""An agency asks who else was shown a record of its own, and learns nothing else of what they were shown."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter

from shared.contracts.identifiers import record_id
from shared.runtime.auth import AnyPartner, FeedReader, Keys, TokenVerifier
from shared.runtime.errors import NotFound
from shared.runtime.web import create_app
from tests.integration.gateway.served import PARTNERSHIP, gateway, http, served
from tests.support.tokens import AUDIENCE, ISSUER, Issuer

OURS, THEIRS = record_id("licences", "LIC/7 Jane"), record_id("raids", "R-1")
BUSINESS = "biz_" + "a2" * 10
ASKED = {"feed": "licences", "ref": "LIC/7 Jane"}
OWNERS = {"licences": "licensing", "raids": "police"}
POLICE_POWER = """\
- {id: police-and-fire, from: [police], to: [fire], categories: [presence], purposes: [compliance], grant: full,
   statute: Test Act, section: "2", starts: 2020-01-01, status: active, legal_review: {by: a lawyer, day: 2020-01-01},
   signatures: [{agency: police, by: its head, day: 2020-01-01}]}
"""


def behind(issuer: Issuer):
    """Ingest's word on whose a feed is, and a business of the linker's that has a record of two agencies."""
    router = APIRouter()

    @router.get("/v1/feeds/{feed}")
    async def feed(feed: str, caller: FeedReader) -> dict[str, str]:
        if OWNERS.get(feed) != caller.agency:
            raise NotFound
        return {"id": feed}

    @router.get("/v1/businesses/{business_id}")
    async def business(business_id: str, _caller: AnyPartner) -> dict[str, object]:
        return {"business_id": business_id, "members": [{"record_id": OURS}, {"record_id": THEIRS}]}

    @router.get("/v1/search")
    async def search(_caller: AnyPartner, q: str) -> dict[str, object]:
        assert q
        return {"businesses": [{"business_id": BUSINESS}]}

    verifier = TokenVerifier(ISSUER, AUDIENCE, Keys(str(issuer.jwks_path)))
    return create_app("behind", "Of a test.", verifier=verifier, routers=(router,), ready={})


@pytest.fixture
def url(tmp_path, issuer) -> Iterator[str]:
    (tmp_path / "partnership.yaml").write_text(PARTNERSHIP + POLICE_POWER)
    with (
        served(behind(issuer)) as inner,
        gateway(tmp_path, linker_url=inner, ingest_url=inner, auth_jwks=str(issuer.jwks_path)) as url,
    ):
        yield url


def ask(url: str, issuer: Issuer, agency: str = "licensing", role: str = "information_governance", **asked: Any):
    return http.get(f"{url}/v1/audit/disclosures", params=ASKED | asked, headers=issuer.headers(agency, (role,)))


def look(url: str, issuer: Issuer, agency: str, person: str, path: str = f"businesses/{BUSINESS}") -> None:
    headers = issuer.headers(agency, ("officer",), sub=person, purpose="compliance")
    http.get(f"{url}/v1/{path}", headers=headers).raise_for_status()


def test_the_owner_learns_who_was_shown_its_record_for_what_and_under_which_power_of_its_own(url, issuer):
    look(url, issuer, "fire", "f-1")
    (told,) = ask(url, issuer).json()["disclosures"]
    assert told.pop("at")
    assert told == {
        "agency": "fire",
        "person": "f-1",
        "roles": ["officer"],
        "purpose": "compliance",
        "legal_gateways": ["fire-and-licensing"],
    }
    (told,) = ask(url, issuer, "police", feed="raids", ref="R-1").json()["disclosures"]
    assert told["legal_gateways"] == ["police-and-fire"]


def test_what_names_no_record_and_what_its_own_people_saw_is_not_told(url, issuer):
    look(url, issuer, "licensing", "l-1")
    look(url, issuer, "fire", "f-1", "search?q=x")
    look(url, issuer, "fire", "f-1", f"search?q={OURS}")
    assert ask(url, issuer).json() == {"disclosures": [], "next": None}


@pytest.mark.parametrize(
    ("agency", "asked"),
    [("fire", {}), ("police", {}), ("licensing", {"feed": "raids", "ref": "R-1"}), ("licensing", {"feed": "no-such"})],
)
def test_of_the_records_of_others_nothing_is_told_not_even_that_they_are_there(url, issuer, agency, asked):
    look(url, issuer, "fire", "f-1")
    answer, never = ask(url, issuer, agency, **asked), ask(url, issuer, agency, feed="nobodys")
    assert answer.status_code == never.status_code == 404
    assert _without_trace(answer) == _without_trace(never)


def _without_trace(answer) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "instance"}


@pytest.mark.parametrize("role", ["officer", "analyst", "agency_admin", "agency_system", "operator", "tasking_chair"])
def test_nobody_but_auditors_and_information_governance_may_ask(url, issuer, role):
    assert ask(url, issuer, role=role).status_code == 403
    assert ask(url, issuer, role="auditor").status_code == 200


def test_pages_follow_each_other_and_open_for_the_owner_alone(url, issuer):
    for number in range(3):
        look(url, issuer, "fire", f"f-{number}")
    first = ask(url, issuer, limit=2).json()
    second = ask(url, issuer, limit=2, cursor=first["next"]).json()
    assert [told["person"] for told in first["disclosures"] + second["disclosures"]] == ["f-2", "f-1", "f-0"]
    assert second["next"] is None
    assert ask(url, issuer, "police", feed="raids", ref="R-1", cursor=first["next"]).status_code == 400
    log = http.get(f"{url}/v1/audit", params={"cursor": first["next"]}, headers=issuer.headers("licensing"))
    assert log.status_code == 400


def test_the_question_is_in_the_log_without_the_reference(tmp_path, url, issuer):
    ask(url, issuer)
    entries = http.get(f"{url}/v1/audit", headers=issuer.headers("licensing")).json()["entries"]
    assert entries[0]["route"] == "/v1/audit/disclosures"
    assert "Jane" not in (tmp_path / "gateway.db-wal").read_bytes().decode("latin-1")


def test_while_ingest_is_away_nothing_is_told(tmp_path, issuer):
    with gateway(tmp_path, ingest_url="http://127.0.0.1:1", auth_jwks=str(issuer.jwks_path)) as url:
        assert ask(url, issuer).status_code == 503

"""POST /v1/sharing/dry-run through the public address: for either side, about the rules alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.gateway.risk import change, say
from tests.integration.gateway.served import PARTNERSHIP, gateway, http

DRY_RUN = "/v1/sharing/dry-run"
QUESTION = {"owner": "licensing", "viewer": "fire", "category": "presence", "purpose": "compliance"}


@pytest.fixture
def url(tmp_path: Path, issuer) -> Iterator[str]:
    """Nothing answers behind this gateway: no service runs."""
    with gateway(tmp_path, auth_jwks=str(issuer.jwks_path)) as url:
        yield url


def ask(url, issuer, agency="fire", roles=("officer",), **changed):
    return http.post(url + DRY_RUN, json=QUESTION | changed, headers=issuer.headers(agency, roles))


@pytest.mark.parametrize("agency", ["fire", "licensing"])
@pytest.mark.parametrize("role", ["officer", "information_governance", "agency_system", "auditor"])
def test_both_sides_get_the_same_answer_whatever_their_role(url, issuer, agency, role):
    given = ask(url, issuer, agency, [role]).json()
    assert (given["verdict"], given["now"]["level"], given["standing"]) == ("yes", "full", True)
    assert given["now"]["under"][0]["statute"] == "Test Act"
    assert given["says"][0] == "Yes. Fire may have Licensing's presence records for compliance, in full."


def test_a_no_says_which_power_is_missing_and_whom_to_ask(url, issuer):
    given = ask(url, issuer, owner="fire", viewer="licensing").json()
    assert given["verdict"] == "no"
    assert {"entry", "statute", "section", "url", "uncertain", "legal_review"} <= given["could_apply"][0].keys()
    assert given["help"] == {"agency": "fire", "title": "Fire", "contact": None}
    assert "Fire has named no information-governance contact" in " ".join(given["says"])


@pytest.mark.parametrize("third", [{}, {"owner": "nobody"}, {"category": "nothing"}, {"purpose": "tasking"}], ids=str)
def test_what_two_others_may_share_is_not_told_whatever_is_asked(url, issuer, third):
    answer = ask(url, issuer, "police", **third)
    assert answer.status_code == 403
    assert answer.json()["detail"] == "Ask about your own agency, as the owner or as the viewer of the records."


def test_what_is_not_in_the_partnership_is_named_by_field_and_not_repeated(url, issuer):
    answer = ask(url, issuer, owner="somebody-else", category="shoe-sizes")
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"body.owner", "body.category"}
    assert "somebody-else" not in answer.text
    assert "shoe-sizes" not in answer.text


def test_it_needs_a_token_of_a_member_with_a_role(url, issuer):
    assert http.post(url + DRY_RUN, json=QUESTION).status_code == 401
    assert ask(url, issuer, roles=[]).status_code == 403
    assert ask(url, issuer, "stranger", owner="stranger").status_code == 403


def test_the_purpose_is_required(url, issuer):
    body = {name: value for name, value in QUESTION.items() if name != "purpose"}
    answer = http.post(url + DRY_RUN, json=body, headers=issuer.headers("fire"))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.purpose")


async def test_the_answer_is_the_same_to_the_byte_whether_or_not_there_is_anything(url, issuer, log):
    """With no service running it is answered at all; and what lies in the log moves nothing."""
    questions = [{}, {"owner": "fire", "viewer": "licensing"}]
    before = [_bytes(ask(url, issuer, **one)) for one in questions]
    await say(log, [change("fire"), change("licensing", business="biz_2")])
    assert [_bytes(ask(url, issuer, **one)) for one in questions] == before


def _bytes(answer):
    return answer.status_code, answer.content, {k: v for k, v in answer.headers.items() if k != "date"}


def test_a_gateway_that_is_revoked_in_the_file_is_a_no_at_once_and_says_so(url, issuer, tmp_path):
    assert ask(url, issuer).json()["verdict"] == "yes"
    (tmp_path / "partnership.yaml").write_text(PARTNERSHIP.replace("status: active", "status: revoked"))
    given = ask(url, issuer).json()
    assert (given["verdict"], given["not_in_force"][0]["why"]) == ("no", ["Its status is revoked, not active."])

"""Composing through the API, over a real linker: what is proposed is what the caller may see, and no more."""

import httpx
import pytest
import time_machine

from services.calendar.clients import Linker, Referrals
from services.referrals import bootstrap as referrals_bootstrap
from services.referrals.settings import ReferralsSettings
from shared.runtime.web import OWNERS_HEADER
from tests.integration.calendar.planning.partnership import NOBODY, SHARES, Town, rules
from tests.support.stores import sqlite_store


@pytest.fixture(params=["sqlite"])
def store_url(tmp_path) -> str:
    """Composing keeps nothing, so that one store will do."""
    return sqlite_store(tmp_path, "calendar")


async def compose(town: Town, agency: str = "hmrc", **asked):
    business = (await town.businesses(agency))["Chicken Shop"]
    return await town.ask("POST", "/v1/visits/compose", agency, body={"business_id": business, **asked})


async def test_who_has_a_reason_to_come_is_proposed_with_the_records_that_say_so(filled_town):
    answer = await compose(filled_town)
    proposal = answer.json()
    assert {one["agency"] for one in proposal["attendees"]} == {"council", "fire", "hmrc"}
    assert all(reason["records"] for one in proposal["attendees"] for reason in one["reasons"])
    assert answer.headers[OWNERS_HEADER] == "council fire hmrc"
    assert "does not answer" in proposal["not_known"][0]


async def test_an_agency_is_proposed_to_nobody_who_may_not_see_why(filled_town):
    proposal = (await compose(filled_town, "fire")).json()
    assert [one["agency"] for one in proposal["attendees"]] == ["fire"]
    assert "council-feed" not in str(proposal)


async def test_a_rule_that_is_revoked_is_gone_from_the_next_proposal(filled_town):
    before = (await compose(filled_town)).json()
    await filled_town.rule(rules(*(share for share in SHARES if share != ("fire", "hmrc"))))
    after = (await compose(filled_town)).json()
    assert {one["agency"] for one in before["attendees"]} - {one["agency"] for one in after["attendees"]} == {"fire"}


async def test_a_business_that_is_not_in_the_view_is_not_found(filled_town):
    hidden = (await filled_town.businesses("hmrc"))["Café Zoë"]
    for business in (hidden, "biz_" + "a" * 20):
        answer = await filled_town.ask("POST", "/v1/visits/compose", "fire", body={"business_id": business})
        assert answer.status_code == 404


async def test_who_is_named_on_anothers_warrant_comes_in_on_it(filled_town):
    warrant = {"holder": "council", "power": "food-safety-1990-s32-warrant", "names": ["hmrc"]}
    warrant |= {"premises": ["dwelling"], "valid_until": "2099-01-01"}
    proposal = (await compose(filled_town, premises=["dwelling"], warrants=[warrant])).json()
    ways = {one["agency"]: one["entry"]["ease"] for one in proposal["attendees"]}
    assert ways == {"council": "open", "hmrc": "named", "fire": "consent"}


async def test_only_a_chair_overrides_and_only_with_agencies_of_the_partnership(filled_town):
    override = {"reason": "Fire has no crew", "leave_out": ["fire"]}
    assert (await compose(filled_town, override=override)).json()["overridden"]["changes"]
    business = (await filled_town.businesses())["Chicken Shop"]
    body = {"business_id": business, "override": override}
    answer = await filled_town.ask("POST", "/v1/visits/compose", roles=("analyst",), body=body)
    assert answer.status_code == 403
    unknown = await compose(filled_town, override={"reason": "Fire has no crew", "lead": "nobody"})
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["field"] == "body.override"


async def test_what_the_chair_decided_otherwise_and_why_stands_with_the_visit_and_in_the_report(filled_town):
    override = {"reason": "Fire has no crew", "leave_out": ["fire"], "officers": {"hmrc": 4}}
    proposal = (await compose(filled_town, override=override)).json()
    body = {
        "place": {"business_id": proposal["business_id"]},
        "when": {"starts": "2027-02-03T10:00", "ends": "2027-02-03T11:00"},
        "terms": {"purpose": "enforcement", "regimes": ["tax"]},
        "override_id": proposal["override_id"],
    }
    other = {"business_id": (await filled_town.businesses())["Café Zoë"], "address": {"lines": ["9 The Broadway"]}}
    elsewhere = body | {"place": other}
    theirs = body | {"place": {"business_id": (await filled_town.businesses("council"))["Chicken Shop"]}}
    for wrong, agency in ((elsewhere, "hmrc"), (theirs, "council")):
        refused = await filled_town.ask("POST", "/v1/visits", agency, body=wrong)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body.override_id")
    made = (await filled_town.ask("POST", "/v1/visits", body=body)).json()
    kept = made["own"]["overridden"]
    assert (kept["by_reason"], kept["by"]) == ("Fire has no crew", "hmrc-system")
    assert set(kept["proposed"]["officers"]) - set(kept["decided"]["officers"]) == {"fire"}
    assert (kept["proposed"]["officers"]["hmrc"], kept["decided"]["officers"]["hmrc"]) == (2, 4)
    assert (await filled_town.ask("POST", "/v1/visits", body=body)).status_code == 422
    await filled_town.rule(rules(("hmrc", "council")))
    path = f"/v1/visits/{made['visit_id']}"
    theirs = await filled_town.ask("GET", path, "council")
    assert (theirs.status_code, "no crew" in theirs.text) == (200, False)
    with time_machine.travel("2027-02-04T09:00Z"):
        await filled_town.ask("POST", f"{path}/done", body={"version": made["version"]})
        listed = "/v1/reports/partnership/lists/overridden?since=2027-02-01&until=2027-02-28"
        counted = {who: (await filled_town.ask("GET", listed, who)).json()["items"] for who in ("hmrc", "council")}
    assert ([one["id"] for one in counted["hmrc"]], counted["council"]) == ([made["visit_id"]], [])


async def test_a_linker_that_does_not_answer_is_said_to_be_unavailable(empty_town):
    object.__setattr__(empty_town.desk, "linker", Linker(NOBODY))
    answer = await empty_town.ask("POST", "/v1/visits/compose", body={"business_id": "biz_" + "a" * 20})
    assert (answer.status_code, answer.json()["detail"]) == (503, "The linker is not answering.")


async def test_the_powers_catalogue_is_told_to_every_partner_and_narrowed_as_asked(filled_town):
    every = (await filled_town.ask("GET", "/v1/powers", "fire", ("officer",))).json()
    asked = "/v1/powers?kind=entry&premises=hmo&holder=immigration-authority"
    assert len(every["powers"]) > 30
    assert (await filled_town.ask("GET", asked, "fire", ("officer",))).json()["powers"] == []
    assert "legal review needed" in every["caution"]


async def test_what_to_look_for_comes_from_the_library_that_agencies_keep_in_referrals(filled_town, tmp_path):
    url = sqlite_store(tmp_path, "referrals")
    common = {"log_url": f"embedded://{tmp_path}/log.db", "partnership_file": filled_town.partnership_file}
    common |= {"auth_jwks": str(filled_town.issuer.jwks_path), "linker_url": NOBODY}
    common |= {"keys_url": f"sqlite:///{tmp_path}/keys.db"}
    app = referrals_bootstrap.api(ReferralsSettings(database_url=url, **common))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://referrals") as library:
        headers = filled_town.issuer.headers("hmrc", ("agency_admin",))
        adopted = await library.post(
            "/v1/indicators/packs/golden-indicators/adoption", json={"starts": "2020-01-01"}, headers=headers
        )
        assert adopted.status_code == 201, adopted.text
        object.__setattr__(filled_town.desk, "referrals", Referrals("http://referrals", httpx.ASGITransport(app)))
        proposal = (await compose(filled_town, "council")).json()
    noted = proposal["note_if_seen"] + [one for who in proposal["attendees"] for one in who["looks_for"]]
    assert {one["agency"] for one in noted} == {"hmrc"}
    assert {one["instruction"] for one in noted} == {"Note if seen, never ask."}

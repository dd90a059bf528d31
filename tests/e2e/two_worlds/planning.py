"""What beta asks of tasking, joint visits, operations and reports; and what gamma plans that beta must not learn."""

from typing import TYPE_CHECKING, Any

from tests.e2e.two_worlds.story import MARK

if TYPE_CHECKING:
    from tests.e2e.two_worlds.witness import Witness
    from tests.e2e.two_worlds.world import World

_ZERO = "0" * 32
_PERIOD = "since=2026-01-01&until=2027-12-31"
PATHS = (
    *("/v1/powers", "/v1/powers?kind=entry&premises=hmo", "/v1/powers/primary-authorities"),
    *("/v1/calendar/policies", "/v1/calendar/policies?day=2027-01-01", "/v1/calendar/policies/staffing"),
    *("/v1/tasking/lists", f"/v1/tasking/lists/tsk_{_ZERO}", "/v1/tasking/decisions", "/v1/tasking/decisions?limit=1"),
    *("/v1/operations", f"/v1/operations/ope_{_ZERO}", "/v1/operations?limit=1"),
    *(f"/v1/reports/partnership{kind}?{_PERIOD}" for kind in ("", ".html", ".pdf")),
    *(f"/v1/reports/partnership/lists/{key}?{_PERIOD}" for key in ("visits", "visits-avoided", "outcomes", "never")),
)
_LIST = {"wide": 1, "narrow": 1, "top": 20}


def _week(agency: str, title: str) -> dict[str, Any]:
    team = {"agency": agency, "officers": 2, "regimes": ["food-hygiene"]}
    days = {"starts": "2027-03-01", "ends": "2027-03-05", "follow_up_until": "2027-06-30"}
    return {"title": title, **days, "programme": [{"what": title, "visits": 9, "teams": [team]}]}


def plan_unseen(world: "World") -> None:
    """By gamma, who shares none of it: a list with a decision, a week of action, an entry of a register, a visit."""
    headers = world.as_("gamma")

    def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        return dict(world.http.post(path, json=body, headers=headers).raise_for_status().json())

    made = post("/v1/tasking/lists", _LIST)
    for entry in made["agenda"]:
        decided = {"decision": "no_visit", "because": "other", "reason": MARK, "visits_avoided": 3}
        post(f"/v1/tasking/lists/{made['list_id']}/entries/{entry['business_id']}/decisions", decided)
    business = {"business_id": made["agenda"][0]["business_id"]}
    kept = post("/v1/visits/compose", business | {"override": {"reason": MARK, "lead": "gamma"}})
    when = {"starts": "2027-03-02T10:00", "ends": "2027-03-02T11:00"}
    terms = {"purpose": "enforcement", "regimes": ["food-hygiene"], "note": MARK, "tier": "hidden"}
    place = business | {"address": {"lines": ["1 Hidden Lane"]}}
    visit = {"place": place, "when": when, "terms": terms, "override_id": kept["override_id"]}
    post("/v1/visits", visit)
    post("/v1/operations", _week("gamma", MARK))
    entry = {"name": MARK, "company_number": "04812398", "authority": MARK, "regimes": ["food-hygiene"], "contact": "x"}
    post("/v1/powers/primary-authorities", entry | {"starts": "2020-01-01"})


def plan(witness: "Witness", businesses: list[str]) -> None:
    """Beta's own plans, which are the same whatever gamma plans."""
    for business in businesses:
        witness.propose("/v1/visits/compose", {"business_id": business, "premises": ["business", "hmo"]})
    made = witness.propose("/v1/tasking/lists", _LIST)
    witness.propose("/v1/operations", _week("beta", "Beta's week"))
    for entry in made["agenda"][:1]:
        decided = {"decision": "watch", "reason": "Look again", "review_on": "2027-06-01"}
        where = f"/v1/tasking/lists/{made['list_id']}/entries/{entry['business_id']}/decisions"
        witness.propose(where, decided)
    for path in PATHS:
        witness.ask(f"{path}{'&' if '?' in path else '?'}again=1")

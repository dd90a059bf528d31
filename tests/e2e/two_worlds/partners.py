"""What people of the agencies ask one another, note, and meet about: what beta is part of, and what beta is not."""

from typing import TYPE_CHECKING, Any

from tests.e2e.two_worlds.story import MARK, SHOP

if TYPE_CHECKING:
    from tests.e2e.two_worlds.witness import Witness
    from tests.e2e.two_worlds.world import World

_WHY = "It is necessary and proportionate in this one case, which is made up."
_PERMITTED = {"source": "2", "assessment": "B", "handling": "P"}
_FOR_GAMMA = {"source": "1", "assessment": "A", "handling": "C", "conditions": "Yours alone.", "agencies": ["gamma"]}
_NOBODY = "0" * 32
PATHS = (
    *("/v1/contacts", "/v1/contacts?agency=alpha", "/v1/contacts?agency=never", "/v1/contacts?day=2030-01-01"),
    *(f"/v1/contacts/who?agency={agency}&topic=vat" for agency in ("alpha", "beta", "gamma", "never")),
    *("/v1/contacts/officers", f"/v1/contacts/officers/ofc_{_NOBODY}/handover"),
    *("/v1/requests", "/v1/requests/kinds", "/v1/requests/turnaround", f"/v1/requests/rfi_{_NOBODY}"),
    *(
        f"/v1/requests?{query}"
        for query in ("asker=gamma", "answerer=alpha", "status=answered", "kind=owner", "limit=1")
    ),
    *(f"/v1/requests?cursor=rfi_{_NOBODY}", "/v1/requests?cursor=nonsense"),
    *("/v1/intelligence/sanitised", "/v1/intelligence/sanitised?limit=1", f"/v1/intelligence/sanitised/san_{_NOBODY}"),
    *(f"/v1/intelligence/int_{_NOBODY}", f"/v1/intelligence/int_{_NOBODY}/source/readings"),
    *("/v1/agendas", "/v1/agendas?limit=1", f"/v1/agendas/agd_{_NOBODY}", f"/v1/agendas?cursor=agd_{_NOBODY}"),
)


def meet(world: "World", *, hidden: bool) -> None:
    """Everybody has a person in the contacts. Beta asks alpha, is told something by it, and is on a call of its; where
    something is hidden from beta, gamma and alpha do the same without it."""
    officers = {agency: _introduce(world, agency) for agency in ("alpha", "beta", "gamma")}
    if hidden:
        _answer(world, _ask(world, "gamma", f"{MARK} Kitchens"))
        _tell(world, "gamma", f"{MARK} is a front.", _PERMITTED)
        _tell(world, "alpha", f"{MARK} pays in cash.", _FOR_GAMMA)
        _call(world, f"{MARK} call", [officers["gamma"]])
    _answer(world, _ask(world, "beta", SHOP))
    _tell(world, "alpha", "Two people are said to sleep above the shop.", _PERMITTED)
    call = _call(world, "Daily call", [officers["beta"]])
    _post(world, "beta", f"/v1/agendas/{call}/attendance")
    if hidden:
        _ask(world, "gamma", f"{MARK} Laundry")


def look(witness: "Witness") -> None:
    """Beta opens whatever it is shown."""
    for path in PATHS:
        witness.ask(path)
    for path in ("/v1/requests", "/v1/agendas", "/v1/intelligence/sanitised"):
        for item in witness.ask(path).json()["items"]:
            witness.ask(f"{path}/{item['id']}")


def _introduce(world: "World", agency: str) -> str:
    person = {"name": f"{agency.title()} Officer", "subject": f"development:{agency}"}
    officer = _post(world, agency, "/v1/contacts/officers", person, "agency_admin")
    role = {"role": f"Desk of {agency}", "people": [officer["id"]]}
    _post(world, agency, "/v1/contacts", role, "agency_admin")
    return str(officer["id"])


def _ask(world: "World", agency: str, name: str) -> str:
    premises = {"name": name, "address": "12 Station Road, Ealing", "postcode": "W5 3NU"}
    body = {"kind": "vat-registered", "to": "alpha", "premises": premises, "necessity": _WHY}
    return str(_post(world, agency, "/v1/requests", body)["id"])


def _answer(world: "World", request: str) -> None:
    _post(world, "alpha", f"/v1/requests/{request}/hit", {"hit": True})
    _post(world, "alpha", f"/v1/requests/{request}/answer", {"values": {"registered": "denied"}})


def _tell(world: "World", agency: str, text: str, grading: dict[str, Any]) -> None:
    made = _post(world, agency, "/v1/intelligence", {"text": f"As it came: {text}", "received_on": "2026-10-30"})
    _post(world, agency, f"/v1/intelligence/{made['id']}/gradings", grading)
    _post(world, agency, f"/v1/intelligence/{made['id']}/sanitised", {"text": text})


def _call(world: "World", title: str, attendees: list[str]) -> str:
    body = {"series": "call", "title": title, "kind": "call", "at": "2026-01-05T09:00:00Z", "attendees": attendees}
    made = _post(world, "alpha", "/v1/agendas", body | {"since": "2020-01-01T00:00:00Z"})
    _post(world, "alpha", f"/v1/agendas/{made['id']}/collection")
    return str(made["id"])


def _post(world: "World", agency: str, path: str, body: Any = None, *roles: str) -> Any:
    return world.http.post(path, json=body, headers=world.as_(agency, *roles)).raise_for_status().json()

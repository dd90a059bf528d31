"""Concern cards in both worlds, and those that are filed besides in the one that hides something from beta."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from services.referrals.domain.packs import indicator_id
from shared.contracts.identifiers import derived_id
from tests.e2e.two_worlds.story import CAFE, MARK, SHOP

_SLUG = "blocked-exits"
_NEVER = "0" * 32
WAITS = ("referrals.db", "outbox")
READ = (("gateway", "referrals.referrals"), ("gateway", "referrals.cards"))


def visible(world: Any, trace: str) -> None:
    """Every agency has an indicator; alpha, which may, files a card to beta, and beta one that stays with it."""
    for agency in ("alpha", "beta", "gamma"):
        body = {"starts": "2020-01-01", "slugs": [_SLUG]}
        _post(world, agency, "/v1/indicators/packs/golden-indicators/adoption", body, trace)
    _file(world, trace, "alpha", 1, SHOP, "beta")
    _file(world, trace, "beta", 2, CAFE, "gamma")


def hidden(world: Any, trace: str) -> None:
    """Cards of the same places: one to another, who reads it, and one to beta that no power lets through."""
    receipt = _file(world, trace, "gamma", 3, f"{MARK} {SHOP}", "alpha")
    path = f"/v1/referrals/{receipt['has_it'][0]['referral_id']}/steps"
    headers = world.as_("alpha") | {"If-Match": '"1"'}
    world.http.post(path, json={"step": "acknowledge"}, headers=headers).raise_for_status()
    assert _file(world, trace, "gamma", 4, f"{MARK} {CAFE}", "beta")["not_sent"]


def paths() -> Iterator[str]:
    """Every GET of cards, for things that beta sees, that it may not see, and that never were."""
    cards = [_card("alpha", 1), _card("beta", 2), _card("gamma", 3), _card("gamma", 4), "crd_" + "a" * 20]
    for card in cards:
        yield f"/v1/cards/{card}"
        yield f"/v1/cards/{card}/photos/{UUID(int=0)}"
    yield from ("/v1/cards/mine", "/v1/cards/mine/figures", "/v1/cards/mine?limit=1", "/v1/briefings")
    yield from ("/v1/indicators", "/v1/indicators/own", "/v1/indicators/packs", "/v1/indicators/usefulness")
    yield from ("/v1/indicators/offered", "/v1/indicators/offered?sector=cafe&area=W5", "/v1/referral-figures")
    for query in ("box=in", "box=out", "open=true", "agency=gamma", "agency=alpha", "area=W5", "cursor=nonsense"):
        yield f"/v1/referrals?{query}"
    yield from (f"/v1/referrals?indicator={indicator_id(agency, _SLUG)}" for agency in ("alpha", "beta", "gamma"))
    yield f"/v1/referrals/ref_{_NEVER}"
    yield from ("/v1/contacts", "/v1/contacts/officers", "/v1/contacts/who?agency=alpha")


def _card(agency: str, number: int) -> str:
    return derived_id("crd", agency, str(UUID(int=number)))


def _file(world: Any, trace: str, agency: str, number: int, name: str, to: str) -> dict[str, Any]:
    place = {"name": name, "address": "12 Station Road", "postcode": "W5 3NU"}
    seen = {"text": f"What {name} does.", "indicators": [indicator_id(to, _SLUG)]}
    filed: dict[str, Any] = _post(
        world, agency, "/v1/cards", {"id": str(UUID(int=number)), "place": place} | seen, trace
    )
    return filed


def _post(world: Any, agency: str, path: str, body: dict[str, Any], trace: str) -> Any:
    headers = world.as_(agency, "officer", "agency_admin") | {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    return world.http.post(path, json=body, headers=headers).raise_for_status().json()

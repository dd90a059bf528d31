"""What agencies ask officers to look out for, in a demonstration: each adopts what the packs list under its regimes."""

from collections.abc import Iterable
from typing import Any

from joinedup.client import Api, DevToken

_STARTS = "2020-01-01"


async def ask_officers(url: str, agencies: Iterable[tuple[str, str]]) -> int:
    """How many indicators were adopted. `agencies` are (agency, one of its regimes). Raises client.Refusal."""
    adopted = 0
    for agency, regime in sorted(set(agencies)):
        async with Api(url, DevToken(url, agency, ("agency_admin",))) as api:
            for pack in await api.get("/v1/indicators/packs"):
                adopted += await _adopt(api, pack, regime)
    return adopted


async def _adopt(api: Api, pack: dict[str, Any], regime: str) -> int:
    slugs = [one["slug"] for one in pack["indicators"] if one["regime"] == regime]
    if slugs:
        await api.post(f"/v1/indicators/packs/{pack['id']}/adoption", {"starts": _STARTS, "slugs": slugs})
    return len(slugs)

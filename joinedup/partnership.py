"""A demonstration partnership for any set of feeds: their agencies, categories and made-up legal gateways."""

from collections.abc import Iterable
from typing import Any

import yaml

from services.ingest.domain.feed import FeedSpec

PURPOSE = "joint-compliance"
_STARTS = "2020-01-01"
_MADE_UP = "Demonstration only, no statute"
_UNREVIEWED = "nobody: demonstration, legal review needed"


def demonstration(id_: str, title: str, specs: Iterable[FeedSpec]) -> str:
    """YAML for `shared.sharing.load_partnership`: every agency shares all that it holds with every other, in full."""
    specs = tuple(specs)
    return demonstration_of(id_, title, {spec.agency for spec in specs}, {spec.category for spec in specs})


def demonstration_of(id_: str, title: str, agencies: Iterable[str], categories: Iterable[str]) -> str:
    """The same, of these agencies and categories."""
    agencies = sorted(agencies)
    partnership = {
        "id": id_,
        "title": title,
        "agencies": [_agency(agency) for agency in agencies],
        "categories": sorted(categories),
        "stream_purpose": PURPOSE,
        "legal_gateways": [_gateway(agency) for agency in agencies],
    }
    return yaml.safe_dump(partnership, sort_keys=False, allow_unicode=True)


def _agency(agency: str) -> dict[str, str]:
    return {"id": agency, "title": _title(agency), "information_governance": f"ig@{agency}.example"}


def _gateway(agency: str) -> dict[str, Any]:
    return {
        "id": f"demonstration-{agency}",
        "from": [agency],
        "to": "*",
        "categories": "*",
        "purposes": [PURPOSE],
        "grant": "full",
        "statute": _MADE_UP,
        "section": "none",
        "starts": _STARTS,
        "status": "active",
        "legal_review": {"by": _UNREVIEWED, "day": _STARTS},
        "signatures": [{"agency": agency, "by": _UNREVIEWED, "day": _STARTS}],
    }


def _title(agency: str) -> str:
    return agency.replace("-", " ").capitalize()

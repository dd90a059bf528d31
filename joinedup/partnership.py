"""A demonstration partnership for any set of feeds: their agencies, categories and made-up legal gateways."""

from collections.abc import Iterable, Mapping, Sequence
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
    agencies = {agency: sorted(_called_otherwise(agency, specs)) for agency in {spec.agency for spec in specs}}
    return demonstration_of(id_, title, agencies, {spec.category for spec in specs})


def _called_otherwise(agency: str, specs: Iterable[FeedSpec]) -> set[str]:
    """Its feeds whose ids do not begin with its own."""
    return {spec.id for spec in specs if spec.agency == agency and not f"{spec.id}-".startswith(f"{agency}-")}


def demonstration_of(id_: str, title: str, agencies: Mapping[str, Sequence[str]], categories: Iterable[str]) -> str:
    """The same, of these agencies, each with the ids of feeds that do not begin with its own, and these categories."""
    partnership = {
        "id": id_,
        "title": title,
        "agencies": [_agency(agency, feeds) for agency, feeds in sorted(agencies.items())],
        "categories": sorted(categories),
        "stream_purpose": PURPOSE,
        "legal_gateways": [_gateway(agency) for agency in sorted(agencies)],
    }
    return yaml.safe_dump(partnership, sort_keys=False, allow_unicode=True)


def _agency(agency: str, feeds: Sequence[str]) -> dict[str, Any]:
    known = {"id": agency, "title": _title(agency), "information_governance": f"ig@{agency}.example"}
    return known | ({"feeds": list(feeds)} if feeds else {})


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

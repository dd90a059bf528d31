"""A demonstration partnership for any set of feeds: their agencies, categories and made-up legal gateways."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from services.calendar.domain.policy import as_shipped
from services.ingest.domain.feed import FeedSpec

PURPOSE = "joint-compliance"
_INITIALS = frozenset({"glaa", "hmrc", "nhs"})
_STARTS = "2020-01-01"
_MADE_UP = "Demonstration only, no statute"
_UNREVIEWED = "nobody: demonstration, legal review needed"


def demonstration(id_: str, title: str, specs: Iterable[FeedSpec]) -> str:
    """YAML for `shared.sharing.load_partnership`: every agency shares all that it holds with every other, in full."""
    by_agency: dict[str, list[FeedSpec]] = {}
    for spec in specs:
        by_agency.setdefault(spec.agency, []).append(spec)
    agencies = {agency: _about(agency, own) for agency, own in by_agency.items()}
    return demonstration_of(id_, title, agencies, {spec.category for own in by_agency.values() for spec in own})


def _about(agency: str, own: Iterable[FeedSpec]) -> dict[str, list[str]]:
    """Its classes, which have powers: those that its regimes are for first. Its feeds whose ids do not begin with its
    own."""
    regimes = as_shipped().regimes.regimes
    classes = {class_ for spec in own for class_ in regimes.get(spec.regime, ())[:1]}
    feeds = {spec.id for spec in own if not f"{spec.id}-".startswith(f"{agency}-")}
    return {name: sorted(found) for name, found in (("classes", classes), ("feeds", feeds)) if found}


def demonstration_of(
    id_: str, title: str, agencies: Mapping[str, Mapping[str, list[str]]], categories: Iterable[str]
) -> str:
    """The same, of these agencies, each with what there is to say of it, and these categories."""
    partnership = {
        "id": id_,
        "title": title,
        "agencies": [_agency(agency, more) for agency, more in sorted(agencies.items())],
        "categories": sorted(categories),
        "stream_purpose": PURPOSE,
        "legal_gateways": [_gateway(agency) for agency in sorted(agencies)],
    }
    return yaml.safe_dump(partnership, sort_keys=False, allow_unicode=True)


def _agency(agency: str, more: Mapping[str, list[str]]) -> dict[str, Any]:
    return {"id": agency, "title": _title(agency), "information_governance": f"ig@{agency}.example", **more}


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
    return " ".join(word.upper() if word in _INITIALS else word.capitalize() for word in agency.split("-"))

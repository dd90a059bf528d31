"""Addresses of the lists behind numbers, and how much of what is compared comes from whom."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from services.linker.domain.relate.traits import key_in_words
from services.linker.store.reading import Filters
from shared.contracts.api.linker.risk import AgencyCoverage


def address(filters: Filters, **more: object) -> str:
    """The list of businesses behind a number."""
    asked = {
        "area": filters.area,
        "sector": filters.sector,
        "agency": filters.agency,
        "min_agencies": filters.min_agencies if filters.min_agencies > 1 else None,
        "min_regimes": filters.min_regimes or None,
        "shares": None if filters.shares is None else key_in_words(filters.shares),
        **more,
    }
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"/v1/businesses?{query}" if query else "/v1/businesses"


def coverage(known_to: Mapping[str, int], here: Filters) -> tuple[AgencyCoverage, ...]:
    return tuple(
        AgencyCoverage(agency=agency, businesses=count, list=address(replace(here, agency=agency)))
        for agency, count in sorted(known_to.items())
    )

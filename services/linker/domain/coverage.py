"""Whether a comparison of agencies' records is large and even enough to rely on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class CoveragePolicy:
    """`fewest_businesses` from an agency are worth comparing; one agency with `lopsided_times` as many is lopsided."""

    version: str
    status: str
    source: str
    fewest_businesses: int
    lopsided_times: int


def warnings(businesses: Mapping[str, int], policy: CoveragePolicy) -> tuple[str, ...]:
    """`businesses`: how many there are by agency, of those the reader sees. Sentences, by agency."""
    if not businesses:
        return ("You see no record of any agency here, so nothing was compared.",)
    if len(businesses) == 1:
        return (f"All records here are of one agency, {next(iter(businesses))}: nothing was compared with them.",)
    few = [agency for agency, count in sorted(businesses.items()) if count < policy.fewest_businesses]
    found = [
        f"{agency} has records of only {_businesses(businesses[agency])} here; a comparison with fewer than"
        f" {policy.fewest_businesses} finds little."
        for agency in few
    ]
    largest = max(sorted(businesses), key=lambda agency: businesses[agency])
    found += [
        f"{largest} has records of {businesses[largest]:,} businesses here and {agency} of {count:,}: the comparison is"
        f" lopsided, and most that {largest} knows cannot be found with {agency}."
        for agency, count in sorted(businesses.items())
        if agency not in few and count * policy.lopsided_times <= businesses[largest]
    ]
    return tuple(found)


def _businesses(count: int) -> str:
    return "1 business" if count == 1 else f"{count:,} businesses"


@lru_cache(maxsize=1)
def default_coverage_policy() -> CoveragePolicy:
    raw: dict[str, Any] = orjson.loads(files(__package__).joinpath("policies/coverage.json").read_bytes())
    return CoveragePolicy(**raw)

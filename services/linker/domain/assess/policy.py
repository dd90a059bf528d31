"""By which rules concerns are weighed: dated data that people review, never code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import orjson

from shared.contracts.events.linker import RiskBand


@dataclass(frozen=True, slots=True)
class BandRule:
    """`band` where at least so many regimes have live concerns and the heaviest weighs at least so much."""

    band: RiskBand
    regimes: int
    weight: float


@dataclass(frozen=True, slots=True)
class Persistence:
    """What keeps coming back in one regime weighs more: `each_time` for every earlier time within `within_days`, and
    `after_nothing_found` where a check in between found nothing, up to `most` times the weight. Concerns less than
    `apart_days` after one another are one time: several agencies may report what they saw together."""

    within_days: int
    apart_days: int
    each_time: float
    after_nothing_found: float
    most: float


@dataclass(frozen=True, slots=True)
class RiskPolicy:
    """See `status` for whether it was reviewed. Half-lives in days; weights on the severity scale 0–4."""

    version: str
    in_force_from: date
    status: str
    source: str
    half_life: float
    half_life_by_regime: Mapping[str, float]
    least_severity: int
    live_above: float
    nothing_found_by_another_source: float
    persistence: Persistence
    bands: tuple[BandRule, ...]

    def half_life_of(self, regime: str) -> float:
        return self.half_life_by_regime.get(regime, self.half_life)

    def decayed(self, severity: int, regime: str, days: int) -> float:
        return float(severity * 0.5 ** (days / self.half_life_of(regime)))

    def band(self, regimes: int, heaviest: float) -> RiskBand:
        rule = self.band_rule(regimes, heaviest)
        return rule.band if rule else RiskBand.none

    def band_rule(self, regimes: int, heaviest: float) -> BandRule | None:
        """The first rule that fits; None where none does, which is the band `none`."""
        return next((rule for rule in self.bands if regimes >= rule.regimes and heaviest >= rule.weight), None)


@dataclass(frozen=True, slots=True)
class RiskPolicies:
    """The policies by date: on each day exactly one is in force."""

    by_date: tuple[RiskPolicy, ...]

    def in_force(self, on: date) -> RiskPolicy:
        """The newest of those that had begun; the first also for the time before it."""
        begun = [policy for policy in self.by_date if policy.in_force_from <= on]
        return begun[-1] if begun else self.by_date[0]


def load_policies(data: bytes | str) -> RiskPolicies:
    """Policies from a JSON list; KeyError or ValueError names what is missing or wrong."""
    found = sorted(map(_policy, orjson.loads(data)), key=lambda policy: policy.in_force_from)
    if not found or len({policy.in_force_from for policy in found}) < len(found):
        raise ValueError("risk policies: give at least one, and each a date in_force_from of its own")
    return RiskPolicies(tuple(found))


def _policy(raw: Mapping[str, Any]) -> RiskPolicy:
    return RiskPolicy(
        version=raw["version"],
        in_force_from=date.fromisoformat(raw["in_force_from"]),
        status=raw["status"],
        source=raw["source"],
        half_life=raw["half_life_days"]["default"],
        half_life_by_regime=raw["half_life_days"]["by_regime"],
        least_severity=raw["least_severity"],
        live_above=raw["live_above"],
        nothing_found_by_another_source=raw["nothing_found_by_another_source"],
        persistence=Persistence(**raw["persistence"]),
        bands=_bands(raw["bands"]),
    )


def _bands(rules: Sequence[Mapping[str, Any]]) -> tuple[BandRule, ...]:
    return tuple(BandRule(RiskBand(rule["band"]), rule["regimes"], rule["weight"]) for rule in rules)


@lru_cache(maxsize=1)
def default_policies() -> RiskPolicies:
    """The policies that ship with the project, marked for review."""
    return load_policies(files("services.linker.domain").joinpath("policies/risk.json").read_bytes())

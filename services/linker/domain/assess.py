"""Risk of a business as of a date: the regimes with live concerns first, then how severe and how recent they are.

Presence is not a concern, and a check that found nothing counts as a negative: it ends the earlier concerns of its own
source in that regime and discounts those of others.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import orjson

from shared.contracts.events.linker import RegimeConcern, RiskBand
from shared.contracts.record import Observation, ObservationKind

WORST_SEVERITY = 4


@dataclass(frozen=True, slots=True)
class Observed:
    """What one record says, with where it comes from. `received_on` stands in where the agency gave no date."""

    record_id: str
    feed: str
    regime: str
    observation: Observation
    received_on: date

    @property
    def on(self) -> date:
        return self.observation.observed_on or self.received_on


@dataclass(frozen=True, slots=True)
class BandRule:
    """`band` where at least so many regimes have live concerns and the heaviest weighs at least so much."""

    band: RiskBand
    regimes: int
    weight: float


@dataclass(frozen=True, slots=True)
class RiskPolicy:
    """Dated data, reviewed by people: see `status`. Half-lives in days; weights on the severity scale 0–4."""

    version: str
    in_force_from: date
    status: str
    source: str
    half_life: float
    half_life_by_regime: Mapping[str, float]
    least_severity: int
    live_above: float
    nothing_found_by_another_source: float
    bands: tuple[BandRule, ...]

    def decayed(self, severity: int, regime: str, days: int) -> float:
        return float(severity * 0.5 ** (days / self.half_life_by_regime.get(regime, self.half_life)))

    def band(self, regimes: int, heaviest: float) -> RiskBand:
        """The first rule that fits, none if no rule does."""
        fits = (rule.band for rule in self.bands if regimes >= rule.regimes and heaviest >= rule.weight)
        return next(fits, RiskBand.none)


@dataclass(frozen=True, slots=True)
class Risk:
    """`score`: the number of regimes plus, below one, their share of the greatest weight. So regimes count first."""

    band: RiskBand
    score: float
    regimes: tuple[RegimeConcern, ...]


def assess(observations: Sequence[Observed], as_of: date, policy: RiskPolicy) -> Risk:
    """Pure; the order of `observations` does not matter. Regimes come heaviest first."""
    by_regime: defaultdict[str, list[Observed]] = defaultdict(list)
    for observed in observations:
        if observed.on <= as_of:
            by_regime[observed.regime].append(observed)
    found = (_regime_concern(regime, seen, as_of, policy) for regime, seen in by_regime.items())
    regimes = tuple(sorted((concern for concern in found if concern), key=lambda c: (-c.weight, c.regime)))
    heaviest = regimes[0].weight if regimes else 0.0
    return Risk(policy.band(len(regimes), heaviest), _score(regimes), regimes)


def _score(regimes: Sequence[RegimeConcern]) -> float:
    worst = WORST_SEVERITY * len(regimes)
    return round(len(regimes) + sum(c.weight for c in regimes) / (worst + 1), 4)


def _regime_concern(regime: str, seen: Sequence[Observed], as_of: date, policy: RiskPolicy) -> RegimeConcern | None:
    clear = [o for o in seen if o.observation.kind is ObservationKind.nothing_found]
    live: list[tuple[float, Observed]] = []
    for observed in seen:
        weight = _weight(observed, clear, as_of, policy)
        if weight > policy.live_above:
            live.append((weight, observed))
    if not live:
        return None
    live.sort(key=lambda pair: (-pair[0], pair[1].record_id))
    weight, worst = live[0]
    return RegimeConcern(
        regime=regime,
        severity=max(o.observation.severity or 0 for _, o in live),
        weight=round(weight, 3),
        records=tuple(o.record_id for _, o in live),
        reason=_reason(worst, len(live), weight),
    )


def _weight(observed: Observed, clear: Sequence[Observed], as_of: date, policy: RiskPolicy) -> float:
    """Severity after decay; 0 for what is not a live concern on that date."""
    said = observed.observation
    if said.kind is not ObservationKind.concern or (said.severity or 0) < policy.least_severity:
        return 0.0
    if said.closed_on is not None and said.closed_on <= as_of:
        return 0.0
    later = [c for c in clear if c.on > observed.on]
    if any(c.feed == observed.feed for c in later):
        return 0.0
    weight = policy.decayed(said.severity or 0, observed.regime, (as_of - observed.on).days)
    return weight * policy.nothing_found_by_another_source if later else weight


def _reason(worst: Observed, records: int, weight: float) -> str:
    said = worst.observation
    rated = f", rated {said.native_rating} by the agency" if said.native_rating else ""
    when = f"{worst.on.day} {worst.on:%B %Y}"
    dated = f"seen on {when}" if said.observed_on else f"reported by {when}"
    others = f"; {records} records with live concerns" if records > 1 else ""
    regime = worst.regime.replace("_", " ").replace("-", " ").capitalize()
    return f"{regime}: severity {said.severity} of {WORST_SEVERITY}{rated}, {dated}, weighs {weight:.1f} today{others}."


def load_policy(data: bytes | str) -> RiskPolicy:
    """A policy from its JSON; KeyError or ValueError names what is missing or wrong."""
    raw: dict[str, Any] = orjson.loads(data)
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
        bands=tuple(BandRule(RiskBand(rule["band"]), rule["regimes"], rule["weight"]) for rule in raw["bands"]),
    )


@lru_cache(maxsize=1)
def default_policy() -> RiskPolicy:
    """The policy that ships with the project, marked for review."""
    return load_policy(files(__package__).joinpath("policies/risk.json").read_bytes())

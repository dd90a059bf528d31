"""Which pairs are worth a person's time: how uncertain they are, times what hangs on the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log, log2

from services.linker.domain.assess import RiskPolicy
from shared.contracts.events.linker import RiskBand

MOST_AT_STAKE = 4.0
_BANDS = tuple(RiskBand)


@dataclass(frozen=True, slots=True)
class Side:
    """A business as far as it matters here: who knows it, and the weight of its live concerns by regime."""

    name: str
    agencies: frozenset[str]
    regimes: Mapping[str, float]
    band: RiskBand


@dataclass(frozen=True, slots=True)
class Stake:
    """What hangs on whether two businesses are one: `factor` is 1 to MOST_AT_STAKE."""

    factor: float
    sentence: str


def uncertainty(bits: float) -> float:
    """Entropy in bits, 0 to 1, of whether two records are one business: greatest at even odds, which is 0 bits."""
    chance = 1.0 / (1.0 + exp(-bits * log(2.0)))
    if chance in (0.0, 1.0):
        return 0.0
    return -chance * log2(chance) - (1.0 - chance) * log2(1.0 - chance)


def stake(left: Side, right: Side, policy: RiskPolicy) -> Stake:
    """What would differ if the two businesses were one, the gravest first."""
    regimes = {name: max(left.regimes.get(name, 0.0), right.regimes.get(name, 0.0)) for name in _regimes(left, right)}
    rule = policy.band_rule(len(regimes), max(regimes.values(), default=0.0))
    band = rule.band if rule else RiskBand.none
    if _BANDS.index(band) > max(_BANDS.index(left.band), _BANDS.index(right.band)):
        return Stake(4.0, f"As one business it would be of {band.value} risk.")
    if len(regimes) > max(len(left.regimes), len(right.regimes)):
        return Stake(3.0, f"As one business it would have live concerns in {len(regimes)} regimes: {_said(regimes)}.")
    agencies = left.agencies | right.agencies
    if len(agencies) > max(len(left.agencies), len(right.agencies)):
        return Stake(2.0, f"As one business it would be known to {len(agencies)} agencies: {_said(agencies)}.")
    return Stake(1.0, "As one business it would have no more agencies and no more concerns than now.")


def _regimes(left: Side, right: Side) -> list[str]:
    return sorted(left.regimes.keys() | right.regimes.keys())


def _said(names: Mapping[str, float] | frozenset[str]) -> str:
    return ", ".join(sorted(names))

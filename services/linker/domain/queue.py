"""Which pairs are worth a person's time: how uncertain they are, times what hangs on the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log, log2

from services.linker.domain.assess import RiskPolicy
from services.linker.domain.relate.wording import listed, regime_in_words
from shared.contracts.events.linker import RiskBand

_ORDER, _AGENCIES, _REGIMES, _BAND = 1.0, 2.0, 3.0, 4.0
MOST_AT_STAKE, MOST_WITHOUT_CONCERNS = _BAND, _AGENCIES  # the latter where not both have live concerns
_BANDS = tuple(RiskBand)


@dataclass(frozen=True, slots=True)
class Side:
    """A business as far as it matters here: who knows it, and the weight of its live concerns by regime."""

    agencies: frozenset[str]
    regimes: Mapping[str, float]
    band: RiskBand


def uncertainty(bits: float) -> float:
    """Entropy in bits, 0 to 1, of whether two records are one business that are so many bits from where the odds are
    even: greatest there."""
    chance = 1.0 / (1.0 + exp(-bits * log(2.0)))
    if chance in (0.0, 1.0):
        return 0.0
    return -chance * log2(chance) - (1.0 - chance) * log2(1.0 - chance)


def at_stake(left: Side, right: Side, policy: RiskPolicy) -> float:
    """What hangs on whether two businesses are one, 1 to MOST_AT_STAKE: a change of band, more regimes with live
    concerns, or more agencies than either has; else nothing but order."""
    if left.regimes and right.regimes:
        if _BANDS.index(_band(left, right, policy)) > max(_BANDS.index(left.band), _BANDS.index(right.band)):
            return _BAND
        if not (left.regimes.keys() <= right.regimes.keys() or right.regimes.keys() <= left.regimes.keys()):
            return _REGIMES
    return _ORDER if left.agencies <= right.agencies or right.agencies <= left.agencies else _AGENCIES


def stake_sentence(left: Side, right: Side, policy: RiskPolicy, titles: Mapping[str, str]) -> str:
    """What hangs on it, in words. `titles` are what people call the agencies."""
    stake = at_stake(left, right, policy)
    if stake == _BAND:
        return f"As one business it would be of {_band(left, right, policy).value} risk."
    if stake == _REGIMES:
        regimes = sorted(map(regime_in_words, left.regimes.keys() | right.regimes.keys()))
        return f"As one business it would have live concerns in {len(regimes)} regimes: {listed(regimes)}."
    if stake == _AGENCIES:
        agencies = sorted(titles.get(agency, agency) for agency in left.agencies | right.agencies)
        return f"As one business it would be known to {len(agencies)} agencies: {listed(agencies)}."
    return "As one business it would have no more agencies and no more concerns than now."


def _band(left: Side, right: Side, policy: RiskPolicy) -> RiskBand:
    """Of the two as one business, as far as their live concerns tell."""
    regimes = left.regimes.keys() | right.regimes.keys()
    rule = policy.band_rule(len(regimes), max((*left.regimes.values(), *right.regimes.values()), default=0.0))
    return rule.band if rule else RiskBand.none

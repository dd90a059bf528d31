"""The risk itself: which regimes have live concerns, what each weighs, and the band that follows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.linker.domain.assess import say
from services.linker.domain.assess.policy import RiskPolicy
from services.linker.domain.assess.weigh import (
    WORST_SEVERITY,
    Observed,
    Recurrence,
    Standing,
    Weighed,
    checks,
    concerns,
    recurrence,
    weigh,
)
from shared.contracts.events.linker import RegimeConcern, RiskBand


@dataclass(frozen=True, slots=True)
class Regime:
    """One regime on a date: every concern heaviest first, and every check that found nothing, live or not."""

    regime: str
    weighed: tuple[Weighed, ...]
    clear: tuple[Observed, ...]
    again: Recurrence | None

    @property
    def live(self) -> tuple[Weighed, ...]:
        return tuple(weighed for weighed in self.weighed if weighed.standing is Standing.live)

    @property
    def sentence(self) -> str:
        if self.again is None:
            return say.no_live_concern(self.regime, len(self.weighed), len(self.clear))
        return say.reason(self.regime, self.live, self.again, self.weight)

    @property
    def weight(self) -> float:
        """The heaviest live concern's, and more if it keeps coming back, at most 4."""
        return min(float(WORST_SEVERITY), self.live[0].weight * self.again.factor) if self.again else 0.0


@dataclass(frozen=True, slots=True)
class Risk:
    """`score`: the number of regimes plus, below one, their share of the greatest weight. So regimes count first."""

    band: RiskBand
    score: float
    regimes: tuple[RegimeConcern, ...]


def assess(observations: Sequence[Observed], as_of: date, policy: RiskPolicy) -> Risk:
    """Pure; the order of `observations` does not matter. Regimes come heaviest first."""
    live = [regime for regime in regimes(observations, as_of, policy) if regime.again]
    band = policy.band(len(live), live[0].weight if live else 0.0)
    return Risk(band, score(live), tuple(map(_concern, live)))


def regimes(observations: Sequence[Observed], as_of: date, policy: RiskPolicy) -> list[Regime]:
    """Every regime with a concern or a check by that date, heaviest first."""
    found = (_regime(regime, seen, as_of, policy) for regime, seen in _by_regime(observations, as_of).items())
    return sorted((regime for regime in found if regime), key=lambda regime: (-regime.weight, regime.regime))


def score(live: Sequence[Regime]) -> float:
    worst = WORST_SEVERITY * len(live)
    return round(len(live) + sum(round(regime.weight, 3) for regime in live) / (worst + 1), 4)


def _by_regime(observations: Sequence[Observed], as_of: date) -> Mapping[str, list[Observed]]:
    by_regime: defaultdict[str, list[Observed]] = defaultdict(list)
    for observed in observations:
        if observed.on <= as_of:
            by_regime[observed.regime].append(observed)
    return by_regime


def _regime(regime: str, seen: Sequence[Observed], as_of: date, policy: RiskPolicy) -> Regime | None:
    worrying, clear = concerns(seen), sorted(checks(seen), key=lambda check: (check.on, check.record_id))
    if not worrying and not clear:
        return None
    weighed = [weigh(concern, clear, as_of, policy) for concern in worrying]
    weighed.sort(key=lambda found: (found.standing is not Standing.live, -found.weight, found.observed.record_id))
    is_live = bool(weighed) and weighed[0].standing is Standing.live
    again = recurrence(worrying, clear, as_of, policy) if is_live else None
    return Regime(regime, tuple(weighed), tuple(clear), again)


def _concern(regime: Regime) -> RegimeConcern:
    return RegimeConcern(
        regime=regime.regime,
        severity=max(weighed.observed.severity for weighed in regime.live),
        weight=round(regime.weight, 3),
        records=tuple(weighed.observed.record_id for weighed in regime.live),
        reason=regime.sentence,
    )

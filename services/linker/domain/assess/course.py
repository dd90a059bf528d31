"""How a risk went over time: the days on which its band or its set of regimes changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from services.linker.domain.assess import say
from services.linker.domain.assess.policy import RiskPolicies
from services.linker.domain.assess.risk import Risk, assess
from services.linker.domain.assess.weigh import Observed, checks, concerns
from shared.contracts.events.linker import RiskBand

_DAY = timedelta(days=1)
_HORIZON = timedelta(days=3653)
_NOTHING = Risk(RiskBand.none, 0.0, ())


@dataclass(frozen=True, slots=True)
class Point:
    """From this day on the risk was this, until the next point. `because` in sentences."""

    on: date
    risk: Risk
    because: str


class Course:
    """The risk of some records over time. Between the days on which something happened it can only fade."""

    def __init__(self, observations: Sequence[Observed], policies: RiskPolicies) -> None:
        self._observations = observations
        self._policies = policies
        self._known: dict[date, Risk] = {}

    def on(self, day: date) -> Risk:
        if day not in self._known:
            self._known[day] = assess(self._observations, day, self._policies.in_force(day))
        return self._known[day]

    def until(self, end: date) -> list[Point]:
        """Every change up to `end`, that day included, the first record's first."""
        happened = sorted(day for day in self._days() if day <= end)
        return list(self._changes(_NOTHING, [*happened, end + _DAY])) if happened else []

    def after(self, start: date) -> Point | None:
        """The next change if nothing new is recorded, within ten years."""
        happened = sorted(day for day in self._days() if start < day <= start + _HORIZON)
        days = [start, *happened, start + _HORIZON]
        return next((point for point in self._changes(self.on(start), days)), None)

    def _changes(self, before: Risk, days: Sequence[date]) -> Iterator[Point]:
        """`days`: those on which something happened, in order, and behind the last the day to stop at."""
        for start, end in pairwise(days):
            day: date | None = start
            while day is not None and day < end:
                if _state(self.on(day)) != _state(before):
                    before = self.on(day)
                    yield Point(day, before, self._because(day))
                day = self._fades(day, end)

    def _fades(self, start: date, end: date) -> date | None:
        """The first day before `end` on which the risk is another than on `start`; found by halving."""
        same, other = start, end - _DAY
        if _state(self.on(start)) == _state(self.on(other)):
            return None
        while (other - same).days > 1:
            middle = same + (other - same) // 2
            if _state(self.on(middle)) == _state(self.on(start)):
                same = middle
            else:
                other = middle
        return other

    def _days(self) -> set[date]:
        """Those on which a record says that something happened, or a policy came into force."""
        days = {observed.on for observed in (*concerns(self._observations), *checks(self._observations))}
        days |= {o.observation.closed_on for o in concerns(self._observations) if o.observation.closed_on}
        return days | {policy.in_force_from for policy in self._policies.by_date}

    def _because(self, day: date) -> str:
        said = [_happened(observed, day) for observed in self._observations]
        said += [f"Risk policy {p.version} came into force." for p in self._policies.by_date if p.in_force_from == day]
        return " ".join(sorted(filter(None, said))) or "What was found has faded with time."


def _state(risk: Risk) -> tuple[RiskBand, frozenset[str]]:
    return risk.band, frozenset(concern.regime for concern in risk.regimes)


def _happened(observed: Observed, day: date) -> str | None:
    regime = say.regime_name(observed.regime)
    if observed in concerns([observed]):
        if observed.on == day:
            return f"{regime}: {say.found(observed)}."
        if observed.observation.closed_on == day:
            return f"{regime}: a concern {say.dated(observed)} was closed."
    elif observed in checks([observed]) and observed.on == day:
        return f"{regime}: checked and nothing found."
    return None

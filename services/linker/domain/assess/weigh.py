"""What the concerns of one regime weigh on a date, and how often they came back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.linker.domain.assess.policy import RiskPolicy
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

    @property
    def severity(self) -> int:
        return self.observation.severity or 0


class Standing(StrEnum):
    """What has become of a concern by a date."""

    live = "live"
    closed = "closed by the agency"
    cleared = "a later check by the same source found nothing"
    faded = "faded with time"
    slight = "too slight to count"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A concern on a date. `weight` is 0 unless live or faded; `check`: the later check that ended or discounted it."""

    observed: Observed
    standing: Standing
    weight: float
    check: Observed | None = None


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often a regime's concerns came, counted within the time that the policy looks back."""

    times: int
    since: date
    check: Observed | None  # the last that found nothing before they came back
    factor: float


def checks(seen: Iterable[Observed]) -> list[Observed]:
    """Those that found nothing."""
    return [observed for observed in seen if observed.observation.kind is ObservationKind.nothing_found]


def concerns(seen: Iterable[Observed]) -> list[Observed]:
    return [observed for observed in seen if observed.observation.kind is ObservationKind.concern]


def weigh(concern: Observed, clear: Sequence[Observed], as_of: date, policy: RiskPolicy) -> Weighed:
    """`clear`: the checks of that regime that found nothing by `as_of`."""
    closed_on = concern.observation.closed_on
    if concern.severity < policy.least_severity:
        return Weighed(concern, Standing.slight, 0.0)
    if closed_on is not None and closed_on <= as_of:
        return Weighed(concern, Standing.closed, 0.0)
    later = [check for check in clear if check.on > concern.on]
    own = next((check for check in later if check.feed == concern.feed), None)
    if own:
        return Weighed(concern, Standing.cleared, 0.0, own)
    weight = policy.decayed(concern.severity, concern.regime, (as_of - concern.on).days)
    if later:
        weight *= policy.nothing_found_by_another_source
    standing = Standing.live if weight > policy.live_above else Standing.faded
    return Weighed(concern, standing, weight, later[0] if later else None)


def recurrence(seen: Sequence[Observed], clear: Sequence[Observed], as_of: date, policy: RiskPolicy) -> Recurrence:
    """Of the concerns `seen` in one regime by `as_of`, of which at least one is live."""
    rule = policy.persistence
    first = as_of - timedelta(days=rule.within_days)
    counted = sorted(observed.on for observed in seen if observed.severity >= policy.least_severity)
    times = _times([on for on in counted if on >= first] or counted[-1:], rule.apart_days)
    between = [check for check in clear if times[0] < check.on < times[-1]]
    check = max(between, key=lambda found: (found.on, found.record_id), default=None)
    factor = 1.0 + rule.each_time * (len(times) - 1) + (rule.after_nothing_found if check else 0.0)
    return Recurrence(len(times), times[0], check, min(rule.most, factor))


def _times(days: Sequence[date], apart_days: int) -> list[date]:
    """The first day of each time: days in order, those close to one another taken together."""
    times, last = [days[0]], days[0]
    for day in days[1:]:
        if (day - last).days >= apart_days:
            times.append(day)
        last = day
    return times

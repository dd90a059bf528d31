"""Outcomes as observations of a record: what the graph learns from a visit."""

from datetime import date, timedelta

from shared.contracts.api.calendar.outcomes import NewOutcome
from shared.contracts.api.calendar.words import OutcomeKind
from shared.contracts.record import Observation, ObservationKind

_LATE = timedelta(days=28)
_SEVERITY = {
    OutcomeKind.advice: 1,
    OutcomeKind.resolved_on_site: 1,
    OutcomeKind.notice: 2,
    OutcomeKind.arrears: 2,
    OutcomeKind.penalty: 3,
    OutcomeKind.seizure: 3,
    OutcomeKind.closure: 4,
    OutcomeKind.arrest: 4,
}
"""On the common scale of 0 to 4. Example figures: legal review needed."""
_NOTHING = frozenset({OutcomeKind.satisfactory, OutcomeKind.nothing_found})
_AT_ONCE = frozenset({OutcomeKind.resolved_on_site})
VALUED = frozenset({OutcomeKind.penalty, OutcomeKind.seizure, OutcomeKind.arrears})


def is_late(found_on: date, visited_on: date) -> bool:
    return found_on > visited_on + _LATE


def observation(outcome: NewOutcome) -> Observation:
    """What was put right on the spot is a concern that closed that day; what says nothing of compliance is presence."""
    found = {"native_rating": outcome.kind.value.replace("_", " "), "observed_on": outcome.found_on}
    if outcome.kind in _NOTHING:
        return Observation(kind=ObservationKind.nothing_found, **found)
    if outcome.kind not in _SEVERITY:
        return Observation(kind=ObservationKind.presence, **found)
    closed = outcome.found_on if outcome.kind in _AT_ONCE else None
    return Observation(kind=ObservationKind.concern, severity=_SEVERITY[outcome.kind], closed_on=closed, **found)

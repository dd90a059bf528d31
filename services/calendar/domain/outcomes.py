"""Outcomes as observations of a record: what the graph learns from a visit, by the policy of the day."""

from datetime import date, timedelta

from shared.contracts.api.calendar.outcomes import NewOutcome
from shared.contracts.api.calendar.policies import Outcomes
from shared.contracts.record import Observation


def is_late(found_on: date, visited_on: date, policy: Outcomes) -> bool:
    return found_on > visited_on + timedelta(days=policy.late_after_days)


def observation(outcome: NewOutcome, classes: tuple[str, ...], policy: Outcomes) -> Observation:
    """As an agency of these classes found it."""
    rule = policy.kinds[outcome.kind]
    return Observation(
        kind=rule.says,
        severity=policy.severity(outcome.kind, outcome.regime, classes),
        native_rating=outcome.kind.value.replace("_", " "),
        observed_on=outcome.found_on,
        closed_on=outcome.found_on if rule.at_once else None,
    )

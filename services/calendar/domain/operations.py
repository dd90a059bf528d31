"""What an operation asks of each agency, and what has to be said before it is approved.

Source: evaluation ¶54 (mutual aid), ¶59 to ¶61 (weeks of action, and the months of work that they left behind).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.calendar.domain.follow_up import after
from shared.contracts.api.calendar.operations import (
    Consent,
    Load,
    Need,
    OperationPlan,
    OperationWarning,
    PartnerConsent,
    PlannedVisits,
    Team,
    WarningKind,
)
from shared.contracts.api.calendar.policies import FollowUpRates, Staffing


@dataclass(frozen=True, slots=True)
class Standing:
    """An operation as somebody sees it: its plan, who consents, what is asked of whom. `told` are the agencies whose
    spare time they are told of."""

    plan: OperationPlan
    partners: Sequence[PartnerConsent]
    loads: Sequence[Load]
    needs: Sequence[Need]
    told: frozenset[str]


def loads(plan: OperationPlan, spare: Mapping[str, float], rates: FollowUpRates) -> tuple[Load, ...]:
    """Of each agency of the programme; `spare` by agency, of those of which it is known."""
    return tuple(_load(agency, plan, spare.get(agency), rates) for agency in sorted(plan.agencies))


def _load(agency: str, plan: OperationPlan, spare: float | None, rates: FollowUpRates) -> Load:
    work = [(planned, team) for planned in plan.programme for team in planned.teams if team.agency == agency]
    follow_up = round(sum(after(team.regimes, rates, planned.visits).officer_days for planned, team in work), 1)
    return Load(
        agency=agency,
        visits=sum(planned.visits for planned, _ in work),
        visiting=round(sum(planned.visits * team.officers for planned, team in work) * rates.visit_days, 1),
        follow_up=follow_up,
        spare=spare,
        over=None if spare is None else round(max(0.0, follow_up - spare), 1),
        parts=tuple(_part(planned, team, rates) for planned, team in work),
    )


def _part(planned: PlannedVisits, team: Team, rates: FollowUpRates) -> str:
    follow_up = after(team.regimes, rates, planned.visits)
    return f"{planned.what}, {planned.visits} visits: {follow_up.officer_days:g} days. {' '.join(follow_up.parts)}"


def warnings(standing: Standing, staffing: Staffing) -> tuple[OperationWarning, ...]:
    found = (_consents(standing), _capacities(standing), _missing(standing), _crowds(standing, staffing))
    return tuple(warning for kind in found for warning in kind)


def _consents(standing: Standing) -> Iterator[OperationWarning]:
    for partner in standing.partners:
        if partner.consent is not Consent.given:
            has = "has refused" if partner.consent is Consent.refused else "has not consented yet"
            yield _warn(WarningKind.consent, partner.agency, f"{partner.agency} {has}.", blocks=True)


def _capacities(standing: Standing) -> Iterator[OperationWarning]:
    for load in standing.loads:
        if load.over:
            words = (
                f"{load.agency} would have {load.follow_up:g} officer-days of follow-up; it can spare {load.spare:g}."
            )
            yield _warn(WarningKind.over_capacity, load.agency, words, blocks=True)
        elif load.spare is None and load.agency in standing.told:
            words = f"What {load.agency} can spare for {load.follow_up:g} officer-days of follow-up is not known."
            yield _warn(WarningKind.capacity_unknown, load.agency, words)


def _missing(standing: Standing) -> Iterator[OperationWarning]:
    for need in standing.needs:
        if need.missing:
            words = f"{need.agency} still needs {need.missing} of {need.amount}: {need.kind}."
            yield _warn(WarningKind.missing, need.agency, words)


def _crowds(standing: Standing, staffing: Staffing) -> Iterator[OperationWarning]:
    for planned in standing.plan.programme:
        officers = sum(team.officers for team in planned.teams)
        if officers > staffing.most_on_a_visit:
            words = f"{officers} officers at each of these visits: more than {staffing.most_on_a_visit} overwhelm."
            yield _warn(WarningKind.crowd, None, words)


def _warn(kind: WarningKind, agency: str | None, sentence: str, *, blocks: bool = False) -> OperationWarning:
    return OperationWarning(kind=kind, agency=agency, sentence=sentence, blocks=blocks)


def missing(amount: int, offers: Sequence[int]) -> int:
    return max(0, amount - sum(offers))


def is_agreed(found: Sequence[OperationWarning]) -> bool:
    """Whether every partner consents."""
    return all(warning.kind is not WarningKind.consent for warning in found)

"""What each agency gives to the partnership and gets, so that one that only gives is noticed early (¶67, ¶69)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from services.calendar.domain.evaluation.facts import Facts, Visited
from services.calendar.domain.evaluation.figures import LISTS, of_outcome, of_visit
from shared.contracts.api.calendar.reports import Balance, BalanceFigure, BalanceKey, Listed


@dataclass(frozen=True, slots=True)
class _Definition:
    gives: bool
    says: str
    items: Callable[[str, Facts], Iterable[Listed]]


def balance(agency: str, facts: Facts) -> Balance:
    figures = tuple(_figure(key, agency, facts) for key in BalanceKey)
    gives = any(one.value for one in figures if one.gives)
    gets = any(one.value for one in figures if not one.gives)
    return Balance(
        agency=agency,
        figures=figures,
        warning=f"{agency} gives, and gets nothing that is recorded here." if gives and not gets else None,
    )


def items(key: BalanceKey, agency: str, facts: Facts) -> tuple[Listed, ...]:
    return tuple(_FIGURES[key].items(agency, facts))


def definition(key: BalanceKey) -> str:
    return _FIGURES[key].says


def _figure(key: BalanceKey, agency: str, facts: Facts) -> BalanceFigure:
    return BalanceFigure(
        key=key,
        gives=_FIGURES[key].gives,
        definition=_FIGURES[key].says,
        value=sum(one.adds for one in items(key, agency, facts)),
        list=f"{LISTS}/{key}?{facts.span.query}&agency={agency}",
    )


def _own(agency: str, facts: Facts) -> list[Visited]:
    return [visit for visit in facts.done if visit.agency == agency]


def _others(agency: str, facts: Facts) -> list[Visited]:
    """Visits that others made and it came to."""
    return [visit for visit in facts.done if visit.agency != agency and _officers(agency, visit) is not None]


def _officers(agency: str, visit: Visited) -> int | None:
    return next((one.came for one in visit.attended if one.agency == agency), None)


def _lent(agency: str, facts: Facts) -> Iterable[Listed]:
    return (of_visit(visit, _officers(agency, visit) or 0) for visit in _others(agency, facts))


def _outcomes(visits: list[Visited], facts: Facts, whose: Callable[[str], bool]) -> Iterable[Listed]:
    return (of_outcome(one) for visit in visits for one in facts.by_visit.get(visit.id, ()) if whose(one.agency))


_FIGURES = {
    BalanceKey.visits_for_others: _Definition(
        True,
        "Visits that other agencies made and it came to.",
        lambda agency, facts: map(of_visit, _others(agency, facts)),
    ),
    BalanceKey.officers_lent: _Definition(True, "Officers whom it sent to visits that other agencies made.", _lent),
    BalanceKey.outcomes_for_others: _Definition(
        True,
        "Outcomes of other agencies at visits that it made.",
        lambda agency, facts: _outcomes(_own(agency, facts), facts, lambda whose: whose != agency),
    ),
    BalanceKey.outcomes_from_others: _Definition(
        False,
        "Its own outcomes at visits that other agencies made.",
        lambda agency, facts: _outcomes(_others(agency, facts), facts, lambda whose: whose == agency),
    ),
    BalanceKey.visits_joined_by_others: _Definition(
        False,
        "Visits that it made and other agencies came to.",
        lambda agency, facts: (of_visit(visit) for visit in _own(agency, facts) if len(visit.attended) > 1),
    ),
}

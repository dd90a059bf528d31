"""Each figure once: its name, its definition, the list behind it, and how the list makes the number."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from services.calendar.domain.evaluation.facts import Decided, Facts, Found, Visited
from shared.contracts.api.calendar.reports import Figure, FigureKey, Listed, Unit

LISTS = "/v1/reports/partnership/lists"
_Reduce = Callable[[Sequence[float]], float]


@dataclass(frozen=True, slots=True)
class _Definition:
    title: str
    says: str
    unit: Unit
    items: Callable[[Facts], Iterable[Listed]]
    value: _Reduce = sum


def figure(key: FigureKey, facts: Facts) -> Figure:
    defined, found = _FIGURES[key], items(key, facts)
    counts = found or defined.value is sum
    return Figure(
        key=key,
        title=defined.title,
        definition=defined.says,
        unit=defined.unit,
        value=round(defined.value([one.adds for one in found]), 2) if counts else None,
        of=len(found),
        list=address(key, facts),
    )


def items(key: FigureKey, facts: Facts) -> tuple[Listed, ...]:
    return tuple(_FIGURES[key].items(facts))


def definition(key: FigureKey) -> str:
    return _FIGURES[key].says


def address(key: FigureKey, facts: Facts) -> str:
    return f"{LISTS}/{key}?{facts.span.query}"


def of_visit(visit: Visited, adds: float = 1) -> Listed:
    return Listed(kind="visit", id=visit.id, on=visit.on, adds=adds, address=f"/v1/visits/{visit.id}")


def of_outcome(outcome: Found) -> Listed:
    return Listed(kind="outcome", id=outcome.id, on=outcome.on, adds=1, address=f"/v1/outcomes?visit={outcome.visit}")


def _decision(decided: Decided, adds: float) -> Listed:
    where = f"/v1/tasking/decisions?business_id={decided.business_id}"
    return Listed(kind="decision", id=decided.id, on=decided.on, adds=adds, address=where)


def _saved(visit: Visited) -> int:
    """Officers fewer than each agency would have sent on its own; nobody's extra officers count against it."""
    return sum(max(0, one.alone - one.came) for one in visit.attended)


def _wasted(facts: Facts) -> Iterable[Listed]:
    for visit in facts.done:
        if found := facts.by_visit.get(visit.id):
            yield of_visit(visit, all(outcome.kind in facts.policy.wasted for outcome in found))


def _cancelled(facts: Facts, *, duplicates: bool) -> Iterable[Listed]:
    for visit in facts.visits:
        if visit.cancelled and (visit.cancelled in facts.policy.duplicates) is duplicates:
            yield of_visit(visit)


_FIGURES = {
    FigureKey.visits: _Definition(
        "Visits",
        "Visits that were done, by the day on which they began.",
        Unit.number,
        lambda facts: map(of_visit, facts.done),
    ),
    FigureKey.joint_visits: _Definition(
        "Joint visits",
        "Visits that were done and to which two or more agencies came.",
        Unit.number,
        lambda facts: (of_visit(visit) for visit in facts.done if len(visit.attended) > 1),
    ),
    FigureKey.agencies_a_visit: _Definition(
        "Agencies a visit",
        "The mean number of agencies that came to a visit that was done.",
        Unit.agencies,
        lambda facts: (of_visit(visit, len(visit.attended)) for visit in facts.done),
        fmean,
    ),
    FigureKey.officers_saved: _Definition(
        "Officers saved",
        "Over visits that were done: officers whom each agency said it would have sent on its own, less those it sent.",
        Unit.officers,
        lambda facts: (of_visit(visit, _saved(visit)) for visit in facts.done if _saved(visit)),
    ),
    FigureKey.duplicates_avoided: _Definition(
        "Duplicate visits avoided",
        "Visits that were cancelled because their agency joined another's, or for another reason that the policy of "
        "outcomes calls a duplicate.",
        Unit.number,
        lambda facts: _cancelled(facts, duplicates=True),
    ),
    FigureKey.visits_avoided: _Definition(
        "Visits avoided by decision",
        "Visits that your agency's decisions not to visit say they saved.",
        Unit.number,
        lambda facts: (_decision(one, one.visits_avoided) for one in facts.decisions if one.visits_avoided),
    ),
    FigureKey.wasted_share: _Definition(
        "Share of visits that found nothing",
        "Of visits that were done and have an outcome, the share of which every outcome is of a kind that "
        "the policy of outcomes counts as nothing. As shipped, a satisfactory result is not counted as nothing.",
        Unit.share,
        _wasted,
        fmean,
    ),
    FigureKey.planning_days: _Definition(
        "Days from plan to visit",
        "The median number of days from planning a visit to the day on which it began, of visits that were done.",
        Unit.days,
        lambda facts: (of_visit(visit, (visit.on - visit.made_on).days) for visit in facts.done),
        median,
    ),
    FigureKey.days_to_tasking: _Definition(
        "Days from match to tasking",
        "The median number of days from the day on which records first matched to your agency's decision.",
        Unit.days,
        lambda facts: (_decision(one, (one.on - one.matched_on).days) for one in facts.decisions if one.matched_on),
        median,
    ),
    FigureKey.letters: _Definition(
        "Visits announced by letter",
        "Visits that were done and of which a letter told the business beforehand.",
        Unit.number,
        lambda facts: (of_visit(visit) for visit in facts.done if visit.letter_on and visit.letter_on <= visit.on),
    ),
    FigureKey.in_operations: _Definition(
        "Visits of operations",
        "Visits that were done as part of an operation that your agency takes part in.",
        Unit.number,
        lambda facts: (of_visit(visit) for visit in facts.done if visit.in_operation),
    ),
    FigureKey.without_outcome: _Definition(
        "Visits without an outcome yet",
        "Visits that were done and of which no agency has recorded an outcome that you may see.",
        Unit.number,
        lambda facts: (of_visit(visit) for visit in facts.done if visit.id not in facts.by_visit),
    ),
    FigureKey.late_outcomes: _Definition(
        "Late outcomes",
        "Outcomes that became known so long after the visit as the policy of outcomes calls late.",
        Unit.number,
        lambda facts: (of_outcome(outcome) for outcome in facts.outcomes if outcome.late),
    ),
    FigureKey.cancelled: _Definition(
        "Visits cancelled for other reasons",
        "Visits that were cancelled, other than duplicates.",
        Unit.number,
        lambda facts: _cancelled(facts, duplicates=False),
    ),
    FigureKey.overridden: _Definition(
        "Proposals overridden",
        "Visits that your agency made, were done, and for which its chair decided otherwise than was proposed.",
        Unit.number,
        lambda facts: (of_visit(visit) for visit in facts.done if visit.overridden),
    ),
}

"""The report as a whole: columns to compare, outcomes, what each agency gives and gets, and what confounds it."""

from collections.abc import Iterator, Sequence
from datetime import date

from services.calendar.domain.evaluation.balance import balance
from services.calendar.domain.evaluation.facts import Facts
from services.calendar.domain.evaluation.figures import LISTS, address, figure
from shared.contracts.api.calendar.reports import (
    Column,
    Confounder,
    Figure,
    FigureKey,
    OutcomeCount,
    PartnershipReport,
)

_FEW = 30
_SOURCE = (
    "Definitions follow the evaluation of the Better Business Compliance Partnerships (2015): Table 3, Box 3, "
    "paragraphs 47, 48, 57 and 69, Annex A."
)
_ALWAYS = (
    "Agencies that know that they are watched may do better for that alone (observer effect).",
    "Other work in the same area at the same time is not taken out of the figures.",
    "What you may see depends on the sharing rules of today: another agency's report may say other numbers.",
)


def report(agency: str, made_on: date, title: str, columns: Sequence[tuple[str, Facts]]) -> PartnershipReport:
    """`columns` by title; outcomes, balances and confounders are of the first."""
    facts = columns[0][1]
    made = tuple(_column(heading, one) for heading, one in columns)
    return PartnershipReport(
        title=title,
        agency=agency,
        made_on=made_on,
        columns=made,
        outcomes=tuple(_outcomes(facts)),
        balances=tuple(balance(one, facts) for one in _agencies(facts)),
        confounders=(*_confounders(facts, made), *(Confounder(sentence=said, list=None) for said in _ALWAYS)),
        source=_SOURCE,
    )


def _column(title: str, facts: Facts) -> Column:
    span = facts.span
    figures = tuple(figure(key, facts) for key in FigureKey)
    return Column(title=title, since=span.since, until=span.until, area=span.area, figures=figures)


def _outcomes(facts: Facts) -> Iterator[OutcomeCount]:
    pairs = sorted({(outcome.agency, outcome.kind) for outcome in facts.outcomes})
    for agency, kind in pairs:
        found = [one for one in facts.outcomes if (one.agency, one.kind) == (agency, kind)]
        yield OutcomeCount(
            agency=agency,
            kind=kind,
            outcomes=len(found),
            number=sum(one.number or 0 for one in found),
            value_pence=sum(one.value_pence or 0 for one in found),
            list=f"{LISTS}/outcomes?{facts.span.query}&agency={agency}&kind={kind}",
        )


def _agencies(facts: Facts) -> list[str]:
    return sorted({one.agency for visit in facts.done for one in visit.attended})


def _confounders(facts: Facts, columns: Sequence[Column]) -> Iterator[Confounder]:
    here = {one.key: one for one in columns[0].figures}
    yield from _if_any(here[FigureKey.letters], "announced by letter: what changed may be the letter's doing")
    yield from _if_any(here[FigureKey.in_operations], "part of an operation, not of everyday work")
    yield from _if_any(here[FigureKey.without_outcome], "without an outcome yet: some come months later")
    for column in columns:
        visits = next(one for one in column.figures if one.key is FigureKey.visits)
        if visits.of < _FEW:
            counted = "1 visit is" if visits.of == 1 else f"{visits.of} visits are"
            said = f"{column.title}: {counted} too few to tell a difference from chance."
            yield Confounder(sentence=said, list=visits.list)
    if facts.outcomes:
        yield Confounder(
            sentence="Outcomes are as each agency recorded them; agencies differ in what they record.",
            list=address(FigureKey.visits, facts),
        )


def _if_any(one: Figure, what: str) -> Iterator[Confounder]:
    if one.of:
        verb = "was" if one.of == 1 else "were"
        yield Confounder(sentence=f"{one.of} of the visits {verb} {what}.", list=one.list)

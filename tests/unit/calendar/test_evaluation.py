"""The report's figures: each is made of the list that it opens to."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.calendar.domain.evaluation import Attended, Decided, Facts, Found, Span, Visited, balance, figures, report
from services.calendar.domain.policy import as_shipped
from services.calendar.handlers.printing import as_html, as_pdf
from shared.contracts.api.calendar.reports import BalanceKey, FigureKey, PartnershipReport
from shared.contracts.api.calendar.words import CancelReason, OutcomeKind, VisitStatus

DAY = date(2027, 3, 2)
SPAN = Span(date(2027, 3, 1), date(2027, 3, 31), date(2027, 4, 1), "UB1")


def visit(no: int, *attended: Attended, **more) -> Visited:
    made = {"agency": "council", "status": VisitStatus.done, "on": DAY, "made_on": DAY - timedelta(days=no)}
    made |= {"letter_on": None, "cancelled": None, "in_operation": False, "overridden": False}
    return Visited(id=f"vis_{no}", attended=attended or (Attended("council", 1, 1, None),), **made | more)


def outcome(no: int, of: int, agency: str, kind: OutcomeKind, **more) -> Found:
    said = {"on": DAY, "late": False, "number": None, "value_pence": None} | more
    return Found(f"out_{no}", f"vis_{of}", agency, kind, **said)


POLICY = as_shipped().outcomes
IMMIGRATION = Attended("immigration", 2, 8, 2)
FACTS = Facts(
    SPAN,
    (
        visit(1, Attended("council", 1, 2, 1), IMMIGRATION),
        visit(2, letter_on=DAY - timedelta(days=9)),
        visit(3, Attended("fire", 2, 2, None), Attended("council", 1, 1, 3), agency="fire"),
        visit(4, status=VisitStatus.cancelled, cancelled=CancelReason.joined_another),
        visit(5, status=VisitStatus.cancelled, cancelled=CancelReason.weather),
        visit(6, status=VisitStatus.planned),
    ),
    (
        outcome(1, 1, "immigration", OutcomeKind.arrest, number=1),
        outcome(2, 1, "council", OutcomeKind.nothing_found),
        outcome(3, 2, "council", OutcomeKind.nothing_found),
        outcome(4, 3, "fire", OutcomeKind.penalty, value_pence=150_000, late=True),
    ),
    (
        Decided("tde_1", "biz_a", DAY, DAY - timedelta(days=3), 2),
        Decided("tde_2", "biz_b", DAY, DAY - timedelta(days=9), 0),
        Decided("tde_3", "biz_c", DAY, None, 0),
    ),
    POLICY,
)


@pytest.mark.parametrize(
    ("key", "value", "of"),
    [
        (FigureKey.visits, 3, 3),
        (FigureKey.joint_visits, 2, 2),
        (FigureKey.agencies_a_visit, 1.67, 3),
        (FigureKey.officers_saved, 7, 1),
        (FigureKey.duplicates_avoided, 1, 1),
        (FigureKey.visits_avoided, 2, 1),
        (FigureKey.wasted_share, 0.33, 3),
        (FigureKey.planning_days, 2, 3),
        (FigureKey.days_to_tasking, 6, 2),
        (FigureKey.letters, 1, 1),
        (FigureKey.in_operations, 0, 0),
        (FigureKey.without_outcome, 0, 0),
        (FigureKey.late_outcomes, 1, 1),
        (FigureKey.cancelled, 1, 1),
    ],
)
def test_a_figure_is_worked_out_from_the_list_that_it_opens_to(key, value, of):
    found = figures.figure(key, FACTS)
    assert (found.value, found.of, len(figures.items(key, FACTS))) == (value, of, of)
    assert (
        found.list == f"/v1/reports/partnership/lists/{key}?since=2027-03-01&until=2027-03-31&area=UB1&as_of=2027-04-01"
    )


def test_eight_officers_instead_of_whom_two_came_are_six_saved_and_more_than_planned_cost_nothing():
    saved = {one.id: one.adds for one in figures.items(FigureKey.officers_saved, FACTS)}
    assert saved == {"vis_1": (8 - 2) + (2 - 1)}


def test_there_is_no_mean_of_nothing_and_no_share_of_what_has_no_outcome():
    empty = Facts(SPAN, (visit(1),), (), (), POLICY)
    values = {key: figures.figure(key, empty).value for key in FigureKey}
    assert values[FigureKey.wasted_share] is None
    assert values[FigureKey.days_to_tasking] is None
    assert values[FigureKey.visits] == 1
    assert values[FigureKey.without_outcome] == 1


def test_an_agency_gives_and_gets():
    given = {one.key: one.value for one in balance.balance("council", FACTS).figures}
    assert given == {
        BalanceKey.visits_for_others: 1,
        BalanceKey.officers_lent: 3,
        BalanceKey.outcomes_for_others: 1,
        BalanceKey.outcomes_from_others: 0,
        BalanceKey.visits_joined_by_others: 1,
    }


def test_an_agency_that_only_gives_is_warned_of():
    lender = Facts(SPAN, (visit(1, Attended("council", 1, 1, 1), Attended("police", 4, 4, 4)),), (), (), POLICY)
    assert balance.balance("police", lender).warning is not None
    hit = replace(lender, outcomes=(outcome(1, 1, "police", OutcomeKind.arrest),))
    assert balance.balance("police", hit).warning is None


def printed() -> PartnershipReport:
    before = replace(
        FACTS, span=replace(SPAN, since=date(2026, 3, 1), until=date(2026, 3, 31)), visits=(visit(9),), outcomes=()
    )
    title = "Report <of> the #partnership"
    return report("council", DAY, title, [("This period", FACTS), ("Baseline", before)])


def test_the_report_prints_definitions_and_confounders_beside_its_columns():
    made = printed()
    assert [column.title for column in made.columns] == ["This period", "Baseline"]
    said = " ".join(one.sentence for one in made.confounders)
    assert "1 of the visits was announced by letter" in said
    assert "Baseline: 1 visit is too few" in said
    assert "observer effect" in said
    assert all(one.definition for column in made.columns for one in column.figures)


def test_the_page_links_every_number_and_takes_no_text_for_markup():
    page = as_html(printed())
    made = printed()
    links = [one.list for column in made.columns for one in column.figures]
    links += [one.list for one in made.outcomes] + [one.list for who in made.balances for one in who.figures]
    assert all(f'href="{link.replace("&", "&amp;")}"' in page for link in links)
    assert "&lt;of&gt;" in page
    assert '<html lang="en-GB">' in page
    assert page.count("<th scope=") > len(FigureKey)
    assert "33%" in page
    assert "£1,500.00" in page


def test_the_paper_is_tagged_and_says_that_it_is_accessible():
    paper = as_pdf(printed())
    assert paper.startswith(b"%PDF-")
    assert b"pdfuaid" in paper
    assert b"/MarkInfo" in paper
    assert paper == as_pdf(printed())

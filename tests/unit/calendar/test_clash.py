"""What clashes, as a function of what may be seen: in any order, and of hidden visits no more than whom to ring."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.calendar.domain.clash import Other, Plan, judged
from services.calendar.domain.policy import as_shipped
from services.calendar.domain.sight import Sight
from shared.contracts.api.calendar.words import How, VisitStatus

DAY = date(2027, 2, 3)
PLAN = Plan("council", DAY, DAY, ("food-hygiene",), officers=2)
POLICY = as_shipped().deconfliction


def other(number: int = 1, **changes: object) -> Other:
    made = Other(
        visit_id=f"vis_{number}",
        agency="fire",
        title="Fire",
        status=VisitStatus.confirmed,
        how=How.same_premises,
        first=DAY,
        last=DAY,
        sight=Sight.full,
        contact="desk",
        attends=False,
        officers=1,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


others = st.lists(
    st.builds(
        other,
        st.integers(1, 99),
        status=st.sampled_from([VisitStatus.planned, VisitStatus.confirmed, VisitStatus.done]),
        how=st.sampled_from(How),
        first=st.just(DAY),
        last=st.integers(0, 120).map(lambda days: DAY + timedelta(days=days)),
        sight=st.sampled_from(Sight),
        contact=st.sampled_from(["desk", "liaison"]),
        officers=st.integers(0, 9),
    ),
    unique_by=lambda one: one.visit_id,
    max_size=8,
)


@given(others, st.randoms())
def test_the_order_in_which_visits_are_found_changes_nothing(found, chance) -> None:
    mixed = list(found)
    chance.shuffle(mixed)
    assert judged(PLAN, mixed, POLICY) == judged(PLAN, found, POLICY)


@given(others)
def test_of_what_is_masked_only_the_contacts_matter(found) -> None:
    masked = [one for one in found if one.sight is Sight.ring and one.status is not VisitStatus.done]
    seen = [one for one in found if one.sight is not Sight.ring]
    first_of_each = list(
        {one.contact: replace(one, visit_id=f"vis_x{n}", officers=99) for n, one in enumerate(masked)}.values()
    )
    near = [replace(one, first=DAY, last=DAY, how=How.network) for one in first_of_each]
    assert judged(PLAN, [*seen, *near], POLICY) == judged(PLAN, [*seen, *masked], POLICY)


@given(others)
def test_what_may_not_be_known_of_is_as_if_it_were_not(found) -> None:
    known = [one for one in found if one.sight is not Sight.nothing]
    assert judged(PLAN, found, POLICY) == judged(PLAN, known, POLICY)


def test_the_window_is_that_of_the_regime_that_asks_for_most() -> None:
    month_later = [other(first=DAY + timedelta(days=29), last=DAY + timedelta(days=29))]
    assert judged(PLAN, month_later, POLICY).clear
    longer = POLICY.model_copy(update={"days": POLICY.days.model_copy(update={"regimes": {"licensing": 60}})})
    both = replace(PLAN, regimes=("food-hygiene", "licensing"))
    assert not judged(both, month_later, longer).clear
    assert judged(both, month_later, longer).days == 60


def test_only_a_confirmed_visit_of_a_kind_that_blocks_stands_in_the_way() -> None:
    assert not judged(PLAN, [other()], POLICY).clear
    assert judged(PLAN, [other(status=VisitStatus.planned)], POLICY).clear
    assert judged(PLAN, [other(how=How.same_organisation)], POLICY).clear


def test_any_masked_visit_stands_in_the_way_whatever_its_status_so_that_none_is_told() -> None:
    told = {
        judged(PLAN, [other(sight=Sight.ring, status=status)], POLICY)
        for status in (VisitStatus.planned, VisitStatus.confirmed)
    }
    (one,) = told
    assert not one.clear

"""Who gets a card, which indicators an officer is offered, and when clocks start: without a store."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.referrals.domain.contacts import Contact
from services.referrals.domain.life import OPEN, after, next_steps
from services.referrals.domain.offer import Hits, offered
from services.referrals.domain.packs import packs
from services.referrals.domain.place import area_of
from services.referrals.domain.policy import clock_starts, policies, policy_on
from services.referrals.domain.routing import routes, works_there
from shared.contracts.api.referrals.cards import Place
from shared.contracts.api.referrals.contacts import Digest
from shared.contracts.api.referrals.indicators import Indicator
from shared.contracts.api.referrals.life import State, Step

TABLE_2 = {"immigration": 3, "tax": 3, "fire-safety": 2, "trading-standards": 2, "district": 6}
"""Of the seed, paragraph 34."""


def indicator(name: str, agency: str, *sectors: str, regime: str = "r") -> Indicator:
    return Indicator(
        indicator_id="ind_" + name * 20,
        agency=agency,
        version=1,
        pack=None,
        source="test",
        slug=name,
        regime=regime,
        text=name,
        look_for=name,
        scope=name,
        sectors=sectors,
        starts=date(2026, 1, 1),
    )


A, B, C = indicator("a", "fire"), indicator("b", "border"), indicator("c", "fire", regime="s")


def test_the_whole_of_table_2_ships_each_with_its_scope_and_source() -> None:
    pack = packs()["golden-indicators"]
    by_regime = [one.regime for one in pack.indicators]
    counted = {regime: by_regime.count(regime) for regime in list(TABLE_2)[:4]}
    assert counted | {"district": len(by_regime) - sum(counted.values())} == TABLE_2
    assert all(one.scope and one.look_for for pack in packs().values() for one in pack.indicators)
    assert {"taxi-licensing", "child-sexual-exploitation", "multiple-occupation"} < packs().keys()


def test_a_card_goes_once_to_each_agency_and_regime_and_never_to_its_own() -> None:
    found = routes([A, B, C], ["fire", "police", "council"], {B.indicator_id: {"fire", "council"}}, "council")
    assert [(one.agency, one.regime, [i.slug for i in one.indicators]) for one in found] == [
        ("border", "r", ["b"]),
        ("fire", "r", ["a", "b"]),
        ("fire", "s", ["c"]),
        ("police", None, []),
    ]


def test_an_agency_that_works_elsewhere_offers_nothing_here() -> None:
    role = Contact("con_1", "fire", "Desk", date(2026, 1, 1), areas=("UB", "TR1"))
    assert works_there([role], "UB1")
    assert works_there([role], None)
    assert works_there([], "W5")
    assert not works_there([role], "W5")
    assert not works_there([role], "TR10")


def test_a_handful_is_spread_over_agencies_the_most_helpful_first() -> None:
    taxi = indicator("d", "border", "taxi")
    hits = {A.indicator_id: Hits(10, 0), C.indicator_id: Hits(10, 9)}
    assert [one.slug for one, _ in offered([A, B, C, taxi], "Taxi firm", hits, 3)] == ["d", "c", "b"]
    assert [one.slug for one, _ in offered([A, B, C, taxi], "Bakery", hits, 3)] == ["c", "b", "a"]
    assert [one.slug for one, _ in offered([A, B, C, taxi], None, hits, 1)] == ["c"]


@pytest.mark.parametrize("state", State)
def test_every_open_state_has_a_clock_and_leads_to_the_end(state: State) -> None:
    assert all((state in policy.clocks) == (state in OPEN) for policy in policies())
    seen, reached = set[State](), {state}
    while reached - seen:
        at = (reached - seen).pop()
        seen.add(at)
        reached |= {then for step in next_steps(at) if (then := after(at, step))}
    assert reached & {State.closed, State.passed_on}


def test_only_feedback_closes() -> None:
    closing = {(state, step) for state in State for step in Step if after(state, step) is State.closed}
    assert {step for _, step in closing} == {Step.close}
    assert {state for state, _ in closing} == {State.accepted, State.declined, State.actioned}


@pytest.mark.parametrize(
    ("digest", "until", "starts"),
    [
        (Digest.none, None, datetime(2026, 3, 27, 16, tzinfo=UTC)),
        (Digest.daily, None, datetime(2026, 3, 28, 9, tzinfo=UTC)),
        (Digest.weekly, None, datetime(2026, 3, 30, 8, tzinfo=UTC)),  # 9:00 in London, an hour on since Sunday
        (Digest.none, date(2026, 4, 2), datetime(2026, 4, 3, 8, tzinfo=UTC)),
        (Digest.weekly, date(2026, 1, 1), datetime(2026, 3, 30, 8, tzinfo=UTC)),
    ],
)
def test_a_clock_starts_when_the_role_takes_the_referral_in(
    digest: Digest, until: date | None, starts: datetime
) -> None:
    friday = datetime(2026, 3, 27, 16, tzinfo=UTC)
    role = Contact("con_1", "glaa", "Desk", date(2026, 1, 1), digest=digest, no_capacity_until=until)
    assert clock_starts(friday, role) == starts


def test_the_newest_policy_that_has_begun_counts() -> None:
    (shipped,) = policies()
    later = shipped.model_copy(update={"starts": shipped.starts + timedelta(days=10), "handful": 3})
    known = (shipped, later)
    assert policy_on(later.starts - timedelta(days=1), known).handful == shipped.handful
    assert policy_on(later.starts, known).handful == 3


@pytest.mark.parametrize(
    ("place", "area"),
    [
        (Place(postcode="ub1 3db"), "UB1"),
        (Place(postcode="UB13DB"), "UB1"),
        (Place(postcode="EC1A 1BB"), "EC1A"),
        (Place(address="14 High Street, Southall, UB1 3DB"), "UB1"),
        (Place(address="the corner shop"), None),
    ],
)
def test_the_area_is_the_outward_postcode(place: Place, area: str | None) -> None:
    assert area_of(place) == area

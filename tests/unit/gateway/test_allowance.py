"""The window slides, and the wait that is told is long enough and no longer than it need be."""

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.allowance import Limit

MINUTE = Limit("client", 10, 60)
COUNTS = st.integers(0, 30)
TIMES = st.floats(0, 10_000, allow_nan=False)


def test_within_a_period_the_limit_is_the_limit():
    assert MINUTE.wait(0, 9, 30) == 0
    assert MINUTE.wait(0, 10, 30) == 30 + 6


def test_the_period_before_counts_for_as_much_as_the_window_still_covers():
    assert MINUTE.wait(10, 0, 60) == 6
    assert MINUTE.wait(10, 0, 66) == 0
    assert MINUTE.wait(10, 4, 90) == 0
    assert MINUTE.wait(10, 5, 90) == 6


@given(before=COUNTS, in_this=COUNTS, now=TIMES)
def test_after_the_wait_a_request_is_allowed_and_well_before_it_none_is(before, in_this, now):
    wait = MINUTE.wait(before, in_this, now)
    assert is_allowed(before, in_this, now, now + wait + 0.001)
    if wait > 1:
        assert not is_allowed(before, in_this, now, now + wait - 1.001)


def is_allowed(before: int, in_this: int, then: float, now: float) -> bool:
    """Whether it is `now`, if nothing was asked since `then`."""
    passed = MINUTE.period(now) - MINUTE.period(then)
    counts = [0, 0, in_this, before]
    return MINUTE.wait(*reversed(counts[2 - passed : 4 - passed]), now) == 0


@given(st.lists(st.floats(0, 0.9), max_size=400))
def test_no_period_holds_more_than_the_limit_however_the_requests_come(gaps):
    counts: dict[int, int] = {}
    now = 0.0
    for gap in gaps:
        now += gap
        period = MINUTE.period(now)
        if not MINUTE.wait(counts.get(period - 1, 0), counts.get(period, 0), now):
            counts[period] = counts.get(period, 0) + 1
    assert all(count <= MINUTE.requests for count in counts.values())

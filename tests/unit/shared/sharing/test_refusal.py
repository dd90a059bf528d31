"""What is said to whoever reads for another purpose: the powers to their own agency, and nothing of anybody else's."""

from hypothesis import given
from hypothesis import strategies as st

from shared.sharing import not_for_this_purpose
from tests.unit.shared.sharing.build import DAY, power, rules

TASKING = {"purposes": ["tasking"]}


def said(*powers, viewer: str = "fire", purpose: str = "tasking") -> str:
    return not_for_this_purpose(viewer, purpose, DAY, rules(*powers))


def test_a_power_for_it_is_named_and_so_is_who_has_written_none():
    told = said(power(**TASKING))
    assert told.startswith("Businesses, figures and streams are shown for compliance only. ")
    assert "Food may share for it under the Test Act 2020, section 1, by single request." in told
    assert "no power to share with your agency is written by Police." in told
    assert "/v1/sharing/dry-run" in told


def test_a_power_that_does_not_count_is_named_with_what_keeps_it_from_counting():
    told = said(power(**TASKING, status="draft"))
    assert (
        "Food could share for it under the Test Act 2020, section 1, which does not count: Its status is draft" in told
    )


def test_where_nothing_is_written_every_partner_is_named_as_one_whose_power_is_missing():
    assert "is written by Food, Police." in said(power())


def test_what_was_asked_for_is_not_repeated():
    assert "tasking" not in said(power(**TASKING))


@given(st.lists(st.sampled_from(["food", "police"]), min_size=1, unique=True), st.sampled_from(["draft", "active"]))
def test_powers_between_others_change_no_word(owners, status):
    theirs = power(id="theirs", **{"from": owners, "to": ["food"]}, **TASKING, status=status, statute="Secret Act 2025")
    assert said(theirs) == said()

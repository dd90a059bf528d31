"""Everybody who listens may have it, or nobody gets it."""

from itertools import product

from services.referrals.domain.agendas import Listener, is_withheld, shown

THINGS = ["risk", "tip", "tax"]
MAY = {"council": {"risk", "tip"}, "border": {"risk", "tip", "tax"}, "revenue": {"risk"}}


def sees(agency: str, thing: str) -> bool:
    return thing in MAY[agency]


def test_one_who_may_not_have_it_hides_it_from_all():
    everybody = [Listener("border", True), Listener("revenue", True)]
    assert shown(THINGS, "council", everybody, sees) == ["risk"]
    assert shown(THINGS, "council", everybody[:1], sees) == ["risk", "tip"]
    assert shown(THINGS, "border", [], sees) == THINGS


def test_one_who_is_not_assured_hides_everything():
    for assured in product([True, False], repeat=2):
        listeners = [Listener("border", one) for one in assured]
        assert bool(shown(THINGS, "council", listeners, sees)) is all(assured)


def test_the_chair_is_told_that_something_is_left_out_and_of_what_it_may_not_have_nothing():
    assert is_withheld(THINGS, ["risk"], "council", sees)
    assert not is_withheld(THINGS, ["risk", "tip"], "council", sees), "the tax item is none of the chair's business"

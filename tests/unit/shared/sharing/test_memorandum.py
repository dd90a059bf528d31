"""Memoranda: cited, cloned without what was signed, and never a power."""

from datetime import date

from shared.sharing import Memorandum, clone, views
from tests.unit.shared.sharing.build import DAY, granted, rules, signed

EALING = Memorandum.model_validate(
    {
        "id": "ealing",
        "title": "Sharing for joint compliance",
        "parties": ["fire", "food"],
        "why": "To find businesses that break several rules.",
        "how": "In the service, never by e-mail.",
        "what_for": ["compliance"],
        "review_on": "2027-01-01",
        "signatures": signed("fire", "food"),
    }
)


def test_a_clone_keeps_the_words_and_drops_parties_dates_and_signatures():
    made = clone(EALING, "cornwall", ["police", "fire"])
    assert (made.id, made.parties) == ("cornwall", ("police", "fire"))
    assert (made.title, made.why, made.how, made.what_for) == (EALING.title, EALING.why, EALING.how, EALING.what_for)
    assert (made.signatures, made.review_on) == ((), None)


def test_a_signed_memorandum_opens_nothing():
    with_it = rules(memoranda=[EALING.model_dump(mode="json")])
    assert granted(with_it) is None
    assert views(with_it, DAY) == views(rules(), DAY)


def test_it_speaks_of_its_parties_and_its_purposes_only():
    assert EALING.speaks_of("food", "fire", "compliance")
    assert not EALING.speaks_of("food", "police", "compliance")
    assert not EALING.speaks_of("food", "fire", "tasking")


def test_it_is_signed_once_all_have_signed():
    assert EALING.signed_by("fire", "food", on_date=date(2026, 1, 1))
    assert not EALING.signed_by("fire", "food", on_date=date(2025, 12, 31))
    assert not EALING.signed_by("fire", "police", on_date=DAY)

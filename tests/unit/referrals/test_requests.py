"""The kinds that ship, and the steps of a request."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.referrals.domain.request_kinds import by_id, faults, in_force, shipped
from services.referrals.domain.requests import MOVES, OPEN, WAITING, Side, chases, due_at, median_hours
from shared.contracts.api.referrals.requests import Status, Step
from shared.sharing.words import field_groups

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize("kind", shipped(), ids=lambda kind: kind.id)
def test_a_kind_that_ships_names_its_source_its_review_and_known_groups_of_fields(kind):
    assert kind.source
    assert kind.legal_review == "needed"
    assert {field.group for field in kind.answer} <= field_groups().keys()
    assert kind.clock.remind_hours < min(kind.clock.hit_hours, kind.clock.answer_hours)


def test_of_two_versions_of_a_kind_the_one_that_began_last_counts():
    old, new = by_id("owner"), by_id("owner").model_copy(update={"starts": date(2026, 6, 1)})
    assert in_force([new, old], date(2026, 5, 31)) == {"owner": old}
    assert in_force([new, old], date(2026, 6, 1)) == {"owner": new}
    ended = old.model_copy(update={"ends": date(2026, 5, 31)})
    assert in_force([ended], date(2026, 6, 1)) == {}


@pytest.mark.parametrize(
    ("value", "code"),
    [("2026-11-20", None), ("soon", "type"), (None, "type"), (["2026-11-20"], "type")],
)
def test_a_value_is_of_the_type_that_the_field_says(value, code):
    found = faults(by_id("employees-at-premises").question, {"on-day": value}, "body.question")
    assert [one.code for one in found] == ([code] if code else [])


def test_who_is_asked_is_chased_in_every_state_that_waits_for_it_and_in_no_other():
    clock = by_id("owner").clock
    due = {status: due_at(status, NOW, clock) for status in Status}
    assert {status for status, moment in due.items() if moment} == WAITING
    assert [at - NOW for _, at in chases(due[Status.sent], clock)] == [timedelta(hours=24), timedelta(hours=48)]


def test_no_step_leads_on_from_an_end_and_each_open_state_has_a_way_out_for_both():
    assert all(move.from_ <= OPEN for move in MOVES.values())
    for status in OPEN:
        assert any(status in move.from_ and move.side is Side.asker for move in MOVES.values())
    for status in WAITING:
        assert any(status in move.from_ and move.side is Side.answerer for move in MOVES.values())
    assert Step.answer in MOVES


def test_a_median_is_of_the_middle():
    assert median_hours([timedelta(hours=1), timedelta(hours=50), timedelta(hours=2)]) == 2.0
    assert median_hours([timedelta(hours=1), timedelta(hours=2)]) == 1.5

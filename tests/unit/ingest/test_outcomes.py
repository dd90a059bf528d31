"""What a row does to its record, for every state of it."""

import pytest

from services.ingest.domain.outcomes import REPEATED, SUPERSEDED, Place, State, Verdict, decide_row, hold_reason
from shared.contracts.api.ingest import RowOutcome

FIFTH = Place(5, since=5)
LIVE = State(version=3, content_hash="a", deleted=False, applied=2)
GONE = State(version=3, content_hash="", deleted=True, applied=2)
LATER = State(version=3, content_hash="a", deleted=False, applied=6)
SAME_FILE = State(version=3, content_hash="a", deleted=False, applied=5)


@pytest.mark.parametrize(
    ("state", "content", "verdict"),
    [
        (None, "a", Verdict(RowOutcome.stored, 1)),
        (None, None, Verdict(RowOutcome.unchanged, None)),
        (LIVE, "a", Verdict(RowOutcome.unchanged, 3)),
        (LIVE, "b", Verdict(RowOutcome.corrected, 4)),
        (LIVE, None, Verdict(RowOutcome.retracted, 4)),
        (GONE, "a", Verdict(RowOutcome.stored, 4)),
        (GONE, None, Verdict(RowOutcome.unchanged, 3)),
        (SAME_FILE, "a", Verdict(RowOutcome.unchanged, 3)),
        (SAME_FILE, "b", Verdict(RowOutcome.rejected, None, REPEATED)),
        (SAME_FILE, None, Verdict(RowOutcome.rejected, None, REPEATED)),
        (LATER, "b", Verdict(RowOutcome.unchanged, 3, SUPERSEDED)),
        (LATER, None, Verdict(RowOutcome.unchanged, 3, SUPERSEDED)),
    ],
)
def test_a_row_is_decided_by_its_content_and_the_submissions_place(
    state: State | None, content: str | None, verdict: Verdict
) -> None:
    assert decide_row(state, content, FIFTH) == verdict


def test_a_resubmitted_row_counts_from_when_it_was_first_sent() -> None:
    between = State(version=3, content_hash="a", deleted=False, applied=4)
    assert decide_row(between, "b", Place(7, since=3)).issue == SUPERSEDED
    assert decide_row(between, "b", Place(7, since=4)).outcome is RowOutcome.corrected


@pytest.mark.parametrize(
    ("would_retract", "held_before", "guard", "unidentified", "held"),
    [
        (0, 100, 0.2, 0, False),
        (0, 100, 0.2, 5, False),
        (20, 100, 0.2, 0, False),
        (21, 100, 0.2, 0, True),
        (1, 100, 0.2, 1, True),
        (100, 100, 1.0, 0, False),
        (1, 100, 0.0, 0, True),
    ],
)
def test_a_snapshot_is_held_past_its_guard_or_when_rows_are_unknown(
    would_retract: int, held_before: int, guard: float, unidentified: int, held: bool
) -> None:
    assert (hold_reason(would_retract, held_before, guard, unidentified) is not None) is held

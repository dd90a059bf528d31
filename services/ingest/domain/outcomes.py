"""What a row does to its record: a pure decision from the row, the record's state and the submission's place in line.

Submissions count in the order of their numbers. A row never undoes what a later submission said, and within one
submission the first row of a record counts.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.api.ingest import RowOutcome
from shared.contracts.problem import FieldProblem

REPEATED = FieldProblem(
    field="source_ref",
    code="reference_repeated",
    remedy="An earlier row of this submission has the same reference and another content. Keep one of them, "
    "or map a reference that tells them apart.",
)
SUPERSEDED = FieldProblem(
    field="source_ref",
    code="superseded",
    remedy="Nothing to do: a later submission has already spoken for this record, and its content stays.",
)
ERASED = FieldProblem(
    field="source_ref",
    code="erased",
    remedy="The record was erased for good, at the request that your own list of requests shows. Take it out of what "
    "you send.",
)


class Held(StrEnum):
    """What a request of the person concerned has made of a record: `erased` ones stay out, and of `restricted` ones
    nobody is told."""

    erased = "erased"
    restricted = "restricted"


@dataclass(frozen=True, slots=True)
class State:
    """A record as it stands. `applied` is the number of the submission whose row last spoke for it."""

    version: int
    content_hash: str
    deleted: bool
    applied: int
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A submission's number, and the number from which its content dates (its own, unless it resubmits another's)."""

    number: int
    since: int


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: RowOutcome
    version: int | None
    issue: FieldProblem | None = None


def decide_row(state: State | None, content_hash: str | None, place: Place) -> Verdict:
    """The outcome of a good row whose content has this hash; None says that the record was deleted."""
    if state is None:
        return Verdict(RowOutcome.stored, 1) if content_hash else Verdict(RowOutcome.unchanged, None)
    if state.held is Held.erased:
        return Verdict(RowOutcome.rejected, None, ERASED)
    same = state.deleted if content_hash is None else not state.deleted and state.content_hash == content_hash
    if state.applied == place.number and not same:
        return Verdict(RowOutcome.rejected, None, REPEATED)
    if state.applied > place.since and state.applied != place.number:
        return Verdict(RowOutcome.unchanged, state.version, SUPERSEDED)
    if same:
        return Verdict(RowOutcome.unchanged, state.version)
    return Verdict(_change(state, content_hash), state.version + 1)


def _change(state: State, content_hash: str | None) -> RowOutcome:
    if content_hash is None:
        return RowOutcome.retracted
    return RowOutcome.stored if state.deleted else RowOutcome.corrected


def hold_reason(would_retract: int, held_before: int, guard_share: float, unidentified: int) -> str | None:
    """Why a snapshot's retractions need a person, or None. `held_before`: records before the snapshot came."""
    if would_retract and unidentified:
        return f"{unidentified} rows could not be identified, so the records that are missing may be among them."
    if would_retract > guard_share * held_before:
        return f"It would retract more than {guard_share:.0%} of the feed's records."
    return None

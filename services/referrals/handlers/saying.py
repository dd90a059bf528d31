"""The events of a referral's life."""

from typing import Any

from sqlalchemy import Row

from services.referrals.handlers.sight import conditions
from shared.contracts.api.referrals.life import Feedback, State
from shared.contracts.events.referrals import (
    FeedbackGiven,
    ReferralAmended,
    ReferralClosed,
    ReferralData,
    ReferralOverdue,
    ReferralReceived,
    ReferralTaken,
    ReferralWithdrawn,
)
from shared.runtime.outbox import Publisher


def say_received(tx: Publisher, referral: dict[str, Any]) -> None:
    fixed = {name: referral[name] for name in ("card", "from_agency", "to_agency", "purpose", "met", "state")}
    said = ReferralReceived(
        **_common(referral["id"], fixed),
        regime=referral["regime"],
        starts_at=referral["received_at"],
        due_at=referral["due_at"],
    )
    _publish(tx, said)


def say_taken(tx: Publisher, row: Row[Any], state: State, due_at: Any) -> None:
    _publish(tx, ReferralTaken(**_of(row, state), due_at=due_at))


def say_overdue(tx: Publisher, row: Row[Any], level: int) -> None:
    _publish(tx, ReferralOverdue(**_of(row, row.state), due_at=row.due_at, level=level))


def say_withdrawn(tx: Publisher, row: Row[Any]) -> None:
    _publish(tx, ReferralWithdrawn(**_of(row, row.state)))


def say_closed(tx: Publisher, row: Row[Any], feedback: Feedback) -> None:
    _publish(tx, ReferralClosed(**_of(row, State.closed), feedback=feedback))
    say_feedback(tx, row, row.to_agency, feedback, late=False)


def say_amended(tx: Publisher, row: Row[Any], state: State, *, erased: bool) -> None:
    _publish(tx, ReferralAmended(**_of(row, state), erased=erased))


def say_feedback(tx: Publisher, row: Row[Any], by_agency: str, feedback: Feedback | None, *, late: bool) -> None:
    said = FeedbackGiven(
        referral_id=row.id,
        card_id=row.card,
        from_agency=row.from_agency,
        to_agency=row.to_agency,
        by_agency=by_agency,
        feedback=feedback,
        late=late,
    )
    tx.publish(said, subject=row.id)


def _of(row: Row[Any], state: str) -> dict[str, Any]:
    return _common(row.id, row._asdict() | {"state": state})


def _common(id_: str, values: dict[str, Any]) -> dict[str, Any]:
    kept = {name: values[name] for name in ("from_agency", "to_agency", "purpose")}
    met = tuple(sorted(conditions(values["met"])))
    return kept | {"referral_id": id_, "card_id": values["card"], "met": met, "state": State(values["state"])}


def _publish(tx: Publisher, said: ReferralData) -> None:
    tx.publish(said, subject=said.referral_id)

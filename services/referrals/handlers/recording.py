"""Back to the graph: an accepted card is a record of the agency whose officer filed it (design, "Services").

Whatever the card said in words stays here; what goes is the place, the regime and that there is a concern.
"""

from typing import Any

from sqlalchemy import Row

from services.referrals.domain.place import observed, record_of
from services.referrals.domain.policy import policy_on
from services.referrals.store import cards
from shared.contracts.api.referrals.cards import Place
from shared.contracts.api.referrals.life import Feedback, State
from shared.contracts.events.referrals import CardRecorded
from shared.contracts.identifiers import noted_feed_id, record_id
from shared.contracts.record import Observation, ObservationKind
from shared.runtime.clock import LONDON, today
from shared.runtime.db import Database, Tx
from shared.sharing import CARDS

_NO_REGIME = "other"


async def record_acceptance(database: Database, tx: Tx, row: Row[Any]) -> None:
    """From now on the card follows its own record, too: so one that was put in words finds its business."""
    feed = noted_feed_id(CARDS, row.from_agency, regime_of(row))
    held = {"record_id": record_id(feed, row.card), "card": row.card, "agency": row.from_agency}
    await cards.add_record(database, tx.connection, held)
    _record(tx, row, None)


def record_feedback(tx: Tx, row: Row[Any], feedback: Feedback) -> None:
    """What the feedback changes in the record. A card that was declined has none."""
    if row.state != State.declined and feedback in (Feedback.not_helpful, Feedback.too_little):
        _record(tx, row, feedback)


def _record(tx: Tx, row: Row[Any], feedback: Feedback | None) -> None:
    seen = Observation(kind=ObservationKind.presence, observed_on=row.filed_at.astimezone(LONDON).date())
    observation = observed(policy_on(today()).card_severity, seen, feedback)
    said = CardRecorded(
        agency=row.from_agency,
        regime=regime_of(row),
        source_ref=row.card,
        record=record_of(Place.model_validate(row.place), observation),
    )
    tx.publish(said, subject=row.card)


def regime_of(row: Row[Any]) -> str:
    """Of the feed that the record is in."""
    return row.regime or _NO_REGIME

"""What referrals listens to, and what it does with it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.contracts.envelope import EventData
from shared.contracts.events.calendar import VISITS_TOPIC, VisitOutcome
from shared.contracts.events.linker import BUSINESSES_TOPIC, BusinessChanged, BusinessMerged, BusinessWithdrawn

GROUP = "referrals"
TOPICS = (BUSINESSES_TOPIC, VISITS_TOPIC)


class Handlers(NamedTuple):
    """A card's business changed or ended; a visit came to something."""

    changed: Any
    ended: Any
    visited: Any


def subscriptions(handlers: Handlers) -> Mapping[type[EventData], Any]:
    return {
        BusinessChanged: handlers.changed,
        BusinessMerged: handlers.ended,
        BusinessWithdrawn: handlers.ended,
        VisitOutcome: handlers.visited,
    }

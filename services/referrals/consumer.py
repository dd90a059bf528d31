"""What referrals listens to, and what it does with it."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.envelope import EventData
from shared.contracts.events.linker import BUSINESSES_TOPIC, BusinessChanged, BusinessMerged, BusinessWithdrawn

GROUP = "referrals"
TOPICS = (BUSINESSES_TOPIC,)


def subscriptions(follow: Any) -> Mapping[type[EventData], Any]:
    return {BusinessChanged: follow.changed, BusinessMerged: follow.ended, BusinessWithdrawn: follow.ended}

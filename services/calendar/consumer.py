"""What calendar listens to, and what it does with it."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.envelope import EventData
from shared.contracts.events.linker import BUSINESSES_TOPIC, BusinessChanged, BusinessMerged, BusinessWithdrawn

GROUP = "calendar"
TOPICS = (BUSINESSES_TOPIC,)


def subscriptions(following: Any) -> Mapping[type[EventData], Any]:
    return {BusinessChanged: following.changed, BusinessMerged: following.ended, BusinessWithdrawn: following.ended}

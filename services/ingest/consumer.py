"""What ingest listens to, and what it does with it."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.envelope import EventData
from shared.contracts.events.calendar import OUTCOME_RECORDS_TOPIC, OutcomeRecorded
from shared.contracts.events.referrals import CARD_RECORDS_TOPIC, CardRecorded

GROUP = "ingest"
TOPICS = (CARD_RECORDS_TOPIC, OUTCOME_RECORDS_TOPIC)


def subscriptions(take_noted: Any) -> Mapping[type[EventData], Any]:
    return {CardRecorded: take_noted, OutcomeRecorded: take_noted}

"""What ingest listens to, and what it does with it."""

from collections.abc import Mapping
from typing import Any

from services.ingest.handlers.noted import take_noted
from shared.contracts.envelope import EventData
from shared.contracts.events.calendar import OUTCOME_RECORDS_TOPIC, OutcomeRecorded
from shared.contracts.events.referrals import CARD_RECORDS_TOPIC, CardRecorded

GROUP = "ingest"
TOPICS = (CARD_RECORDS_TOPIC, OUTCOME_RECORDS_TOPIC)


SUBSCRIPTIONS: Mapping[type[EventData], Any] = {CardRecorded: take_noted, OutcomeRecorded: take_noted}

"""What the linker listens to, and what it does with it."""

from collections.abc import Mapping
from typing import Any

from services.linker.handlers.resolve import Resolver
from shared.contracts.envelope import EventData
from shared.contracts.events.ingest import RECORDS_TOPIC, RecordCorrected, RecordReceived, RecordRetracted

GROUP = "linker"
TOPIC = RECORDS_TOPIC


def subscriptions(resolver: Resolver) -> Mapping[type[EventData], Any]:
    return {
        RecordReceived: resolver.resolve_records,
        RecordCorrected: resolver.resolve_records,
        RecordRetracted: resolver.resolve_records,
    }

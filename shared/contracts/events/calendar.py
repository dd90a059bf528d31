"""What the calendar says."""

from shared.contracts.events.noted import Noted

OUTCOME_RECORDS_TOPIC = "calendar.records"


class OutcomeRecorded(Noted):
    """uk.joinedup.outcome.recorded.v1: what an agency found at a visit, or much later because of it."""

"""What referrals says."""

from shared.contracts.events.noted import Noted

CARD_RECORDS_TOPIC = "referrals.records"


class CardRecorded(Noted):
    """uk.joinedup.card.recorded.v1: a referral of a concern card was accepted."""

"""The register of events: type, payload, topic and owner. JSON Schemas and AsyncAPI are generated from it."""

from dataclasses import dataclass

from shared.contracts.envelope import EVENT_TYPE_PREFIX, EventData
from shared.contracts.events import calendar, ingest, linker, referrals


@dataclass(frozen=True)
class EventSpec:
    """One kind of event: `type` on the wire, the payload's model, the topic, and the service that says it."""

    data: type[EventData]
    type: str
    topic: str
    source: str


def _spec(name: str, data: type[EventData], topic: str) -> EventSpec:
    return EventSpec(data, f"{EVENT_TYPE_PREFIX}{name}.v1", topic, f"/{topic.partition('.')[0]}")


EVENTS: tuple[EventSpec, ...] = (
    _spec("record.received", ingest.RecordReceived, ingest.RECORDS_TOPIC),
    _spec("record.corrected", ingest.RecordCorrected, ingest.RECORDS_TOPIC),
    _spec("record.retracted", ingest.RecordRetracted, ingest.RECORDS_TOPIC),
    _spec("records.disposed", ingest.RecordsDisposed, ingest.FEEDS_TOPIC),
    _spec("feed.stale", ingest.FeedStale, ingest.FEEDS_TOPIC),
    _spec("business.changed", linker.BusinessChanged, linker.BUSINESSES_TOPIC),
    _spec("business.merged", linker.BusinessMerged, linker.BUSINESSES_TOPIC),
    _spec("business.split", linker.BusinessSplit, linker.BUSINESSES_TOPIC),
    _spec("business.withdrawn", linker.BusinessWithdrawn, linker.BUSINESSES_TOPIC),
    _spec("reasons.disposed", linker.ReasonsDisposed, linker.BUSINESSES_TOPIC),
    _spec("risk.changed", linker.RiskChanged, linker.RISK_TOPIC),
    _spec("finding.raised", linker.FindingRaised, linker.FINDINGS_TOPIC),
    _spec("finding.ended", linker.FindingEnded, linker.FINDINGS_TOPIC),
    _spec("card.filed", referrals.CardFiled, referrals.CARDS_TOPIC),
    _spec("referral.received", referrals.ReferralReceived, referrals.REFERRALS_TOPIC),
    _spec("referral.taken", referrals.ReferralTaken, referrals.REFERRALS_TOPIC),
    _spec("referral.overdue", referrals.ReferralOverdue, referrals.REFERRALS_TOPIC),
    _spec("referral.withdrawn", referrals.ReferralWithdrawn, referrals.REFERRALS_TOPIC),
    _spec("referral.closed", referrals.ReferralClosed, referrals.REFERRALS_TOPIC),
    _spec("referral.amended", referrals.ReferralAmended, referrals.REFERRALS_TOPIC),
    _spec("notes.disposed", referrals.NotesDisposed, referrals.CARDS_TOPIC),
    _spec("feedback.given", referrals.FeedbackGiven, referrals.REFERRALS_TOPIC),
    _spec("request.made", referrals.RequestMade, referrals.REQUESTS_TOPIC),
    _spec("request.moved", referrals.RequestMoved, referrals.REQUESTS_TOPIC),
    _spec("request.overdue", referrals.RequestOverdue, referrals.REQUESTS_TOPIC),
    _spec("card.recorded", referrals.CardRecorded, referrals.CARD_RECORDS_TOPIC),
    _spec("outcome.recorded", calendar.OutcomeRecorded, calendar.OUTCOME_RECORDS_TOPIC),
    _spec("visit.planned", calendar.VisitPlanned, calendar.VISITS_TOPIC),
    _spec("visit.changed", calendar.VisitChanged, calendar.VISITS_TOPIC),
    _spec("visit.cancelled", calendar.VisitCancelled, calendar.VISITS_TOPIC),
    _spec("visit.done", calendar.VisitDone, calendar.VISITS_TOPIC),
    _spec("plans.disposed", calendar.PlansDisposed, calendar.VISITS_TOPIC),
    _spec("visit.outcome", calendar.VisitOutcome, calendar.VISITS_TOPIC),
)

BY_TYPE: dict[str, EventSpec] = {spec.type: spec for spec in EVENTS}
BY_DATA: dict[type[EventData], EventSpec] = {spec.data: spec for spec in EVENTS}

SEALED_TOPICS = frozenset({ingest.RECORDS_TOPIC, referrals.CARD_RECORDS_TOPIC, calendar.OUTCOME_RECORDS_TOPIC})
"""Topics that say what may be of a person: each aggregate's events are sealed under a key that erasure destroys."""

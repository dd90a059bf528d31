"""Events that never happened, for an agency to try its own system with: one of each shape."""

from datetime import UTC, date, datetime

from shared.contracts.api.calendar.words import CancelReason
from shared.contracts.api.gateway import RiskChange, ViewChanged
from shared.contracts.api.referrals.life import Feedback, State
from shared.contracts.api.referrals.requests import Status
from shared.contracts.api.webhooks import (
    CardNotice,
    EventType,
    FeedbackNotice,
    FeedNotice,
    FindingNotice,
    Notice,
    NoticeData,
    ReferralNotice,
    RequestNotice,
    VisitNotice,
    WebhookNotice,
)
from shared.contracts.events.linker import Cause, FindingType, RegimeConcern, RiskBand

_AT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
_BUSINESS = "biz_" + "a" * 20
_SENTENCE = "Fire safety: no working alarm was found on 4 January 2026."


def _event(number: int, kind: EventType, data: NoticeData) -> Notice:
    return Notice(id=_id(number), type=kind, timestamp=_AT.replace(minute=30 + number), data=data)


def _id(number: int) -> str:
    return f"evt_{number:032x}"


_RISK = RiskChange(
    event_id=_id(1),
    time=_AT.replace(minute=31),
    business_id=_BUSINESS,
    sequence=1,
    cause=Cause.changed,
    visible=True,
    area="UB1",
    as_of=date(2026, 1, 5),
    band=RiskBand.high,
    previous_band=RiskBand.none,
    score=3.0,
    regimes=(
        RegimeConcern(regime="fire-safety", severity=3, weight=3.0, records=("rec_" + "a" * 20,), reason=_SENTENCE),
    ),
    reasons=(_SENTENCE,),
    traceparent=None,
)
_FINDING = FindingNotice(finding_id="fnd_" + "a" * 20, type=FindingType.multi_regime, business_ids=(_BUSINESS,))
_RAISED = _FINDING.model_copy(update={"title": "Concerns of several regimes (a test)", "areas": ("UB1",)})
_CARD, _REFERRAL = "crd_" + "0" * 32, "ref_" + "0" * 32
_SENT = ReferralNotice(
    referral_id=_REFERRAL, card_id=_CARD, from_agency="licensing", to_agency="fire", state=State.received, due_at=_AT
)
_FEEDBACK = FeedbackNotice(
    referral_id=_REFERRAL, card_id=_CARD, by_agency="fire", feedback=Feedback.helpful, late=False
)
_VISIT = VisitNotice(visit_id="vis_" + "0" * 32, version=1, agency="fire", starts_at=_AT, ends_at=_AT.replace(hour=11))
_CANCELLED = VisitNotice(visit_id=_VISIT.visit_id, version=2, agency="fire", reason=CancelReason.other)
_REQUEST = RequestNotice(
    request_id="rfi_" + "0" * 32,
    kind="vat-registered",
    from_agency="fire",
    to_agency="licensing",
    status=Status.sent,
    due_at=_AT,
)

EVENTS = (
    _event(1, EventType.risk_changed, _RISK),
    _event(2, EventType.finding_raised, _RAISED),
    _event(3, EventType.finding_ended, _FINDING),
    _event(4, EventType.view_changed, ViewChanged()),
    _event(5, EventType.card_filed, CardNotice(card_id=_CARD, referrals=(_REFERRAL,))),
    _event(6, EventType.referral_received, _SENT),
    _event(
        7, EventType.referral_closed, _SENT.model_copy(update={"state": State.closed, "feedback": Feedback.helpful})
    ),
    _event(8, EventType.feedback_given, _FEEDBACK),
    _event(9, EventType.visit_planned, _VISIT),
    _event(10, EventType.visit_cancelled, _CANCELLED),
    _event(11, EventType.request_made, _REQUEST),
    _event(12, EventType.feed_stale, FeedNotice(feed="fire-audits", last_received_at=_AT, expected_every_hours=24)),
    _event(13, EventType.referral_amended, _SENT.model_copy(update={"state": State.closed, "erased": True})),
    _event(14, EventType.webhook_test, WebhookNotice(webhook_id="whk_" + "0" * 32, reason="A test.")),
)

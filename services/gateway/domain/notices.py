"""Events of the log as an agency outside is told of them, and what each rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from services.gateway.domain.basis import Addressed, Disclosure, Invitations
from services.gateway.domain.risk import is_farewell, own_view
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
)
from shared.contracts.envelope import Contract, Event, EventData
from shared.contracts.events.calendar import (
    VISITS_TOPIC,
    VisitCancelled,
    VisitChanged,
    VisitData,
    VisitDone,
    VisitPlanned,
)
from shared.contracts.events.ingest import FEEDS_TOPIC, FeedStale
from shared.contracts.events.linker import FINDINGS_TOPIC, RISK_TOPIC, Cause, FindingEnded, FindingRaised, RiskChanged
from shared.contracts.events.referrals import (
    CARDS_TOPIC,
    REFERRALS_TOPIC,
    REQUESTS_TOPIC,
    CardFiled,
    FeedbackGiven,
    ReferralAmended,
    ReferralClosed,
    ReferralData,
    ReferralOverdue,
    ReferralReceived,
    ReferralTaken,
    ReferralWithdrawn,
    RequestData,
    RequestMade,
    RequestMoved,
    RequestOverdue,
)
from shared.sharing import CARDS, REQUESTS, VISITS

_REFERRALS: Mapping[type[EventData], EventType] = {
    ReferralReceived: EventType.referral_received,
    ReferralTaken: EventType.referral_taken,
    ReferralOverdue: EventType.referral_overdue,
    ReferralClosed: EventType.referral_closed,
    ReferralAmended: EventType.referral_amended,
}
_REQUESTS: Mapping[type[EventData], EventType] = {
    RequestMade: EventType.request_made,
    RequestMoved: EventType.request_moved,
    RequestOverdue: EventType.request_overdue,
}
_VISITS: Mapping[type[EventData], EventType] = {
    VisitPlanned: EventType.visit_planned,
    VisitChanged: EventType.visit_changed,
    VisitCancelled: EventType.visit_cancelled,
    VisitDone: EventType.visit_done,
}
NoticeT = TypeVar("NoticeT", bound=Contract)

TOPICS = (RISK_TOPIC, FINDINGS_TOPIC, FEEDS_TOPIC, CARDS_TOPIC, REFERRALS_TOPIC, REQUESTS_TOPIC, VISITS_TOPIC)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice, the agencies it was said for, and what it rests on: an audience's id for a view, None for what is
    theirs alone, or tells them what they see no more."""

    notice: Notice
    agencies: frozenset[str]
    basis: str | Addressed | None

    @property
    def basis_id(self) -> str | None:
        return self.basis.id if isinstance(self.basis, Addressed) else self.basis


def told(event: Event[Any]) -> Told | None:
    """None for an event that nobody outside is told of."""
    match event.data:
        case RiskChanged():
            return _of_view(event, EventType.risk_changed, own_view(event))
        case FindingRaised() as data:
            return _of_view(event, EventType.finding_raised, _finding(data, title=data.title, areas=data.areas))
        case FindingEnded() as data:
            return _of_view(event, EventType.finding_ended, _finding(data))
        case CardFiled() as data:
            return _of_one(event, EventType.card_filed, data.agency, _same(CardNotice, data))
        case ReferralWithdrawn() as data:
            return _farewell(event, EventType.referral_withdrawn, data, _same(ReferralNotice, data))
        case ReferralData() as data if type(data) in _REFERRALS:
            return _between(event, _REFERRALS[type(data)], data, CARDS, _same(ReferralNotice, data))
        case RequestData() as data if type(data) in _REQUESTS:
            return _between(event, _REQUESTS[type(data)], data, REQUESTS, _same(RequestNotice, data))
        case VisitData() as data if type(data) in _VISITS:
            return _of_visit(event, _VISITS[type(data)], data)
        case FeedStale() as data:
            return _of_one(event, EventType.feed_stale, data.agency, _same(FeedNotice, data))
        case FeedbackGiven() as data:
            return _of_one(event, EventType.feedback_given, data.from_agency, _same(FeedbackNotice, data))
    return None


def _of_view(event: Event[Any], kind: EventType, data: Any) -> Told:
    audience = event.data.audience
    return Told(
        _notice(event, kind, data), frozenset(audience.agencies), None if _is_farewell(event.data) else audience.id
    )


def _of_one(event: Event[Any], kind: EventType, agency: str, data: NoticeData) -> Told:
    return Told(_notice(event, kind, data), frozenset({agency}), None)


def _between(
    event: Event[Any], kind: EventType, data: ReferralData | RequestData, category: str, said: NoticeData
) -> Told:
    """Whoever sent it has it as its own; whoever it was sent to may have it by the power under which it was sent."""
    sent = Disclosure(owner=data.from_agency, category=category, purpose=data.purpose, met=frozenset(data.met))
    return Told(_notice(event, kind, said), frozenset({data.from_agency, data.to_agency}), sent)


def _farewell(event: Event[Any], kind: EventType, data: ReferralData, said: NoticeData) -> Told:
    """Whoever had it until now is told of its ids, under no power, since none is left."""
    return Told(_notice(event, kind, said), frozenset({data.from_agency, data.to_agency}), None)


def _of_visit(event: Event[Any], kind: EventType, data: VisitData) -> Told:
    """Whoever made it has it as its own; the others by the power under which each was told of it."""
    met = {agency: frozenset(conditions) for agency, conditions in data.met.items()}
    shown = Invitations(owner=data.agency, category=VISITS, met=met)
    return Told(_notice(event, kind, _same(VisitNotice, data)), frozenset(data.agencies), shown)


def _notice(event: Event[Any], kind: EventType, data: NoticeData) -> Notice:
    return Notice(id=event.id, type=kind, timestamp=event.time, data=data)


def _same(model: type[NoticeT], data: EventData) -> NoticeT:
    """Of the event's fields those that are told outside, under the same names."""
    return model(**data.model_dump(include={*model.model_fields}))


def _is_farewell(data: Any) -> bool:
    if isinstance(data, RiskChanged):
        return is_farewell(data)
    return isinstance(data, FindingEnded) and data.cause is not Cause.changed


def _finding(data: FindingRaised | FindingEnded, **more: Any) -> FindingNotice:
    shared = data.model_dump(include={"finding_id", "type", "business_ids", "cause"})
    return FindingNotice(**shared, **more)

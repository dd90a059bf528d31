"""Events of the log as an agency outside is told of them, and what each rests on."""

from dataclasses import dataclass
from typing import Any

from services.gateway.domain.risk import is_farewell, own_view
from shared.contracts.api.webhooks import EventType, FindingNotice, Notice
from shared.contracts.envelope import Event
from shared.contracts.events.linker import FINDINGS_TOPIC, RISK_TOPIC, Cause, FindingEnded, FindingRaised, RiskChanged

TOPICS = (RISK_TOPIC, FINDINGS_TOPIC)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice, the agencies it was said for, and the id of what it rests on: an audience's for a view, None for what
    is theirs alone, or tells them what they see no more."""

    notice: Notice
    agencies: frozenset[str]
    basis: str | None


def told(event: Event[Any]) -> Told | None:
    """None for an event that nobody outside is told of."""
    match event.data:
        case RiskChanged():
            return _of_view(event, EventType.risk_changed, own_view(event))
        case FindingRaised() as data:
            return _of_view(event, EventType.finding_raised, _finding(data, title=data.title, areas=data.areas))
        case FindingEnded() as data:
            return _of_view(event, EventType.finding_ended, _finding(data))
    return None


def _of_view(event: Event[Any], kind: EventType, data: Any) -> Told:
    notice = Notice(id=event.id, type=kind, timestamp=event.time, data=data)
    audience = event.data.audience
    return Told(notice, frozenset(audience.agencies), None if _is_farewell(event.data) else audience.id)


def _is_farewell(data: Any) -> bool:
    if isinstance(data, RiskChanged):
        return is_farewell(data)
    return isinstance(data, FindingEnded) and data.cause is not Cause.changed


def _finding(data: FindingRaised | FindingEnded, **more: Any) -> FindingNotice:
    return FindingNotice(finding_id=data.finding_id, type=data.type, business_ids=data.business_ids, **more)

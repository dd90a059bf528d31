"""What the calendar says."""

from datetime import date, datetime

from pydantic import Field

from shared.contracts.api.calendar.words import CancelReason, OutcomeKind, VisitStatus
from shared.contracts.api.sharing import ConditionKind
from shared.contracts.envelope import EventData
from shared.contracts.events.noted import Noted, WrittenDisposed

OUTCOME_RECORDS_TOPIC = "calendar.records"
VISITS_TOPIC = "calendar.visits"


class OutcomeRecorded(Noted):
    """uk.joinedup.outcome.recorded.v1: what an agency found at a visit, or much later because of it."""


class VisitData(EventData):
    """For `agencies` alone: they see all of the visit, or it was theirs to see until now."""

    visit_id: str
    version: int = Field(ge=1)
    agency: str = Field(description="Which made it")
    agencies: tuple[str, ...] = Field(description="It, and those that were invited or attend")
    met: dict[str, tuple[ConditionKind, ...]] = Field(
        default={}, description="Of those agencies, conditions of a legal gateway that were met for telling each"
    )


class VisitPlanned(VisitData):
    """uk.joinedup.visit.planned.v1: a visit was made, or an agency was told of it; it is not confirmed yet."""

    starts_at: datetime
    ends_at: datetime


class VisitChanged(VisitData):
    """uk.joinedup.visit.changed.v1: its place, time, terms or attendance changed, or it was confirmed."""

    status: VisitStatus
    starts_at: datetime
    ends_at: datetime


class VisitCancelled(VisitData):
    """uk.joinedup.visit.cancelled.v1: it will not take place; whoever was to come need not."""

    reason: CancelReason
    by: str


class VisitDone(VisitData):
    """uk.joinedup.visit.done.v1: it took place."""


class PlansDisposed(WrittenDisposed):
    """uk.joinedup.plans.disposed.v1: of what the calendar keeps; of interest to the agency alone."""


class VisitOutcome(EventData):
    """uk.joinedup.visit.outcome.v1: what an agency says came of a visit, for those who referred it to an agency that
    came; what their filers may be told, the sharing rules decide."""

    visit_id: str
    outcome_id: str
    agency: str = Field(description="Whose outcome it is")
    visit_agency: str = Field(description="To which it was referred: it made the visit, or came to it")
    kind: OutcomeKind
    regime: str
    found_on: date
    late: bool
    referrals: tuple[str, ...] = Field(description="Those to `visit_agency` that the visit answers")
    taken_back: bool = Field(default=False, description="Whether the agency has taken it back since")

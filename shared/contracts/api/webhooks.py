"""An agency's own events, brought to its system (webhooks) or kept for it to fetch (collection)."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from shared.contracts.api.calendar.words import CancelReason, VisitStatus
from shared.contracts.api.gateway import RiskChange, ViewChanged
from shared.contracts.api.referrals.life import Feedback, State
from shared.contracts.api.referrals.requests import Status
from shared.contracts.envelope import Contract
from shared.contracts.events.linker import Cause, FindingType


class EventType(StrEnum):
    """`view.changed`: what your agency may see is not what it was. `webhook.disabled` tells your other receivers that
    one was given up, and `webhook.test` is what you asked for."""

    risk_changed = "risk.changed"
    finding_raised = "finding.raised"
    finding_ended = "finding.ended"
    view_changed = "view.changed"
    card_filed = "card.filed"
    referral_received = "referral.received"
    referral_taken = "referral.taken"
    referral_overdue = "referral.overdue"
    referral_withdrawn = "referral.withdrawn"
    referral_closed = "referral.closed"
    referral_amended = "referral.amended"
    feedback_given = "feedback.given"
    request_made = "request.made"
    request_moved = "request.moved"
    request_overdue = "request.overdue"
    visit_planned = "visit.planned"
    visit_changed = "visit.changed"
    visit_cancelled = "visit.cancelled"
    visit_done = "visit.done"
    feed_stale = "feed.stale"
    webhook_disabled = "webhook.disabled"
    webhook_test = "webhook.test"


class FindingNotice(Contract):
    """A pattern in the records that your agency may see, found or found no more. `GET /v1/findings/{finding_id}` opens
    it."""

    finding_id: str
    type: FindingType
    business_ids: tuple[str, ...]
    title: str | None = Field(default=None, description="Of the rule, in plain English; null when it has ended")
    areas: tuple[str, ...] = Field(default=(), description="Outward postcodes of its businesses")
    cause: Cause = Field(
        default=Cause.changed,
        description="`released` or `withdrawn`: nothing happened to its businesses; your agency may see more, or less",
    )


class CardNotice(Contract):
    """Your own agency filed a concern card, and these referrals came of it."""

    card_id: str
    referrals: tuple[str, ...]


class ReferralNotice(Contract):
    """A step of a referral that your agency sent or was sent. `GET /v1/referrals/{referral_id}` opens it."""

    referral_id: str
    card_id: str
    from_agency: str
    to_agency: str
    state: State
    due_at: AwareDatetime | None = Field(default=None, description="When its next step is due")
    feedback: Feedback | None = Field(default=None, description="That which closed it")
    erased: bool | None = Field(
        default=None, description="Of referral.amended: erase your copy, or else read it again and put yours right"
    )


class FeedbackNotice(Contract):
    """What became of a card that your agency filed."""

    referral_id: str
    card_id: str
    by_agency: str = Field(description="Who tells it")
    feedback: Feedback | None = Field(description="Null where it is what a visit came to")
    late: bool = Field(description="It comes after the referral was closed")


class RequestNotice(Contract):
    """A step of a request for information that your agency made or was made. `GET /v1/requests/{request_id}` opens
    it."""

    request_id: str
    kind: str
    from_agency: str
    to_agency: str
    status: Status
    due_at: AwareDatetime | None = None


class VisitNotice(Contract):
    """A visit that your agency made, or that it was invited to or attends. `GET /v1/visits/{visit_id}` opens it."""

    visit_id: str
    version: int
    agency: str = Field(description="Which made it")
    status: VisitStatus | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    reason: CancelReason | None = None


class FeedNotice(Contract):
    """A feed of your agency has been silent for longer than it was declared to be."""

    feed: str
    last_received_at: AwareDatetime | None
    expected_every_hours: float


class WebhookNotice(Contract):
    """About one of your own webhooks."""

    webhook_id: str
    reason: str = Field(description="In plain English")


NoticeData = (
    RiskChange
    | FindingNotice
    | ViewChanged
    | CardNotice
    | ReferralNotice
    | FeedbackNotice
    | RequestNotice
    | VisitNotice
    | FeedNotice
    | WebhookNotice
)


class Notice(Contract):
    """One event, as a webhook's body and as an item of a collection. `id` is also the header `webhook-id`, and the same
    however often the event comes: what you have had before, answer as you did and leave alone."""

    id: str
    type: EventType
    timestamp: AwareDatetime = Field(description="When it happened; of two about one business the later one counts")
    data: NoticeData


def _each_once(types: tuple[EventType, ...]) -> tuple[EventType, ...]:
    return tuple(dict.fromkeys(types))


Types = Annotated[
    tuple[EventType, ...],
    AfterValidator(_each_once),
    Field(min_length=1, max_length=50, description="What to be told of; everything, unless you say"),
]


class WebhookWish(Contract):
    """What an agency says of a webhook of its own."""

    url: str = Field(
        max_length=2000, pattern=r"^[!-~]+$", description="https, on the public internet; nothing secret in it"
    )
    types: Types = tuple(EventType)
    enabled: bool = Field(
        default=True, description="False keeps what happens meanwhile; true also takes up again one that was given up"
    )


class Webhook(WebhookWish):
    """One of your agency's webhooks, and how it fares."""

    id: str
    created_at: AwareDatetime
    vouched_by: str = Field(
        description="Who registered it, or was the last to change it; their sign-out switches it off"
    )
    disabled_because: str | None = Field(description="In plain English, if we gave it up")
    failing_since: AwareDatetime | None = Field(description="No delivery has succeeded since then; null if all is well")
    held_until: AwareDatetime | None = Field(description="Nothing is sent before then, because it did not answer well")


class WebhookSecret(Contract):
    """Shown this once. Source: Standard Webhooks 1.0, section "Signature scheme"."""

    secret: str = Field(description="`whsec_` and 32 random bytes in base64")
    previous_valid_until: AwareDatetime | None = Field(
        default=None, description="Until then each delivery is signed with the secret before this one as well"
    )


class NewWebhook(Webhook, WebhookSecret):
    """A webhook with its secret, which is shown this once."""


class Tried(Contract):
    event_id: str


class DeliveryState(StrEnum):
    """`withdrawn`: the power under which you might have had it ended before it went."""

    waiting = "waiting"
    delivered = "delivered"
    failed = "failed"
    withdrawn = "withdrawn"


class Delivery(Contract):
    """One event on its way to one webhook."""

    event_id: str
    type: EventType
    timestamp: AwareDatetime
    state: DeliveryState
    attempts: int = Field(description="That your system answered and did not take; none for those it never got")
    next_attempt_at: AwareDatetime | None
    last_attempt_at: AwareDatetime | None
    answered: str | None = Field(
        description="What became of the last attempt: an HTTP status, or a word such as timeout"
    )


class DeliveryPage(Contract):
    """Newest first."""

    deliveries: tuple[Delivery, ...]
    next: str | None = Field(description="Give it back as `cursor` for older ones; null at the end")


Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(9000, 1, 1, tzinfo=UTC))]


class Replay(Contract):
    """Send again: these events, or all that happened in a period, whatever became of them before."""

    event_ids: tuple[Annotated[str, Field(pattern=r"^evt_[0-9a-f]{32}$")], ...] = Field(default=(), max_length=1000)
    since: Moment | None = None
    until: Moment | None = None


class Replayed(Contract):
    events: int = Field(description="How many are on their way again")


class CollectionWish(Contract):
    types: Types = tuple(EventType)


class Collection(CollectionWish):
    """What is kept for your system to fetch, from when it was opened."""

    opened_at: AwareDatetime


class CollectionPage(Contract):
    """Oldest first: what was not yet said to be collected."""

    events: tuple[Notice, ...]
    next: str | None = Field(description="Give it back as `cursor` for more; null at the end")


class Canned(StrEnum):
    """Answers to try a system with: a page of events (or that one was marked), an empty page, and two refusals."""

    events = "events"
    empty = "empty"
    not_found = "not_found"
    too_many = "too_many"

"""/v1/webhooks: an agency's own system is called whenever something happens. Signed as Standard Webhooks says."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from services.gateway.api.caller import Receiver
from services.gateway.domain.allowance import Limit
from services.gateway.handlers.meter import Meter
from services.gateway.handlers.webhooks import Webhooks
from shared.contracts.api.webhooks import (
    DeliveryPage,
    DeliveryState,
    NewWebhook,
    Notice,
    Replay,
    Replayed,
    Tried,
    Webhook,
    WebhookSecret,
    WebhookWish,
)
from shared.contracts.problem import FieldProblem
from shared.runtime.errors import Invalid
from shared.runtime.web import problems

TRIALS = Limit("trials", 20, 60)
"""Tests and replays of one webhook: each may be many requests to somebody's machine."""

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

outgoing = APIRouter()
"""What we call, for the description alone: OpenAPI 3.1, section "webhooks"."""

WebhookId = Annotated[str, Path(pattern=r"^whk_[0-9a-f]{32}$")]
EventCursor = Annotated[str | None, Query(pattern=r"^evt_[0-9a-f]{32}$", description="`next` of the page before")]


def _webhooks(request: Request) -> Webhooks:
    webhooks: Webhooks = request.app.state.webhooks
    return webhooks


AtWebhooks = Annotated[Webhooks, Depends(_webhooks)]


def _not_too_often(request: Request, webhook_id: WebhookId, caller: Receiver) -> None:
    meter: Meter = request.app.state.meter
    meter.admit({TRIALS.name: f"{caller.agency}/{webhook_id}"})


@router.post("", status_code=201, responses=problems(409), summary="Register an address to be called")
async def register(caller: Receiver, webhooks: AtWebhooks, wish: WebhookWish, response: Response) -> NewWebhook:
    """The answer has the secret, which is shown this once: with it your system checks that a call is ours. What happens
    from now on is delivered."""
    made, secret = await webhooks.register(caller, wish)
    response.headers["Location"] = f"{router.prefix}/{made.id}"
    return NewWebhook(**made.model_dump(), **secret.model_dump())


@router.get("", summary="Your agency's webhooks, and how they fare")
async def own(caller: Receiver, webhooks: AtWebhooks) -> list[Webhook]:
    return await webhooks.own(caller.agency)


@router.get("/{webhook_id}", responses=problems(404), summary="One of your webhooks")
async def one(caller: Receiver, webhooks: AtWebhooks, webhook_id: WebhookId) -> Webhook:
    return await webhooks.one(caller.agency, webhook_id)


@router.put("/{webhook_id}", responses=problems(404), summary="Change it, switch it off, or take it up again")
async def change(caller: Receiver, webhooks: AtWebhooks, webhook_id: WebhookId, wish: WebhookWish) -> Webhook:
    """What waits is tried at once."""
    return await webhooks.change(caller, webhook_id, wish)


@router.delete("/{webhook_id}", status_code=204, responses=problems(404), summary="End it, with all that waits")
async def remove(caller: Receiver, webhooks: AtWebhooks, webhook_id: WebhookId) -> None:
    await webhooks.remove(caller.agency, webhook_id)


@router.post("/{webhook_id}/secret", responses=problems(404), summary="A new secret, beside the old one for a day")
async def rotate(caller: Receiver, webhooks: AtWebhooks, webhook_id: WebhookId) -> WebhookSecret:
    return await webhooks.rotate(caller.agency, webhook_id)


@router.post(
    "/{webhook_id}/test",
    status_code=202,
    dependencies=[Depends(_not_too_often)],
    responses=problems(404, 409),
    summary="Send a test event",
)
async def try_out(caller: Receiver, webhooks: AtWebhooks, webhook_id: WebhookId) -> Tried:
    """See among the deliveries what became of it."""
    return Tried(event_id=await webhooks.try_out(caller.agency, webhook_id))


@router.post(
    "/{webhook_id}/replay",
    status_code=202,
    dependencies=[Depends(_not_too_often)],
    responses=problems(404),
    summary="Send again: single events, or a period",
)
async def replay(caller: Receiver, webhooks: AtWebhooks, webhook_id: WebhookId, wanted: Replay) -> Replayed:
    """Of the events that this webhook had or was to have, as far as they are kept."""
    if not (wanted.event_ids or wanted.since or wanted.until):
        remedy = "Say which: event_ids, or since and until."
        raise Invalid(errors=[FieldProblem(field="body", code="missing", remedy=remedy)])
    count = await webhooks.replay(caller.agency, webhook_id, wanted.event_ids, wanted.since, wanted.until)
    return Replayed(events=count)


@router.get("/{webhook_id}/deliveries", responses=problems(404), summary="What went, what waits, what failed")
async def listed(
    caller: Receiver,
    webhooks: AtWebhooks,
    webhook_id: WebhookId,
    state: Annotated[DeliveryState | None, Query(description="Only these")] = None,
    cursor: EventCursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DeliveryPage:
    page, more = await webhooks.deliveries(caller.agency, webhook_id, state, cursor, limit)
    return DeliveryPage(deliveries=tuple(page), next=more)


@outgoing.post(
    "event",
    status_code=204,
    responses={"default": {"description": "It comes again later"}},
    operation_id="event",
    summary="Your system is told of an event",
)
async def event(
    notice: Notice,
    webhook_id: Annotated[str, Header(description="The same however often this event comes")],
    webhook_timestamp: Annotated[int, Header(description="Of this attempt, in Unix seconds")],
    webhook_signature: Annotated[
        str, Header(description="`v1,` and HMAC-SHA256 in base64; two while a secret changes")
    ],
) -> None:
    """Answer 2xx within 20 seconds. Source: Standard Webhooks 1.0."""

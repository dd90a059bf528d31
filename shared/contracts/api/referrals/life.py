"""The life of a referral: received → acknowledged → accepted / declined / passed on → actioned → closed by feedback."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from shared.contracts.api.referrals.indicators import Slug
from shared.contracts.api.sharing import OwnWord
from shared.contracts.envelope import Contract

Note = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]


class State(StrEnum):
    received = "received"
    acknowledged = "acknowledged"
    accepted = "accepted"
    declined = "declined"
    passed_on = "passed_on"
    actioned = "actioned"
    closed = "closed"


class Feedback(StrEnum):
    """What the officer is told; only `helpful` counts as a hit."""

    helpful = "helpful"
    not_helpful = "not_helpful"
    already_known = "already_known"
    too_little = "too_little"


class Step(StrEnum):
    acknowledge = "acknowledge"
    accept = "accept"
    decline = "decline"
    pass_on = "pass_on"  # noqa: S105 - no password
    action = "action"
    close = "close"


class TakeStep(Contract):
    """`decline` and `pass_on` need `words` as their reason; `pass_on` needs `to`, `close` needs `feedback`.

    The officer is told the step and the feedback always, and `words` where a legal gateway lets your agency.
    """

    step: Step
    words: Note | None = None
    to: Slug | None = Field(default=None, description="The agency that it is passed on to")
    feedback: Feedback | None = None
    met: tuple[OwnWord, ...] = Field(
        default=(), max_length=2, description="Conditions of a power that are met for passing it on"
    )

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "TakeStep":
        if (self.step is Step.pass_on) != (self.to is not None):
            raise ValueError("name the agency in `to` when you pass it on, and only then")
        if (self.step is Step.close) != (self.feedback is not None):
            raise ValueError("give `feedback` when you close it, and only then")
        if self.step in (Step.decline, Step.pass_on) and self.words is None:
            raise ValueError("give the reason in `words`")
        return self

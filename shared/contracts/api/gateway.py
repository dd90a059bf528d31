"""What the gateway itself takes and answers; what it passes on is described by the service that answers."""

from datetime import date

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Contract
from shared.contracts.events.linker import Cause, RegimeConcern, RiskBand

RISK_CHANGED = "risk.changed"
"""The SSE event name of a RiskChange."""

VIEW_CHANGED = "view.changed"
"""The SSE event name of a ViewChanged."""


class RiskChange(Contract):
    """One change of a business's risk, as the reader's audience sees it."""

    event_id: str = Field(description="The same however often and to whomever it is delivered")
    time: AwareDatetime
    business_id: str
    sequence: int = Field(
        description="1, 2, 3 … per business: a gap is a loss. A cause other than `changed` begins the count anew "
        "(after its 1 there may be another), and so does a `view.changed`"
    )
    cause: Cause = Field(
        default=Cause.changed,
        description="`changed`: something happened. `released`: nothing did, but your agency may see more of it now. "
        "`withdrawn`: it may see less",
    )
    visible: bool = Field(
        description="False where your agency sees it no more: take it away, whatever you knew of it. Its name is at "
        "`/v1/businesses/{business_id}` for as long as you may know it"
    )
    area: str | None = Field(description="Outward postcode, e.g. UB1")
    as_of: date
    band: RiskBand
    previous_band: RiskBand
    score: float
    regimes: tuple[RegimeConcern, ...]
    reasons: tuple[str, ...] = Field(description="One sentence in plain English for each regime")
    traceparent: str | None = Field(description="W3C trace context of what caused it")


class ViewChanged(Contract):
    """What your agency may see is not what it was: what was told before may not have reached you, and what differs is
    told from here on. Who keeps a list reads it again."""

    read_again: tuple[str, ...] = ("/v1/businesses",)


class Me(Contract):
    """The caller as the gateway sees it."""

    agency: str
    roles: tuple[str, ...]
    subject: str
    purpose: str | None


class TokenRequest(Contract):
    agency: str = Field(max_length=63, description="An agency of the partnership")
    roles: tuple[str, ...] = Field(min_length=1, max_length=10, description="e.g. analyst, agency_system")
    purpose: str | None = Field(default=None, max_length=63)


class Token(Contract):
    """Source: RFC 6749, section 5.1, and RFC 8693, section 2.2.1."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - the name of the scheme
    issued_token_type: str = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - what it is
    expires_in: int = Field(description="Seconds")


class TokenRefused(Contract):
    """Source: RFC 6749, section 5.2."""

    error: str = Field(description="e.g. invalid_client")
    error_description: str


class RevokedTokens(Contract):
    """Tokens that were taken back and have not expired yet: their ids (`jti`), and nothing about anybody."""

    tokens: tuple[str, ...]


class SignOut(Contract):
    subject: str = Field(min_length=1, max_length=320, description="The `sub` of a person or client of your agency")


class Index(Contract):
    """What is at the root of the address."""

    name: str
    links: dict[str, str]

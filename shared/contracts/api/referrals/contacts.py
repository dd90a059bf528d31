"""Who answers for what at which agency. A directory for all partners: names are there to be rung.

Source: seed ¶20, ¶45, ¶75.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from shared.contracts.api.sharing import SLUG
from shared.contracts.envelope import Contract

AREA = r"^[A-Z]{1,2}([0-9][0-9A-Z]?)?$"
OFFICER = r"^ofc_[0-9a-f]{32}$"
CONTACT = r"^con_[0-9a-f]{32}$"

OfficerId = Annotated[str, Field(pattern=OFFICER)]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Topic = Annotated[str, Field(pattern=SLUG, description="A regime, or the topic that a kind of request names")]
Area = Annotated[str, Field(pattern=AREA, description="TR1, or TR for all of its districts")]


class Dates(Contract):
    """Both included."""

    since: date
    until: date

    @model_validator(mode="after")
    def _in_order(self) -> "Dates":
        if self.until < self.since:
            raise ValueError("until is not before since")
        return self


class NewOfficer(Contract):
    """One of your agency's people."""

    name: Line
    phone: Line | None = None
    email: Line | None = None
    subject: str | None = Field(
        default=None, min_length=1, max_length=320, description="The `sub` of their token, by which they are recognised"
    )


class OfficerSaid(Contract):
    """As every partner sees them."""

    id: str
    name: str
    phone: str | None
    email: str | None


class Absence(Dates):
    id: str


class OwnOfficer(OfficerSaid):
    """As their own agency sees them. Why somebody is absent is kept nowhere."""

    subject: str | None
    left_on: date | None = Field(description="The last day in your agency's service")
    absences: tuple[Absence, ...]


class Digest(StrEnum):
    """When the role takes in what is sent to it: as it comes, each morning, or on Monday mornings."""

    none = "none"
    daily = "daily"
    weekly = "weekly"


class Filled(Contract):
    """Who fills a role."""

    people: tuple[OfficerId, ...] = Field(
        default=(), max_length=10, description="The holder, then the deputies in order; it may stand empty"
    )


class Role(Contract):
    """A role of an agency. Without topics it is for every topic, without areas for everywhere."""

    role: Line = Field(description="What the role is called, e.g. Intelligence desk")
    topics: tuple[Topic, ...] = Field(default=(), max_length=50)
    areas: tuple[Area, ...] = Field(default=(), max_length=500)
    mailbox: Line | None = Field(default=None, description="The role's own, which stays when people go")
    phone: Line | None = None
    hours: Line | None = Field(default=None, description="When it can be rung")
    digest: Digest = Digest.none
    no_capacity_until: date | None = Field(default=None, description="Senders are told; nothing is refused")


class NewContact(Role, Filled):
    """A role of your agency, and who fills it."""


class Succession(Filled):
    """Who fills the role from a day on."""

    since: date


class ContactSaid(Role):
    """A role and who fills it. `on_duty` is who can be rung today; none while all its people are away."""

    id: str
    agency: str
    since: date
    until: date | None
    people: tuple[OfficerSaid, ...]
    on_duty: OfficerSaid | None


class Leaving(Contract):
    last_day: date
    successor: OfficerId | None = Field(default=None, description="Takes all over; the deputy unless given")


class OpenKind(StrEnum):
    referral = "referral"
    request = "request"
    action = "action"


class OpenThing(Contract):
    """Something that is not finished and is with a person."""

    kind: OpenKind
    id: str
    address: str
    due: date | None


class Handover(Contract):
    """What is open with somebody, and the roles they fill: the pack for whoever takes over."""

    officer: OwnOfficer
    roles: tuple[ContactSaid, ...]
    open: tuple[OpenThing, ...]


class PassedOn(Contract):
    """What became of it. A role without a person is still found, and still has what was sent to it."""

    successor: OfficerSaid | None = Field(description="None if nobody was named and nobody stands in")
    roles: tuple[ContactSaid, ...] = Field(description="As they are from the day after the last")
    open: tuple[OpenThing, ...] = Field(description="With the successor from now on; with nobody else if there is none")

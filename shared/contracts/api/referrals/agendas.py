"""Agendas of calls and meetings: what is new on high-risk businesses, as far as everybody who is there may have it.

Source: seed ¶41 and ¶42 (daily calls took too much work, and HMRC could not join: nobody could say who was on the
line), inventory 22, 68 and 69.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.contracts.api.referrals.contacts import Line, OfficerId, OfficerSaid
from shared.contracts.api.referrals.intelligence import SANITISED
from shared.contracts.api.referrals.requests import Says, Slug
from shared.contracts.envelope import Contract

AGENDA = r"^agd_[0-9a-f]{32}$"
ITEM = r"^itm_[0-9a-f]{32}$"
ACTION = r"^act_[0-9a-f]{32}$"

ItemId = Annotated[str, Field(pattern=ITEM)]


class MeetingKind(StrEnum):
    call = "call"
    meeting = "meeting"


class NewAgenda(Contract):
    series: Slug = Field(description="What it is one of, e.g. daily-call: the next begins where the last ended")
    title: Line
    kind: MeetingKind
    at: AwareDatetime
    since: AwareDatetime | None = Field(default=None, description="What is new from then on; the last of the series")
    attendees: tuple[OfficerId, ...] = Field(
        min_length=1, max_length=50, description="People of GET /v1/contacts; you are there yourself"
    )


class Attendee(Contract):
    agency: str
    officer: OfficerSaid
    confirmed_at: AwareDatetime | None = Field(
        description="When they said with a token of their own that they are there"
    )


class ItemKind(StrEnum):
    risk = "risk"
    card = "card"
    intelligence = "intelligence"


class NewItem(Contract):
    """Of your own agency. Only a sanitised version can be put on an agenda."""

    sanitised: Annotated[str, Field(pattern=SANITISED)]


class Minute(Contract):
    item: str | None
    text: str
    at: AwareDatetime


class Item(Contract):
    id: str
    kind: ItemKind
    title: str
    area: str | None
    says: tuple[str, ...] = Field(description="Why it is here, what was seen, or what the intelligence says")
    grade: str | None = Field(description="Of intelligence")
    conditions: str | None = Field(description="Of intelligence that is handled with conditions")
    address: str | None = Field(description="What it opens to: a version, or, to the chair alone, the business")


class NewMinute(Contract):
    item: ItemId | None = None
    text: Says


class NewAction(Contract):
    item: ItemId | None = None
    says: Says
    owner: OfficerId = Field(description="One of those who are there")
    due: date


class Done(Contract):
    says: Says = Field(description="What came of it")


class Action(Contract):
    id: str
    agenda: str
    item: str | None
    says: str
    agency: str
    owner: OfficerSaid
    due: date
    done_at: AwareDatetime | None
    outcome: str | None


class AgendaSummary(Contract):
    id: str
    series: str
    title: str
    kind: MeetingKind
    chair: str = Field(description="The agency that called it")
    at: AwareDatetime
    since: AwareDatetime


class AgendaSaid(AgendaSummary):
    """An item is here if everybody on the list has confirmed and may have it."""

    attendees: tuple[Attendee, ...]
    waiting_for: tuple[str, ...] = Field(
        description="Names of those who have not confirmed: until then there are no items"
    )
    items: tuple[Item, ...]
    withheld: bool | None = Field(
        description="To the chair: whether something that the chair may have is left out. Not what, nor for whom"
    )
    minutes: tuple[Minute, ...]
    actions: tuple[Action, ...]


class AgendaPage(Contract):
    """Newest first."""

    items: tuple[AgendaSummary, ...]
    next: str | None = None

"""How referrals are handled: dated data, and what its clocks say. Source: seed ¶72, ¶84 and L-intel."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import yaml
from pydantic import Field, TypeAdapter

from services.referrals.domain.contacts import Contact
from shared.contracts.api.referrals.contacts import Digest
from shared.contracts.api.referrals.life import State
from shared.contracts.envelope import Contract

FILE = Path(__file__).parent.parent / "catalogue" / "policy.yaml"
_LONDON = ZoneInfo("Europe/London")
_MORNING = time(9)
_EACH = {Digest.daily: "day", Digest.weekly: "week"}


class Clock(Contract):
    """What is to be done within `days` of coming into a state, and when to remind."""

    says: str
    days: int = Field(ge=1)
    remind_days: int = Field(ge=0)


class Policy(Contract):
    starts: date
    source: str
    legal_review: Literal["needed"]
    handful: int = Field(ge=1, le=12, description="Indicators offered at once")
    duplicate_days: int = Field(ge=0)
    withheld_days: int = Field(ge=0, description="How old a card may be that goes once a power lets it")
    never_helped_after: int = Field(ge=1, description="Closed referrals after which an indicator ought to have helped")
    card_severity: int = Field(ge=0, le=4, description="Of an accepted card on the common scale: officers never grade")
    clocks: dict[State, Clock]
    escalate_again_days: int = Field(ge=1)
    escalation: tuple[str, ...] = Field(min_length=1, description="Who is told first, second, and from then on")


class Due(NamedTuple):
    """`look_at` is when the clock is to be looked at next."""

    due_at: datetime | None
    look_at: datetime | None


@cache
def policies() -> tuple[Policy, ...]:
    return TypeAdapter(tuple[Policy, ...]).validate_python(yaml.safe_load(FILE.read_text("utf-8")))


def policy_on(day: date, known: Sequence[Policy] | None = None) -> Policy:
    """The newest that has begun."""
    begun = [one for one in known or policies() if one.starts <= day]
    return max(begun, key=lambda one: one.starts)


def due(state: State, since: datetime, policy: Policy) -> Due:
    """By when the next step is due in a state that began at `since`; nothing where the life has ended."""
    clock = policy.clocks.get(state)
    if clock is None:
        return Due(None, None)
    return Due(since + timedelta(days=clock.days), since + timedelta(days=clock.remind_days))


def clock_starts(now: datetime, role: Contact | None) -> datetime:
    """When the role takes in a referral that comes `now`: at once, with its next digest, or when it has capacity."""
    if role is None:
        return now
    taken = {Digest.none: now, Digest.daily: _morning_after(now, 1), Digest.weekly: _next_monday(now)}[role.digest]
    if role.no_capacity_until is None:
        return taken
    return max(taken, _morning(role.no_capacity_until + timedelta(days=1)))


def says(now: datetime, role: Contact | None) -> str:
    """What a sender may expect of the role."""
    starts = clock_starts(now, role).astimezone(_LONDON)
    if role is None or starts == now:
        return "It takes referrals in as they come."
    day = f"{starts:%A} {starts.day} {starts:%B}"
    if role.no_capacity_until and role.no_capacity_until >= now.astimezone(_LONDON).date():
        return f"It has no capacity now: the referral waits there, and its clock starts on {day}."
    return f"It takes referrals in once a {_EACH[role.digest]}: next on {day}."


def _next_monday(now: datetime) -> datetime:
    return _morning_after(now, 7 - now.astimezone(_LONDON).weekday())


def _morning_after(now: datetime, days: int) -> datetime:
    return _morning(now.astimezone(_LONDON).date() + timedelta(days=days))


def _morning(day: date) -> datetime:
    return datetime.combine(day, _MORNING, _LONDON)

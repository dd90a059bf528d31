"""The only source of the time and of fresh ids, so that a test can fix both."""

from datetime import UTC, date, datetime, timedelta
from os import urandom
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
SKEW = timedelta(minutes=1)
"""How far the clocks of two machines may be apart before one refuses what the other has just said."""


def utc_now() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date where the partnership is: Europe/London."""
    return day_of(utc_now())


def day_of(moment: datetime) -> date:
    """Its date where the partnership is."""
    return moment.astimezone(LONDON).date()


def new_id(prefix: str) -> str:
    """A fresh id such as `sub_3f2a…`; for things that no agency has named yet."""
    return f"{prefix}_{urandom(16).hex()}"


def timed_id(prefix: str) -> str:
    """A fresh id of the same shape that sorts by when it was made; for what nobody but its owner is told of."""
    return f"{prefix}_{int(utc_now().timestamp() * 1000):012x}{urandom(10).hex()}"

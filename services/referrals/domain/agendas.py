"""What may be spoken of while these people listen.

Source: seed ¶42: HMRC left the calls because nobody could guarantee who was on them. So one who is not assured hides
everything, and one who may not have something hides that.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from shared.sharing import Partnership
from shared.sharing.decide import is_standing

Thing = TypeVar("Thing")
Sees = Callable[[str, Thing], bool]
"""Whether an agency may have a thing."""

LOOK_BACK = timedelta(days=7)
"""Of the first of a series."""
ARRIVING = timedelta(minutes=30)
"""How long before a meeting one can be there: nobody vouches for next week's room."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody on the list. Assured is who has confirmed at the meeting, with a token of their own, and is in their
    agency's service."""

    agency: str
    assured: bool


def shown(things: Sequence[Thing], chair: str, listeners: Collection[Listener], sees: Sees[Thing]) -> list[Thing]:
    """Those that everybody may have; none while somebody is not assured. The chair is assured by calling it."""
    if not all(one.assured for one in listeners):
        return []
    agencies = {chair, *(one.agency for one in listeners)}
    return [one for one in things if all(sees(agency, one) for agency in agencies)]


def is_withheld(things: Sequence[Thing], told: Collection[Thing], chair: str, sees: Sees[Thing]) -> bool:
    """Whether something is left out that the chair may have. Of what the chair may not have, nothing is said."""
    return any(sees(chair, one) for one in things if one not in told)


def has_begun(at: datetime, now: datetime) -> bool:
    """Whether one can be there yet."""
    return now >= at - ARRIVING


def may_see(viewer: str, sources: Collection[tuple[str, str]], day: date, partnership: Partnership) -> bool:
    """Whether the viewer's own dashboards may hold all that a risk rests on: (agency, category) of each record."""
    return all(is_standing(viewer, owner, category, day, partnership) for owner, category in sources)


def begins(at: datetime, given: datetime | None, last: datetime | None) -> datetime:
    """From when on something is new: as the chair says, or since the last of the series."""
    return given or last or at - LOOK_BACK

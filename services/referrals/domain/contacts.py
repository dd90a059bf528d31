"""Who answers for what, and who stands in: roles stay, people come and go.

Source: seed ¶20 (an assigned named contact made weeks into days), ¶45 (officers known by name), ¶72 (some agencies are
organised by tax, others by region) and ¶75 (a contact moved, and the relationship began again).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Absence:
    """From `since` to `until`, both included. Why is nobody's business."""

    since: date
    until: date

    def covers(self, day: date) -> bool:
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class Officer:
    """One of an agency's people. `left_on` is the last day in the agency's service."""

    id: str
    agency: str
    name: str
    phone: str | None = None
    email: str | None = None
    left_on: date | None = None
    absences: tuple[Absence, ...] = ()

    def has_left(self, day: date) -> bool:
        return self.left_on is not None and self.left_on < day

    def is_there(self, day: date) -> bool:
        return not self.has_left(day) and not any(absence.covers(day) for absence in self.absences)


@dataclass(frozen=True, slots=True)
class Contact:
    """A role of an agency for a topic in an area, and who fills it from `since` to `until`, both included.

    Without a topic it is for every topic, without an area for everywhere. An area is an outward postcode (TR1) or the
    letters that several begin with (TR).
    """

    id: str
    agency: str
    role: str
    topic: str | None
    area: str | None
    since: date
    until: date | None = None
    person: Officer | None = None
    deputy: Officer | None = None
    hours: str | None = None
    mailbox: str | None = None

    def counts_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def covers(self, topic: str | None, area: str | None) -> bool:
        return self.topic in (None, topic) and (self.area is None or (area is not None and _lies_in(area, self.area)))

    def on_duty(self, day: date) -> Officer | None:
        """The person, or the deputy in the person's place; None while neither is there: the role has it still."""
        there = (one for one in (self.person, self.deputy) if one and one.is_there(day))
        return next(there, None)

    @property
    def _narrowness(self) -> tuple[bool, int]:
        return self.topic is not None, len(self.area or "")


def who_has(contacts: Iterable[Contact], agency: str, topic: str | None, area: str | None, day: date) -> Contact | None:
    """The narrowest role of the agency that covers the topic in the area that day: a topic of its own counts for more
    than an area of its own; of equals the one filled last. `area` is an outward postcode. None if it has no role that
    does. The same contacts in any order give the same answer."""
    covering = [one for one in contacts if one.agency == agency and one.counts_on(day) and one.covers(topic, area)]
    return max(covering, key=lambda one: (one._narrowness, one.since, one.id), default=None)


def _lies_in(outward: str, area: str) -> bool:
    """TR1 lies in TR1 and in TR, and neither in T nor in TR10."""
    first_digit = next((at for at, sign in enumerate(outward) if sign.isdigit()), len(outward))
    return area in (outward, outward[:first_digit])

"""Who answers for what, and who stands in: roles stay, people come and go.

Source: seed ¶20 (an assigned named contact made weeks into days), ¶45 (officers known by name), ¶72 (some agencies are
organised by tax, others by region, one is a tiny team) and ¶75 (a contact moved, and the relationship began again).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shared.contracts.api.referrals.contacts import Digest


@dataclass(frozen=True, slots=True)
class Absence:
    """From `since` to `until`, both included. Why is nobody's business."""

    since: date
    until: date

    def covers(self, day: date) -> bool:
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class Officer:
    """One of an agency's people. `subject` is the `sub` of their token, `left_on` their last day in its service."""

    id: str
    agency: str
    name: str
    phone: str | None = None
    email: str | None = None
    subject: str | None = None
    left_on: date | None = None
    absences: tuple[Absence, ...] = ()

    def has_left(self, day: date) -> bool:
        return self.left_on is not None and self.left_on < day

    def is_there(self, day: date) -> bool:
        return not self.has_left(day) and not any(absence.covers(day) for absence in self.absences)


@dataclass(frozen=True, slots=True)
class Contact:
    """A role of an agency for topics in areas, and who fills it from `since` to `until`, both included.

    Without topics it is for every topic, without areas for everywhere. An area is an outward postcode (TR1) or the
    letters that several begin with (TR). `people` are the holder, then the deputies in order.
    """

    id: str
    agency: str
    role: str
    since: date
    until: date | None = None
    topics: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    people: tuple[Officer, ...] = ()
    mailbox: str | None = None
    phone: str | None = None
    hours: str | None = None
    digest: Digest = Digest.none
    no_capacity_until: date | None = None

    def counts_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def covers(self, topic: str | None, area: str | None) -> bool:
        """A place that is not known is every area's."""
        return (not self.topics or topic in self.topics) and (
            area is None or not self.areas or any(lies_in(area, wide) for wide in self.areas)
        )

    def on_duty(self, day: date) -> Officer | None:
        """The first of its people who is there; None while none is: the role has it still."""
        return next((one for one in self.people if one.is_there(day)), None)

    def narrowness(self, area: str | None) -> tuple[bool, bool, int]:
        """How closely it is named: for topics, and for the area, or for no area where none is known."""
        within = [len(wide) for wide in self.areas if area and lies_in(area, wide)]
        return bool(self.topics), area is None and not self.areas, max(within, default=0)


def without(people: Iterable[Officer], leaver: Officer, successor: Officer | None) -> tuple[Officer, ...]:
    """Who fills a role once somebody has left it: a successor in their place, or whoever is next."""
    places = (successor if one == leaver else one for one in people)
    return tuple(dict.fromkeys(one for one in places if one is not None))


def deputy_of(roles: Iterable[Contact], leaver: Officer, day: date) -> Officer | None:
    """Who stands in for somebody, by the first role that they hold and that has another in it."""
    held = [one.people for one in roles if one.counts_on(day) and one.people[:1] == (leaver,)]
    return next((one for people in held for one in people[1:] if not one.has_left(day)), None)


def who_has(contacts: Iterable[Contact], agency: str, topic: str | None, area: str | None, day: date) -> Contact | None:
    """The narrowest role of the agency that covers the topic in the area that day: topics of its own count for more
    than areas of its own; of equals the one filled last. `area` is an outward postcode. None if it has no role that
    does. The same contacts in any order give the same answer."""
    covering = [one for one in contacts if one.agency == agency and one.counts_on(day) and one.covers(topic, area)]
    return max(covering, key=lambda one: (one.narrowness(area), one.since, one.id), default=None)


def lies_in(outward: str, area: str) -> bool:
    """TR1 lies in TR1 and in TR, and neither in T nor in TR10."""
    first_digit = next((at for at, sign in enumerate(outward) if sign.isdigit()), len(outward))
    return area in (outward, outward[:first_digit])

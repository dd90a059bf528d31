"""What else is planned where a visit would go, as far as its agency may know, and whether that stands in its way.

Source: seed ¶10 and items 73, 79, 86: the clash that matters is by premises, linked premises and network, not by person
and time.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.calendar.domain.sight import Sight
from shared.contracts.api.calendar.clashes import CapReached, Clash, Clashes, Ring
from shared.contracts.api.calendar.policies import Cap, Deconfliction
from shared.contracts.api.calendar.words import How, VisitStatus
from shared.contracts.identifiers import derived_id

_COMING = (VisitStatus.planned, VisitStatus.confirmed)
_JOINABLE = (How.same_premises, How.linked_premises)
_IN_WORDS = {
    How.same_premises: "at the same premises",
    How.linked_premises: "at premises linked to it",
    How.same_organisation: "at other premises of the same organisation",
    How.network: "in its network",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """The visit that is judged. `officers` are those of all agencies that come."""

    agency: str
    first: date
    last: date
    regimes: tuple[str, ...]
    officers: int

    def days_to(self, other: "Other") -> int:
        """Between the two; 0 where they overlap."""
        return max((other.first - self.last).days, (self.first - other.last).days, 0)


@dataclass(frozen=True, slots=True)
class Other:
    """Another visit, and how much of it the agency of the plan sees. `officers` is 0 where that is not all of it."""

    visit_id: str
    agency: str
    title: str
    status: VisitStatus
    how: How
    first: date
    last: date
    sight: Sight
    contact: str
    attends: bool
    officers: int = 0


def judged(plan: Plan, others: Sequence[Other], policy: Deconfliction) -> Clashes:
    """The same for the same plan and the same visible visits, in whatever order they are given."""
    days = policy.days.of(plan.regimes)
    near = [one for one in others if one.status in _COMING and plan.days_to(one) <= days]
    clashes = tuple(_clash(one, plan, policy) for one in sorted(near, key=_nearest) if one.sight > Sight.ring)
    ring = tuple(_ring(contact) for contact in sorted({one.contact for one in near if one.sight is Sight.ring}))
    caps = tuple(_caps(plan, others, policy.caps))
    clear = not (ring or caps or any(one.blocks for one in clashes))
    seen = derived_id("seen", json.dumps([one.model_dump(mode="json") for one in (*clashes, *ring, *caps)]))
    return Clashes(clashes=clashes, ring=ring, caps=caps, days=days, clear=clear, seen=seen)


def _nearest(one: Other) -> tuple[int, date, str]:
    return tuple(How).index(one.how), one.first, one.visit_id


def _clash(one: Other, plan: Plan, policy: Deconfliction) -> Clash:
    may_join = one.how in _JOINABLE and one.agency != plan.agency and not one.attends
    return Clash(
        visit_id=one.visit_id,
        agency=one.agency,
        status=one.status,
        how=one.how,
        first_day=one.first,
        last_day=one.last,
        contact=one.contact,
        blocks=one.status is VisitStatus.confirmed and policy.blocks[one.how],
        sentence=f"{one.title} has a {one.status} visit {_IN_WORDS[one.how]}, {_on(one)}. Ring {one.contact}.",
        join=f"/v1/visits/{one.visit_id}/join" if may_join else None,
    )


def _on(one: Other) -> str:
    first = f"{one.first.day} {one.first:%B %Y}"
    return f"on {first}" if one.first == one.last else f"from {first} to {one.last.day} {one.last:%B %Y}"


def _ring(contact: str) -> Ring:
    return Ring(contact=contact, sentence=f"A partner plans something that concerns this place. Ring {contact} first.")


def _caps(plan: Plan, others: Iterable[Other], caps: Iterable[Cap]) -> Iterator[CapReached]:
    there = [one for one in others if one.how is How.same_premises and one.sight > Sight.ring and _counts(one)]
    for cap in caps:
        near = [one for one in there if plan.days_to(one) <= cap.days]
        total = _borne(cap, plan, near)
        if total > cap.most:
            words = f"With yours it would have {total} {cap.counts} within {cap.days} days; {cap.most} are agreed."
            ids = tuple(sorted(one.visit_id for one in near))
            yield CapReached(code=cap.code, sentence=words, visits=ids, source=cap.source)


def _counts(one: Other) -> bool:
    return one.status in (VisitStatus.confirmed, VisitStatus.done)


def _borne(cap: Cap, plan: Plan, near: Sequence[Other]) -> int:
    if cap.counts == "visits":
        return len(near) + 1
    return plan.officers + sum(one.officers for one in near)

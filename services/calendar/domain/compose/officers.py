"""How many officers each agency sends: fewer where it knows what to expect and others help (evaluation ¶47)."""

from dataclasses import dataclass

from services.calendar.domain.compose.case import Case, Concern, Partner
from shared.contracts.api.calendar.policies import Staffing


@dataclass(frozen=True, slots=True)
class Number:
    officers: int
    alone: int
    because: str


def number(
    case: Case, partner: Partner, concerns: tuple[Concern, ...], staffing: Staffing, *, by_itself: bool
) -> Number:
    """At most what it would send alone, and nobody goes in by themselves."""
    staff, days = partner.staff(staffing), staffing.current_for_days
    if not any(case.is_current(concern.newest(), days) for concern in concerns):
        return Number(staff.alone, staff.alone, f"Nothing of the last {days} days says what to expect.")
    sought = case.asked.people_sought.get(partner.id, 1)
    fewest = staffing.fewest_on_a_visit if by_itself else 1
    officers = max(fewest, min(staff.alone, staff.informed + sought - 1))
    return Number(officers, staff.alone, _because(officers, staff.alone, sought))


def _because(officers: int, alone: int, sought: int) -> str:
    people = "one person" if sought == 1 else f"{sought} people"
    if officers >= alone:
        return f"As many as it would send on a tip of its own, to deal with {people}."
    return f"It knows what to expect and deals with {people}: {officers}, not the {alone} of a tip of its own."

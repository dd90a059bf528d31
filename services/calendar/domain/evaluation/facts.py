"""What there is to report on: visits, outcomes and decisions of one period in one area, as one agency may see them."""

from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from shared.contracts.api.calendar.policies import Outcomes
from shared.contracts.api.calendar.words import CancelReason, OutcomeKind, VisitStatus


@dataclass(frozen=True, slots=True)
class Span:
    """Both days included; an area is an outward postcode. What counts as what is as was agreed on the day `as_of`."""

    since: date
    until: date
    as_of: date
    area: str | None = None

    @property
    def query(self) -> str:
        asked = {"since": self.since, "until": self.until, "area": self.area, "as_of": self.as_of}
        return urlencode({name: value for name, value in asked.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Attended:
    """Of one agency. `sent` is what it said afterwards; `officers` and `alone` were planned."""

    agency: str
    officers: int
    alone: int
    sent: int | None

    @property
    def came(self) -> int:
        return self.officers if self.sent is None else self.sent


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit; `attended` are the agency that made it and those that came with it, or were to come. `overridden`: its
    chair decided otherwise than was proposed, and it is the reader's own agency's."""

    id: str
    agency: str
    status: VisitStatus
    on: date
    made_on: date
    letter_on: date | None
    cancelled: CancelReason | None
    in_operation: bool
    overridden: bool
    attended: tuple[Attended, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An outcome."""

    id: str
    visit: str
    agency: str
    kind: OutcomeKind
    on: date
    late: bool
    number: int | None
    value_pence: int | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided on an entry of a tasking list."""

    id: str
    business_id: str
    on: date
    matched_on: date | None
    visits_avoided: int


@dataclass(frozen=True, slots=True)
class Facts:
    """`policy` says what counts as found, late, or a duplicate."""

    span: Span
    visits: tuple[Visited, ...]
    outcomes: tuple[Found, ...]
    decisions: tuple[Decided, ...]
    policy: Outcomes
    by_visit: dict[str, list[Found]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        grouped: dict[str, list[Found]] = {}
        for outcome in self.outcomes:
            grouped.setdefault(outcome.visit, []).append(outcome)
        object.__setattr__(self, "by_visit", grouped)

    @property
    def done(self) -> tuple[Visited, ...]:
        return tuple(visit for visit in self.visits if visit.status is VisitStatus.done)

    def visit(self, id_: str) -> Visited:
        return next(visit for visit in self.visits if visit.id == id_)

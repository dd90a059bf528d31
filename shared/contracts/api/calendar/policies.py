"""Policies of the calendar: what is agreed, and not law. Dated data, each with its source, that officers can change."""

from datetime import date, time, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, model_validator

from shared.contracts.api.calendar.composer import Words
from shared.contracts.api.calendar.visits import Slug
from shared.contracts.api.calendar.words import CancelReason, How, OutcomeKind, Purpose
from shared.contracts.envelope import Contract
from shared.contracts.record import ObservationKind

Days = Annotated[int, Field(ge=0, le=366)]
Count = Annotated[int, Field(ge=1, le=1000)]
OfficerDays = Annotated[float, Field(ge=0, le=1000)]
ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="e.g. 08:00")]
Source = Annotated[str, Field(min_length=3, max_length=1000)]


class PolicyKind(StrEnum):
    deconfliction = "deconfliction"
    working_time = "working_time"
    bank_holidays = "bank_holidays"
    regimes = "regimes"
    staffing = "staffing"
    follow_up = "follow_up"
    outcomes = "outcomes"


class Period(Contract):
    """How many days either side of a visit are looked at: the most that any of its regimes asks for."""

    default: Days
    source: Source
    regimes: dict[Slug, Days] = Field(default_factory=dict)

    def of(self, regimes: tuple[str, ...]) -> int:
        return max((self.regimes.get(regime, self.default) for regime in regimes), default=self.default)


class Cap(Contract):
    """`most` visits or officers at one premises in any `days` days either side."""

    code: Slug
    counts: Literal["visits", "officers"]
    most: Count
    days: Days
    source: Source


class Deconfliction(Contract):
    """What counts as a clash, for how long before and after a visit, and how much one business should bear. `blocks`:
    whether a confirmed visit stands in the way of another until its agency says that it knows of it."""

    kind: Literal[PolicyKind.deconfliction]
    desk: str = Field(min_length=1, max_length=200, description="Whom to ring where a visit names nobody")
    days: Period
    ring_days: int = Field(
        default=28, ge=7, le=92, description="Stretch for which a visit that may only be rung about counts"
    )
    blocks: dict[How, bool]
    caps: tuple[Cap, ...]

    @model_validator(mode="after")
    def _says_what_blocks(self) -> "Deconfliction":
        if set(self.blocks) != set(How):
            raise ValueError("say of each way in which visits concern each other whether it blocks")
        return self

    @property
    def furthest(self) -> int:
        """Days within which anything can matter to any visit."""
        clashing = max([self.days.default, *self.days.regimes.values()]) + self.ring_days
        return max([clashing, *(cap.days for cap in self.caps)])

    def stretch(self, first: date, last: date) -> tuple[date, date]:
        """The whole stretches in which a visit of these days is. They begin on the same days for all visits, with a
        Monday where they are weeks."""
        before, after = (first.toordinal() - 1) % self.ring_days, -last.toordinal() % self.ring_days
        return first - timedelta(days=before), last + timedelta(days=after)


class Hours(Contract):
    """By the clock in London."""

    begin: ClockTime
    end: ClockTime
    source: Source

    @property
    def span(self) -> tuple[time, time]:
        return time.fromisoformat(self.begin), time.fromisoformat(self.end)


class AgencyLeadTime(Contract):
    agency: Slug
    working_days: Days


class LeadTime(Contract):
    """Clear working days between agreeing on a visit and its day."""

    working_days: Days
    source: Source
    agencies: tuple[AgencyLeadTime, ...] = ()

    def of(self, agency: str) -> int:
        return next((one.working_days for one in self.agencies if one.agency == agency), self.working_days)


class Journey(Contract):
    """`areas` are the letters that postcodes begin with: TR, PL."""

    agency: Slug
    areas: tuple[str, ...]
    minutes: Count


class Travel(Contract):
    source: Source
    journeys: tuple[Journey, ...] = ()


class LateCancellation(Contract):
    """A cancellation with fewer clear working days' notice than these is late."""

    working_days: Days
    source: Source


class Untold(Contract):
    """A visit of which nobody says within so many days of its end that it took place counts as not told."""

    days: Days
    source: Source


class WorkingTime(Contract):
    """When visits are usual, how long before they have to be agreed, and how far people come: advice, which forbids
    nothing."""

    kind: Literal[PolicyKind.working_time]
    hours: Hours
    lead_time: LeadTime
    late_cancellation: LateCancellation
    untold: Untold
    travel: Travel

    @property
    def agencies(self) -> frozenset[str]:
        return frozenset([one.agency for one in self.lead_time.agencies] + [one.agency for one in self.travel.journeys])


class BankHolidays(Contract):
    """Those of England and Wales. Whoever plans a visit after `known_until` is told that they are not known."""

    kind: Literal[PolicyKind.bank_holidays]
    published: Source = Field(description="Where they are published, and under which law they are kept")
    known_until: date
    holidays: dict[date, str]


class Regimes(Contract):
    """The classes of agency that each regime is for, in order of preference."""

    kind: Literal[PolicyKind.regimes]
    regimes: dict[Slug, tuple[Slug, ...]]


class Staff(Contract):
    """Officers of one class of agency: on a tip of its own, and where shared intelligence says what to expect."""

    alone: Count
    informed: Count
    uniformed: bool
    approach: Purpose


class Staffing(Contract):
    """`current_for_days`: how old intelligence may be to plan on it; a warrant asks for fresher."""

    kind: Literal[PolicyKind.staffing]
    fewest_on_a_visit: Count
    most_on_a_visit: Count
    current_for_days: Days
    warrant_current_for_days: Days
    classes: dict[Slug, Staff]
    otherwise: Staff


class FollowUpRates(Contract):
    """Officer-days for each piece of work, and how many of each one visit makes for the agency of a regime.
    `visit_days` are those of one officer for the visit itself."""

    kind: Literal[PolicyKind.follow_up]
    visit_days: OfficerDays
    days: dict[str, OfficerDays]
    per_visit: dict[Slug, dict[str, OfficerDays]]
    otherwise: dict[str, OfficerDays]

    @model_validator(mode="after")
    def _names_pieces_that_there_are(self) -> "FollowUpRates":
        if not {piece for work in (*self.per_visit.values(), self.otherwise) for piece in work} <= set(self.days):
            raise ValueError("say how many officer-days each piece of work takes")
        return self

    def work(self, regime: str) -> dict[str, float]:
        return self.per_visit.get(regime, self.otherwise)

    def officer_days(self, regime: str) -> float:
        """After one visit for the agency of the regime."""
        return sum(self.days[piece] * count for piece, count in self.work(regime).items())


class OutcomeRule(Contract):
    """What the graph learns from an outcome of one kind. `severity` is of a concern, 0 to 4 on the common scale; one
    that was put right `at_once` is closed the day it was found. `valued`: whether money goes with it."""

    says: ObservationKind
    severity: int | None = Field(default=None, ge=0, le=4)
    at_once: bool = False
    valued: bool = False

    @model_validator(mode="after")
    def _weighs_concerns_alone(self) -> "OutcomeRule":
        if (self.says is ObservationKind.concern) is (self.severity is None):
            raise ValueError("give a severity for a concern, and for nothing else")
        return self


class OutcomeException(Contract):
    """Another severity where an agency of one of `classes` finds it in one of `regimes`; none named is any."""

    kind: OutcomeKind
    classes: tuple[Slug, ...] = ()
    regimes: tuple[Slug, ...] = ()
    severity: int = Field(ge=0, le=4)
    source: Source

    def fits(self, kind: OutcomeKind, regime: str, classes: tuple[str, ...]) -> bool:
        of_class = not self.classes or not set(self.classes).isdisjoint(classes)
        return kind is self.kind and of_class and (not self.regimes or regime in self.regimes)


class Outcomes(Contract):
    """What each kind of outcome means, and what a report counts: visits all of whose outcomes are among `wasted` found
    nothing, visits cancelled for one of `duplicates` were spared, outcomes after `late_after_days` came late."""

    kind: Literal[PolicyKind.outcomes]
    kinds: dict[OutcomeKind, OutcomeRule]
    exceptions: tuple[OutcomeException, ...] = Field(default=(), description="The first that fits counts")
    late_after_days: Days
    wasted: tuple[OutcomeKind, ...]
    duplicates: tuple[CancelReason, ...]

    @model_validator(mode="after")
    def _says_what_each_means(self) -> "Outcomes":
        if set(self.kinds) != set(OutcomeKind):
            raise ValueError("say of each kind of outcome what it means")
        if any(self.kinds[one.kind].severity is None for one in self.exceptions):
            raise ValueError("only a concern has a severity")
        return self

    def severity(self, kind: OutcomeKind, regime: str, classes: tuple[str, ...]) -> int | None:
        fitting = (one.severity for one in self.exceptions if one.fits(kind, regime, classes))
        return next(fitting, self.kinds[kind].severity)

    @property
    def valued(self) -> frozenset[OutcomeKind]:
        return frozenset(kind for kind, rule in self.kinds.items() if rule.valued)


Content = Annotated[
    Deconfliction | WorkingTime | BankHolidays | Regimes | Staffing | FollowUpRates | Outcomes,
    Field(discriminator="kind"),
]


class PolicyStatus(StrEnum):
    """`shipped` is an example that comes with the project and that no lawyer has seen."""

    shipped = "shipped"
    proposed = "proposed"
    agreed = "agreed"
    refused = "refused"


class NewPolicy(Contract):
    """Takes the place of the one before from `starts`, once another agency has agreed. All partners can read it: name
    no business and no person."""

    starts: date
    source: Source
    reason: Words
    content: Content


class Policy(Contract):
    """`counts_from` is the first day on which it counts: `starts`, or the day after it was agreed. What counted on a
    day is never changed afterwards."""

    policy_id: str
    status: PolicyStatus
    starts: date
    counts_from: date | None
    source: str
    reason: str | None
    content: Content
    agency: str | None = Field(description="Which proposed it")
    made_at: AwareDatetime | None
    reviewed_by: str | None = Field(description="The agency that agreed or refused")
    reviewed_at: AwareDatetime | None
    review: str | None = Field(description="Why it did")

    @property
    def name(self) -> str:
        said = "review needed" if self.status is PolicyStatus.shipped else self.status
        return f"{self.policy_id}: {said}"


class PolicyReview(Contract):
    agreed: bool
    reason: Words


class PoliciesOnDay(Contract):
    """One of each kind."""

    day: date
    policies: tuple[Policy, ...]


class PolicyVersions(Contract):
    """The latest first; the last one is the shipped one."""

    policies: tuple[Policy, ...]

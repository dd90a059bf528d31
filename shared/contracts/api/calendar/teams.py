"""Who comes for what, how many, and what work they leave behind: dated data, for a partnership to review."""

from datetime import date

from pydantic import Field

from shared.contracts.api.calendar.words import Purpose
from shared.contracts.envelope import Contract


class Policy(Contract):
    version: str
    in_force_from: date
    status: str
    source: str

    @property
    def name(self) -> str:
        return f"{self.version}: {self.status}"


class Regimes(Policy):
    """The classes of agency that each regime is for, in order of preference."""

    regimes: dict[str, tuple[str, ...]]


class Staff(Contract):
    """Officers of one class of agency: on a tip of its own, and where shared intelligence says what to expect."""

    alone: int = Field(ge=1)
    informed: int = Field(ge=1)
    uniformed: bool
    approach: Purpose


class Staffing(Policy):
    """`current_for_days`: how old intelligence may be to plan on it; a warrant asks for fresher."""

    fewest_on_a_visit: int
    most_on_a_visit: int
    current_for_days: int
    warrant_current_for_days: int
    classes: dict[str, Staff]
    otherwise: Staff


class FollowUpRates(Policy):
    """Officer-days for each piece of work, and how many of each one visit makes for the agency of a regime.
    `visit_days` are those of one officer for the visit itself."""

    visit_days: float
    days: dict[str, float]
    per_visit: dict[str, dict[str, float]]
    otherwise: dict[str, float]

    def work(self, regime: str) -> dict[str, float]:
        return self.per_visit.get(regime, self.otherwise)

    def officer_days(self, regime: str) -> float:
        """After one visit for the agency of the regime."""
        return sum(self.days[piece] * count for piece, count in self.work(regime).items())


class TeamPolicies(Contract):
    """Those that proposals and operations follow, as they stand in the catalogue."""

    regimes: Regimes
    staffing: Staffing
    follow_up: FollowUpRates

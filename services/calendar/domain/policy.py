"""The policies that count on one day: those that ship with calendar, and in their place what the partnership agreed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.calendar.domain.london import WorkingDays
from shared.contracts.api.calendar.policies import (
    BankHolidays,
    Deconfliction,
    FollowUpRates,
    Outcomes,
    Policy,
    PolicyKind,
    PolicyStatus,
    Regimes,
    Staffing,
    WorkingTime,
)

_CATALOGUE = Path(__file__).parent.parent / "catalogue"
_HEADER = ("policy_id", "starts", "source")


@dataclass(frozen=True, slots=True)
class Policies:
    """The content of each, and by kind the name and status under which it is cited."""

    deconfliction: Deconfliction
    working_time: WorkingTime
    bank_holidays: BankHolidays
    regimes: Regimes
    staffing: Staffing
    follow_up: FollowUpRates
    outcomes: Outcomes
    names: Mapping[PolicyKind, str]

    @classmethod
    def of(cls, found: Iterable[Policy]) -> "Policies":
        """Of one policy of each kind."""
        by_kind = {one.content.kind: one for one in found}
        contents: dict[str, Any] = {kind.value: one.content for kind, one in by_kind.items()}
        return cls(names={kind: one.name for kind, one in by_kind.items()}, **contents)

    def untold_before(self, day: date) -> date:
        """Visits that ended before it, and of which nobody said by `day` that they took place, count as not told."""
        return day - timedelta(days=self.working_time.untold.days)

    @property
    def working_days(self) -> WorkingDays:
        return WorkingDays(self.bank_holidays.holidays, self.bank_holidays.known_until)


@cache
def shipped() -> Mapping[PolicyKind, Policy]:
    """Those of the catalogue. Raises pydantic's ValidationError where one is faulty, so that nothing starts with it."""
    return {kind: _read(kind) for kind in PolicyKind}


def _read(kind: PolicyKind) -> Policy:
    said = yaml.safe_load((_CATALOGUE / f"{kind}.yaml").read_text(encoding="utf-8"))
    header = {name: said.pop(name) for name in _HEADER}
    nobody = dict.fromkeys(("reason", "agency", "made_at", "reviewed_by", "reviewed_at", "review"))
    counts = {"status": PolicyStatus.shipped, "counts_from": header["starts"]}
    return Policy.model_validate(header | counts | nobody | {"content": said})


def in_force(agreed: Iterable[Policy]) -> dict[PolicyKind, Policy]:
    """One of each kind: of those agreed that count by now, in the order in which they began, the last."""
    return {**shipped(), **{one.content.kind: one for one in agreed}}


def as_shipped() -> Policies:
    return Policies.of(shipped().values())

"""Policies as dated data that ship with calendar: what clashes, bank holidays, working hours and lead times."""

from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field

from services.calendar.domain.london import WorkingDays
from shared.contracts.api.calendar.words import How
from shared.contracts.envelope import Contract

_CATALOGUE = Path(__file__).parent.parent / "catalogue"
_Days = Annotated[int, Field(ge=0, le=366)]
_Count = Annotated[int, Field(ge=1)]


class Period(Contract):
    """How many days either side of a visit are looked at: the most that any of its regimes asks for."""

    default: _Days
    source: str
    regimes: dict[str, _Days] = Field(default_factory=dict)

    def of(self, regimes: tuple[str, ...]) -> int:
        return max((self.regimes.get(regime, self.default) for regime in regimes), default=self.default)


class Cap(Contract):
    """`most` visits or officers at one premises in any `days` days either side."""

    code: str
    counts: Literal["visits", "officers"]
    most: _Count
    days: _Days
    source: str


class Deconfliction(Contract):
    status: str
    as_of: date
    desk: str
    days: Period
    blocks: dict[How, bool]
    caps: tuple[Cap, ...]

    @property
    def furthest(self) -> int:
        """Days within which anything can matter to any visit."""
        return max([self.days.default, *self.days.regimes.values(), *(cap.days for cap in self.caps)])


class Hours(Contract):
    from_: time = Field(alias="from")
    until: time
    source: str


class AgencyLeadTime(Contract):
    agency: str
    working_days: _Days


class LeadTime(Contract):
    working_days: _Days
    source: str
    agencies: tuple[AgencyLeadTime, ...] = ()

    def of(self, agency: str) -> int:
        return next((one.working_days for one in self.agencies if one.agency == agency), self.working_days)


class Journey(Contract):
    """`areas` are the letters that postcodes begin with: TR, PL."""

    agency: str
    areas: tuple[str, ...]
    minutes: _Count


class Travel(Contract):
    source: str
    journeys: tuple[Journey, ...] = ()


class WorkingTime(Contract):
    status: str
    as_of: date
    hours: Hours
    lead_time: LeadTime
    travel: Travel


class BankHolidays(Contract):
    source: str
    as_of: date
    known_until: date
    holidays: dict[date, str]


class Policies(Contract):
    deconfliction: Deconfliction
    working_time: WorkingTime
    bank_holidays: BankHolidays

    @property
    def working_days(self) -> WorkingDays:
        return WorkingDays(self.bank_holidays.holidays, self.bank_holidays.known_until)


@cache
def shipped() -> Policies:
    """Those of the catalogue. Raises pydantic's ValidationError where one is faulty, so that nothing starts with it."""
    return Policies(
        deconfliction=Deconfliction.model_validate(_read("deconfliction.yaml")),
        working_time=WorkingTime.model_validate(_read("working_time.yaml")),
        bank_holidays=BankHolidays.model_validate(_read("bank_holidays.yaml")),
    )


def _read(name: str) -> object:
    return yaml.safe_load((_CATALOGUE / name).read_text(encoding="utf-8"))

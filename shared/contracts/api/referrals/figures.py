"""Figures of referrals, from day one. Each number opens to the list behind it."""

from pydantic import Field

from shared.contracts.envelope import Contract


class Figure(Contract):
    group: str = Field(description="e.g. an agency, an indicator, an area; - where there is none")
    referrals: int
    closed: int
    helped: int
    hit_rate: float | None
    overdue: int
    median_days_to_close: float | None
    list: str = Field(description="Address of the referrals behind the row")
    closed_list: str = Field(description="Of those closed, whose days the median is of")
    helped_list: str
    overdue_list: str


class Table(Contract):
    title: str
    definition: str
    rows: tuple[Figure, ...]


class Exchange(Contract):
    """What your agency and another gave each other."""

    agency: str
    given: int
    given_helped: int
    got: int
    got_helped: int
    given_list: str
    given_helped_list: str
    got_list: str
    got_helped_list: str


class ReferralFigures(Contract):
    """Of the referrals from and to your agency that it may see, as they stand now."""

    total: Figure
    tables: tuple[Table, ...]
    exchange: tuple[Exchange, ...]
    definitions: dict[str, str]

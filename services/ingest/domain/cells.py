"""How a compiled mapping takes cells from a row, and notes what is wrong with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from services.ingest.domain.feed import DEFAULT_NULLS, Constant, FeedSpec, Value
from services.ingest.domain.values import clean, parse_date
from shared.contracts.problem import FieldProblem

Row = Mapping[str, str]


class Issues:
    """Faults and doubts of one row."""

    def __init__(self) -> None:
        self.errors: list[FieldProblem] = []
        self.warnings: list[FieldProblem] = []

    def reject(self, column: str, code: str, remedy: str) -> None:
        self.errors.append(FieldProblem(field=column, code=code, remedy=remedy))

    def warn(self, column: str, code: str, remedy: str) -> None:
        self.warnings.append(FieldProblem(field=column, code=code, remedy=remedy))


Take = Callable[[Row], str | None]
TakeDate = Callable[[Row, Issues], date | None]


@dataclass(frozen=True, slots=True)
class Cells:
    """Makes functions that take one column: cleaned text, or None where the agency says nothing."""

    nulls: frozenset[str]
    formats: tuple[str, ...]

    @classmethod
    def of(cls, spec: FeedSpec) -> "Cells":
        nulls = (*DEFAULT_NULLS, *spec.mapping.nulls)
        return cls(frozenset(clean(text).casefold() for text in nulls), spec.mapping.dates)

    def text(self, column: str | None) -> Take:
        nulls = self.nulls

        def take(row: Row) -> str | None:
            text = row.get(column)  # type: ignore[arg-type]
            if not text:
                return None
            text = clean(text)
            return None if text.casefold() in nulls else text

        return _nothing if column is None else take

    def value(self, value: Value | None) -> Take:
        if isinstance(value, Constant):
            constant = value.constant
            return lambda row: constant
        return self.text(value)

    def day(self, column: str | None) -> TakeDate:
        take, formats = self.text(column), self.formats

        def take_date(row: Row, issues: Issues) -> date | None:
            text = take(row)
            if text is None:
                return None
            day, from_serial = parse_date(text, formats)
            if day is None:
                issues.reject(str(column), "date_invalid", _date_remedy(formats))
            elif from_serial:
                issues.warn(str(column), "date_from_serial", "Excel sent a number; format the column as a date.")
            return day

        return take_date


def _date_remedy(formats: tuple[str, ...]) -> str:
    allowed = " or ".join(("YYYY-MM-DD", *formats))
    return f"Send a day that exists, as {allowed}; or declare the format of this column in the feed's dates."


def _nothing(row: Row) -> None:
    return None

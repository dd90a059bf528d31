"""For how long what people write is kept: as the partnership's rule for its category says, or as shipped."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import TypeAdapter

from shared.contracts.api.duties import ItemKind
from shared.contracts.envelope import Contract
from shared.duties.kinds import Kind
from shared.sharing import Partnership

FILE = Path(__file__).with_name("retention.yaml")


class Shipped(Contract):
    """`days` after the last thing done with items of these kinds."""

    kinds: tuple[ItemKind, ...]
    days: int
    source: str
    as_of: date
    legal_review: str


@dataclass(frozen=True, slots=True)
class Term:
    """`days`, and whose rule that is."""

    days: int
    rule: Literal["category", "shipped"]
    source: str
    review_on: date | None

    @property
    def length(self) -> timedelta:
        return timedelta(days=self.days)

    @property
    def says(self) -> str:
        review = f"; to be reviewed on {self.review_on}" if self.review_on else "; legal review needed"
        return f"{self.days} days ({self.source}{review})"


@cache
def shipped() -> tuple[Shipped, ...]:
    return TypeAdapter(tuple[Shipped, ...]).validate_python(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def term(kind: Kind, partnership: Partnership, day: date) -> Term:
    rule = partnership.retention_of(kind.category, day)
    if rule is not None:
        return Term(rule.longest_days, "category", rule.source, rule.review_on)
    found = next(one for one in shipped() if kind.name in one.kinds)
    return Term(found.days, "shipped", found.source, None)

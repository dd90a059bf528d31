"""For how long the records of a feed are kept: as long as the feed says, and no longer than its category's rule."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.ingest.domain.feed import FeedSpec
from shared.sharing import Partnership


@dataclass(frozen=True, slots=True)
class Period:
    """`days` since the agency last sent a record, and whose rule that is."""

    days: int
    rule: Literal["feed", "category"]
    source: str | None
    review_on: date | None

    @property
    def length(self) -> timedelta:
        return timedelta(days=self.days)


def period(spec: FeedSpec, partnership: Partnership, day: date) -> Period:
    rule = partnership.retention_of(spec.category, day)
    if rule is not None and rule.longest_days < spec.retention_days:
        return Period(rule.longest_days, "category", rule.source, rule.review_on)
    return Period(spec.retention_days, "feed", spec.retention_source, spec.retention_review_on)

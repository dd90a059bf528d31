"""How long a category of data is kept, and under which law: dated rules of the partnership, until a lawyer has reviewed
them and after.

Source: UK GDPR article 5(1)(e); Data Protection Act 2018, sections 30, 36, 39.
"""

from datetime import date

from pydantic import Field

from shared.contracts.envelope import Contract
from shared.sharing.legal_gateway import Agency, LegalReview
from shared.sharing.words import Slug


class Dated(Contract):
    starts: date
    ends: date | None = None
    review_on: date
    source: str = Field(min_length=1, description="Where the rule comes from")
    legal_review: LegalReview | None = Field(default=None, description="None: legal review needed")

    def counts_on(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day <= self.ends)


class RetentionRule(Dated):
    """The longest that records of a category are kept after their agency last sent them. A feed may say less."""

    category: Slug
    longest_days: int = Field(ge=1, le=36525)


class LawEnforcement(Dated):
    """The competent authorities (by agency or class), their categories that are processed under Part 3 of the Data
    Protection Act 2018, and the purposes that are law enforcement purposes. For any other purpose those records are
    shared only under a legal gateway that says so. Another agency's records of the same category are not meant."""

    agencies: tuple[Slug, ...] = Field(min_length=1)
    categories: tuple[Slug, ...] = Field(min_length=1)
    purposes: tuple[Slug, ...]

    def is_of(self, agency: Agency, category: str) -> bool:
        return category in self.categories and agency.is_in(self.agencies)

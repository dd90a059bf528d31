"""A legal gateway: a statutory power to share, with its conditions and signatures, and the days on which it counts."""

from datetime import date
from enum import StrEnum

from pydantic import Field, model_validator

from shared.contracts.api.sharing import ConditionKind, Level
from shared.contracts.envelope import Contract
from shared.sharing.words import Anyone, Slug, field_groups, named, names


class Status(StrEnum):
    draft = "draft"
    legal_review = "legal_review"
    active = "active"
    expired = "expired"
    revoked = "revoked"


class Agency(Contract):
    id: Slug
    title: str
    classes: tuple[Slug, ...] = Field(default=(), description="See data/agency_classes.yaml")
    feeds: tuple[Slug, ...] = Field(
        default=(), description="Ids of its feeds, or what they begin with, where that is not its own id"
    )
    information_governance: str | None = Field(default=None, description="Who helps: a mailbox or number, not a person")

    def names_feed(self, feed: str) -> int:
        """The length of that beginning of the id by which this is a feed of the agency's; 0 if it is none."""
        beginnings = (one for one in (self.id, *self.feeds) if f"{feed}-".startswith(f"{one}-"))
        return max(map(len, beginnings), default=0)

    def is_in(self, listed: tuple[str, ...] | Anyone) -> bool:
        """Whether a list of agencies and classes names this one."""
        return names(listed, self.id, *self.classes)


class Condition(Contract):
    kind: ConditionKind
    source: str = Field(min_length=1, description="Where the law or its guidance asks for it")

    @property
    def comes_first(self) -> bool:
        """Whether it must be met before each disclosure, not only kept to afterwards."""
        return self.kind is not ConditionKind.no_onward_sharing


class Signature(Contract):
    """`day`, because YAML reads a key called `on` as a truth value."""

    agency: Slug
    by: str = Field(min_length=1)
    day: date


class LegalReview(Contract):
    by: str = Field(min_length=1)
    day: date


class LegalGateway(Contract):
    """A power to share, written from the agencies that disclose to those that receive; both may be named by class.

    An MoU is a document about it and never itself the power. Each agency that discloses signs for itself.
    """

    id: Slug
    from_: tuple[Slug, ...] | Anyone = Field(alias="from")
    to: tuple[Slug, ...] | Anyone
    categories: tuple[Slug, ...] | Anyone
    purposes: tuple[Slug, ...] = Field(min_length=1)
    regime: Slug | None = Field(default=None, description="The regulatory area it is given for; cited")
    grant: Level
    field_groups: tuple[Slug, ...] = Field(default=(), description="Of a `fields` grant; see data/field_groups.yaml")
    contact: str | None = Field(default=None, description="Whom a viewer speaks to; a `known` grant must name one")
    conditions: tuple[Condition, ...] = ()
    beyond_part_3: str | None = Field(
        default=None,
        min_length=1,
        description="The law that authorises records held for law enforcement to be used for its other purposes too",
    )
    statute: str
    section: str
    url: str | None = None
    catalogue: Slug | None = Field(default=None, description="The catalogue's entry that it was made from")
    starts: date
    ends: date | None = None
    review_on: date | None = None
    status: Status = Status.draft
    legal_review: LegalReview | None = None
    signatures: tuple[Signature, ...] = ()

    @model_validator(mode="after")
    def _grants_what_it_says(self) -> "LegalGateway":
        if (self.grant is Level.fields) != bool(self.field_groups):
            raise ValueError(f"legal gateway {self.id}: name field_groups where the grant is fields, and nowhere else")
        if not set(self.field_groups) <= field_groups().keys():
            raise ValueError(f"legal gateway {self.id}: field_groups are among {', '.join(field_groups())}")
        if self.grant is Level.known and not self.contact:
            raise ValueError(f"legal gateway {self.id}: a known grant names a contact")
        return self

    def covers(self, owner: Agency, viewer: Agency, category: str, purpose: str) -> bool:
        """Whether it is written for this disclosure, whether or not it counts today."""
        return purpose in self.purposes and names(self.categories, category) and self.joins(owner, viewer)

    def joins(self, owner: Agency, viewer: Agency) -> bool:
        return owner.is_in(self.from_) and viewer.is_in(self.to)

    def in_force(self, owner: str, on_date: date) -> bool:
        """Whether it counts that day for the records of `owner`."""
        return not self.obstacles(owner, on_date)

    def obstacles(self, owner: str, on_date: date) -> tuple[str, ...]:
        """Why it does not count that day for the records of `owner`, in plain English; nothing where it does."""
        found = (
            (self.status is not Status.active, f"Its status is {self.status.replace('_', ' ')}, not active."),
            (on_date < self.starts, f"It starts on {self.starts}."),
            (self.ends is not None and self.ends < on_date, f"It ended on {self.ends}."),
            (self.legal_review is None or on_date < self.legal_review.day, "Nobody had reviewed it by then."),
            (not self.signed_by(owner, on_date), "The agency whose records they are had not signed it by then."),
        )
        return tuple(sentence for applies, sentence in found if applies)

    def signed_by(self, agency: str, on_date: date) -> bool:
        return any(signature.agency == agency and signature.day <= on_date for signature in self.signatures)

    @property
    def asks_first(self) -> frozenset[ConditionKind]:
        """The conditions to be met before each disclosure."""
        return frozenset(condition.kind for condition in self.conditions if condition.comes_first)

    @property
    def named_parties(self) -> frozenset[str]:
        """The agencies and classes that it names."""
        return frozenset((*named(self.from_), *named(self.to)))

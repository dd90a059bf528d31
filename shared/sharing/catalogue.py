"""The catalogue of statutes: templates for legal gateways, dated, and none of them reviewed by a lawyer yet.

Source: design, "Sharing"; each entry gives its own.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Literal

import yaml
from pydantic import Field, model_validator

from shared.contracts.envelope import Contract
from shared.sharing.legal_gateway import Agency, Condition, LegalGateway
from shared.sharing.words import DATA, Anyone, Slug, agency_classes, named, names


class Kind(StrEnum):
    """A power permits a disclosure and a duty commands it. A restriction forbids it unless another power permits it.
    What is called no power neither permits nor forbids, though it is often mistaken for one."""

    power = "power"
    duty = "duty"
    restriction = "restriction"
    no_power = "no_power"


class Entry(Contract):
    """What a statute allows, from which classes of agency to which. A template: it is nobody's power as it stands."""

    id: Slug
    as_of: date = Field(description="When it was written down here")
    legal_review: Literal["needed"]
    kind: Kind
    statute: str
    section: str
    url: str = Field(pattern=r"^https://www\.legislation\.gov\.uk/")
    from_: tuple[Slug, ...] | Anyone = Field(alias="from")
    not_from: tuple[Slug, ...] = ()
    to: tuple[Slug, ...] | Anyone
    categories: tuple[Slug, ...] | Anyone = "*"
    purposes: tuple[Slug, ...] = Field(description="Statutory purposes; empty where it names none")
    regime: Slug | None = None
    conditions: tuple[Condition, ...] = ()
    read: str = Field(min_length=1, description="What of the law was at hand when it was written")
    says: str
    uncertain: str = Field(min_length=1, description="What a lawyer should look at first")

    @model_validator(mode="after")
    def _names_known_classes(self) -> "Entry":
        if not {*named(self.from_), *named(self.to), *self.not_from} <= agency_classes().keys():
            raise ValueError(f"{self.id} names a class that data/agency_classes.yaml does not list")
        return self

    @property
    def may_become_a_gateway(self) -> bool:
        return self.kind in (Kind.power, Kind.duty)

    def joins(self, owner: Agency, viewer: Agency) -> bool:
        return self.is_from(owner) and viewer.is_in(self.to)

    def is_from(self, owner: Agency) -> bool:
        return owner.is_in(self.from_) and set(self.not_from).isdisjoint(owner.classes)

    def fits_purpose(self, purpose: str) -> bool:
        return not self.purposes or purpose in self.purposes

    def fits_category(self, category: str) -> bool:
        return names(self.categories, category)


Catalogue = Mapping[str, Entry]


def draft(entry: Entry, **given: Any) -> LegalGateway:
    """A gateway written from an entry: its statute, conditions and, unless others are given, purposes. `given` are the
    parties, dates and whatever else is the partnership's to say; review and signature are still to come."""
    if not entry.may_become_a_gateway:
        raise ValueError(f"{entry.statute} {entry.section} is no power to share")
    words = entry.model_dump(include={"statute", "section", "url", "regime", "conditions", "purposes"})
    return LegalGateway.model_validate(words | {"catalogue": entry.id} | given)


@cache
def catalogue() -> Catalogue:
    """Every entry that ships, by its id."""
    files = sorted((DATA / "catalogue").glob("*.yaml"))
    entries = [Entry.model_validate(found) for file in files for found in yaml.safe_load(file.read_text("utf-8"))]
    return {entry.id: entry for entry in entries}

"""A partnership and its legal gateways: dated data that an officer can read and change, never code.

Source: design, "Sharing"; seed ¶17–20 and Box 2 (Cornwall: overlaps found and none could be shared).
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

import yaml
from pydantic import Field, TypeAdapter, ValidationError, model_validator

from shared.contracts.envelope import Contract
from shared.contracts.problem import FieldProblem

DECISIONS = "decisions"
"""The category of what an agency's people decide about records: every agency has it, no feed does."""

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Anyone = Literal["*"]


class Level(StrEnum):
    """What a legal gateway grants: all of a record, some of its fields, or hit / no hit and a named contact."""

    full = "full"
    fields = "fields"
    known = "known"


class Status(StrEnum):
    draft = "draft"
    legal_review = "legal_review"
    active = "active"
    expired = "expired"
    revoked = "revoked"


class Agency(Contract):
    id: Slug
    title: str


class LegalGateway(Contract):
    """A statutory power to share. An MoU is a document about it and never itself the power."""

    id: Slug
    from_: tuple[Slug, ...] | Anyone = Field(alias="from")
    to: tuple[Slug, ...] | Anyone
    categories: tuple[Slug, ...] | Anyone
    purposes: tuple[Slug, ...] = Field(min_length=1)
    grant: Level
    fields: tuple[str, ...] = ()
    statute: str
    section: str
    url: str | None = None
    starts: date
    ends: date | None = None
    status: Status = Status.draft
    legal_review: str = Field(description="Who reviewed it, or 'needed'")
    contact: str | None = None

    def in_force(self, on_date: date) -> bool:
        within = self.starts <= on_date and (self.ends is None or on_date <= self.ends)
        return self.status is Status.active and within

    def covers(self, owner: str, viewer: str, category: str, purpose: str) -> bool:
        return (
            _names(self.from_, owner)
            and _names(self.to, viewer)
            and _names(self.categories, category)
            and purpose in self.purposes
        )


class Partnership(Contract):
    """The agencies, the categories of data they hold, and the powers under which they may share them."""

    id: Slug
    title: str
    agencies: tuple[Agency, ...] = Field(min_length=1)
    categories: tuple[Slug, ...] = Field(min_length=1)
    stream_purpose: Slug = Field(description="The purpose for which dashboards and streams are read")
    legal_gateways: tuple[LegalGateway, ...] = ()

    @model_validator(mode="after")
    def _speaks_only_of_its_own(self) -> "Partnership":
        agencies = {agency.id for agency in self.agencies}
        if DECISIONS in self.categories:
            raise ValueError(f"{DECISIONS} is a category of every partnership; leave it out of the list")
        for gateway in self.legal_gateways:
            named = {*_listed(gateway.from_), *_listed(gateway.to)}
            if not named <= agencies:
                raise ValueError(f"legal gateway {gateway.id} names an agency that is not in the partnership")
            if not set(_listed(gateway.categories)) <= {*self.categories, DECISIONS}:
                raise ValueError(f"legal gateway {gateway.id} names a category that the partnership does not list")
        return self


class RulesUnreadable(Exception):
    """The file is not a partnership; `errors` say where and why."""

    def __init__(self, errors: tuple[FieldProblem, ...]) -> None:
        super().__init__("; ".join(f"{error.field}: {error.remedy}" for error in errors))
        self.errors = errors


def load_partnership(text: str) -> Partnership:
    """A partnership from its YAML; raises RulesUnreadable, so that a service with faulty rules never starts."""
    try:
        return TypeAdapter(Partnership).validate_python(yaml.safe_load(text))
    except ValidationError as error:
        raise RulesUnreadable(
            tuple(_fault(fault["loc"], fault["type"], fault["msg"]) for fault in error.errors())
        ) from error
    except yaml.YAMLError as error:
        raise RulesUnreadable((FieldProblem(field="partnership", code="yaml", remedy="Mend the YAML."),)) from error


def _fault(location: tuple[int | str, ...], code: str, remedy: str) -> FieldProblem:
    return FieldProblem(field=".".join(map(str, location)) or "partnership", code=code, remedy=remedy)


def _names(listed: tuple[str, ...] | Anyone, value: str) -> bool:
    return listed == "*" or value in listed


def _listed(listed: tuple[str, ...] | Anyone) -> tuple[str, ...]:
    return () if listed == "*" else listed

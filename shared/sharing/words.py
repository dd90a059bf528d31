"""The words that legal gateways are written in: dated files that ship with the project, for a lawyer to read."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field

from shared.contracts.api.sharing import SLUG
from shared.contracts.envelope import Contract

DATA = Path(__file__).parent / "data"

Slug = Annotated[str, Field(pattern=SLUG)]
Anyone = Literal["*"]


class FieldGroup(Contract):
    title: str
    fields: tuple[str, ...] = Field(min_length=1, description="Of shared.contracts.record.Record")


class FieldGroups(Contract):
    as_of: date
    groups: dict[Slug, FieldGroup]


class AgencyClasses(Contract):
    as_of: date
    classes: dict[Slug, str]


@cache
def field_groups() -> dict[str, FieldGroup]:
    """The groups that a `fields` grant may name, in the order in which people are told of them."""
    return FieldGroups.model_validate(_read("field_groups.yaml")).groups


@cache
def agency_classes() -> dict[str, str]:
    """Every class that an agency may carry, and what it is called."""
    return AgencyClasses.model_validate(_read("agency_classes.yaml")).classes


def fields_of(groups: Iterable[str]) -> tuple[str, ...]:
    """The record's fields in these groups. Raises KeyError for a group that there is not."""
    return tuple(field for group in groups for field in field_groups()[group].fields)


def names(listed: tuple[str, ...] | Anyone, *any_of: str) -> bool:
    """Whether a list of a legal gateway names one of these."""
    return listed == "*" or not set(listed).isdisjoint(any_of)


def named(listed: tuple[str, ...] | Anyone) -> tuple[str, ...]:
    """What a list of a legal gateway names one by one."""
    return () if listed == "*" else listed


def _read(name: str) -> object:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))

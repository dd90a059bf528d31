"""Kinds of requests for information: dated data that ship with the project, with the fields of question and answer.

Source: seed ¶20, ¶39, ¶50; catalogue/request-kinds.yaml gives each kind's own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from shared.contracts.api.referrals.requests import Confirmation, FieldType, Kind, NamedPerson, QuestionField
from shared.contracts.problem import FieldProblem

FILE = Path(__file__).parent.parent / "catalogue" / "request-kinds.yaml"

_TYPES: Mapping[FieldType, TypeAdapter[Any]] = {
    FieldType.people: TypeAdapter(Annotated[tuple[NamedPerson, ...], Field(max_length=1000)]),
    FieldType.text: TypeAdapter(Annotated[str, Field(min_length=1, max_length=2000)]),
    FieldType.number: TypeAdapter(Annotated[int, Field(ge=0, le=1_000_000)]),
    FieldType.day: TypeAdapter(date),
    FieldType.confirmation: TypeAdapter(Confirmation),
}
_REMEDIES: Mapping[FieldType, str] = {
    FieldType.people: "Give a list of people: name and, where it is known, date_of_birth (YYYY-MM-DD).",
    FieldType.text: "Give a text of 1 to 2,000 characters.",
    FieldType.number: "Give a whole number from 0 to 1,000,000.",
    FieldType.day: "Give a day as YYYY-MM-DD.",
    FieldType.confirmation: f"Give one of {', '.join(Confirmation)}.",
}


@cache
def shipped() -> tuple[Kind, ...]:
    return TypeAdapter(tuple[Kind, ...]).validate_python(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def by_id(id_: str) -> Kind:
    """The newest of this id that ships, whether or not it counts today."""
    return max((one for one in shipped() if one.id == id_), key=lambda one: one.starts)


def in_force(kinds: Iterable[Kind], day: date) -> dict[str, Kind]:
    """By id, of each the one that began last."""
    begun = sorted((one for one in kinds if one.starts <= day), key=lambda one: one.starts)
    return {one.id: one for one in begun if one.ends is None or day <= one.ends}


def faults(fields: Sequence[QuestionField], values: Mapping[str, Any], place: str) -> tuple[FieldProblem, ...]:
    """What is wrong with the values of a question or an answer: every field must be given, and no other."""
    return tuple(_faults({field.id: field for field in fields}, values, place))


def _faults(fields: Mapping[str, QuestionField], values: Mapping[str, Any], place: str) -> Iterator[FieldProblem]:
    if values.keys() - fields.keys():
        listed = ", ".join(fields) or "none"
        yield FieldProblem(field=place, code="unknown", remedy=f"Give these fields and no other: {listed}.")
    for id_, field in fields.items():
        if id_ not in values:
            yield FieldProblem(field=f"{place}.{id_}", code="missing", remedy=_REMEDIES[field.type])
        elif not _fits(field.type, values[id_]):
            yield FieldProblem(field=f"{place}.{id_}", code="type", remedy=_REMEDIES[field.type])


def _fits(type_: FieldType, value: Any) -> bool:
    try:
        _TYPES[type_].validate_python(value)
    except ValidationError:
        return False
    return True

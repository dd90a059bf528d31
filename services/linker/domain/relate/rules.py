"""The rules of findings as dated data: what counts as a pattern, with its numbers, for people to review."""

from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from services.linker.domain.relate.traits import TraitKind
from shared.contracts.envelope import Contract
from shared.contracts.events.linker import FindingType

_Count = Annotated[int, Field(ge=1)]


class _Rule(Contract):
    id: str
    title: str
    text: str = Field(description="What it says, with the names of its numbers in braces")

    @property
    def in_words(self) -> str:
        return self.text.format(**self.model_dump())


class MultiRegimeRule(_Rule):
    type: Literal[FindingType.multi_regime]
    regimes: _Count


class PhoenixRule(_Rule):
    type: Literal[FindingType.phoenix]
    through: tuple[TraitKind, ...]
    facts: _Count
    facts_without_person: _Count
    days_before: int
    days_after: int
    most_businesses: _Count


class TaintedRule(_Rule):
    type: Literal[FindingType.tainted_building]
    breaches: _Count
    occupiers: _Count
    least_severity: _Count
    years: _Count
    most_businesses: _Count


class NewOccupierRule(_Rule):
    type: Literal[FindingType.new_occupier]


class SharedRule(_Rule):
    """One person or landlord behind several businesses."""

    type: Literal[FindingType.shared_landlord, FindingType.network]
    through: tuple[TraitKind, ...]
    businesses: _Count
    with_concerns: _Count
    most_businesses: _Count


Rule = MultiRegimeRule | PhoenixRule | TaintedRule | NewOccupierRule | SharedRule


class FindingRules(Contract):
    """One version of them. There is at most one rule of a type."""

    version: str
    in_force_from: date
    status: str
    source: str
    rules: tuple[Annotated[Rule, Field(discriminator="type")], ...]

    def of(self, type_: FindingType) -> Rule | None:
        return next((rule for rule in self.rules if rule.type is type_), None)


def load_rules(data: bytes | str) -> FindingRules:
    """Rules from their JSON; ValueError names each field that is missing or wrong."""
    try:
        return FindingRules.model_validate_json(data)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise ValueError(f"finding rules: {'; '.join(faults)}") from error


@lru_cache(maxsize=1)
def default_rules() -> FindingRules:
    """The rules that ship with the project, marked for review."""
    return load_rules(files("services.linker.domain").joinpath("policies/findings.json").read_bytes())

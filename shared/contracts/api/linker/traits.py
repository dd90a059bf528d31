"""Traits: what a business shares, or would share, with others, as keys that services remember it by.

Two things, whoever made them, are at the same premises, of the same organisation or in the same network if their keys
of that kind meet. So no service needs a view of all businesses to know that two agencies mean the same place.
"""

from typing import Annotated

from pydantic import Field

from shared.contracts.api.linker.relations import RelationType
from shared.contracts.envelope import Contract
from shared.contracts.record import Name, Person, Record

TRAIT_KEY = r"^trt_[a-z2-7]{20}$"
TraitKey = Annotated[str, Field(pattern=TRAIT_KEY)]


MOST = 20


class Described(Record):
    """A business as somebody would describe it: a record with no more of each than one would say."""

    names: tuple[Name, ...] = Field(default=(), max_length=MOST)
    phones: tuple[str, ...] = Field(default=(), max_length=MOST)
    emails: tuple[str, ...] = Field(default=(), max_length=MOST)
    websites: tuple[str, ...] = Field(default=(), max_length=MOST)
    licence_numbers: tuple[str, ...] = Field(default=(), max_length=MOST)
    people: tuple[Person, ...] = Field(default=(), max_length=MOST)


class Trait(Contract):
    """`key` is the same for the same value for ever, and says nothing else."""

    kind: RelationType
    key: TraitKey
    sentence: str
    through: RelationType | None = Field(
        default=None, description="How the business that has it is related to this one; absent if it is its own"
    )


class Traits(Contract):
    """Its own first, then those of related businesses; without values that too many share to mean anything (hubs)."""

    traits: tuple[Trait, ...]
    complete: bool = Field(description="False where more businesses are related to it than were followed")

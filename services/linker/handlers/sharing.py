"""What records share, kept in step with what they say."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.linker.domain.normalise import Mention
from services.linker.domain.relate.traits import trait_key, traits
from services.linker.store import findings, relations
from shared.runtime.session import Session


def learn_traits(session: Session, before: Sequence[Any], now: Mapping[int, Mention]) -> None:
    """Of the records that changed: the traits that they had, as they were known, give way to those that they have.
    Findings through what is shared no more are due to be looked for again."""
    had = {(key, row.no) for row in before for key in _keys(Mention.from_json(row.features))}
    has = {(key, no) for no, mention in now.items() for key in _keys(mention)}
    relations.take_traits(session, list(had - has))
    relations.put_traits(session, list(has - had))
    if lost := {key for key, _ in had - has}:
        findings.note(session, traits=lost)


def _keys(mention: Mention) -> list[int]:
    return [trait_key(trait) for trait in traits(mention)]

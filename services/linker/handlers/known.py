"""Whether agencies hold records of a business, a place or a person. Only records that may be told of are looked at."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention
from services.linker.domain.relate.traits import Trait, TraitKind, trait_key, traits
from services.linker.domain.score import score
from services.linker.domain.views import linked
from services.linker.handlers.learn import key_numbers
from services.linker.store import known as store
from shared.contracts.api.linker.known import About

_NO_FEED = ""
_SHARED = {About.premises: TraitKind.premises, About.person: TraitKind.person}


def can_be_asked(about: About, mentions: Sequence[Mention], model: Model) -> bool:
    """Whether they say enough for a record to be recognised by."""
    if about is About.business:
        return any(shared or sought for shared, _, sought in (key_numbers(one, model) for one in mentions))
    return bool(_traits(about, mentions))


async def records_of(
    connection: AsyncConnection,
    about: About,
    mentions: Sequence[Mention],
    model: Model,
    sources: Collection[store.Source],
) -> list[Row[Any]]:
    """Records of these (agency, category) pairs that are of what the mentions say, in order of record id."""
    if about is About.business:
        return await _of_business(connection, mentions, model, sources)
    wanted = _traits(about, mentions)
    rows = await store.by_trait(connection, [trait_key(one) for one in wanted], sources)
    return [row for row in rows if not wanted.isdisjoint(traits(Mention.from_json(row.features)))]


async def _of_business(
    connection: AsyncConnection, mentions: Sequence[Mention], model: Model, sources: Collection[store.Source]
) -> list[Row[Any]]:
    """Those that would link to one of the mentions."""
    keys = {key for one in mentions for some in key_numbers(one, model) for key in some}
    rows = await store.by_block(connection, keys, sources)
    return [row for row in rows if any(_is_one(one, row, model) for one in mentions)]


def _is_one(mention: Mention, row: Row[Any], model: Model) -> bool:
    weight = score(mention, Mention.from_json(row.features), model)
    return linked(weight, _NO_FEED, row.feed, model.clustering)


def _traits(about: About, mentions: Sequence[Mention]) -> set[Trait]:
    return {one for mention in mentions for one in traits(mention) if one.kind is _SHARED[about]}

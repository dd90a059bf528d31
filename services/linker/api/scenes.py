"""Scenes out of the store: the records concerned, as the caller's audience sees them, and the decisions that count."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.decide import Decision, in_force
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention
from services.linker.domain.reasons import Exhibit, Scene
from services.linker.store import decisions, reading, scenes
from services.linker.store.scenes import Rows
from shared.sharing import DECISIONS, View

_MOST_PAIRS = 20_000
_NO_TITLES: Mapping[str, str] = {}


def deciding(view: View) -> frozenset[str]:
    """The agencies whose decisions count for an audience."""
    return frozenset(owner for owner, category in view.visible if category == DECISIONS)


async def decisions_about(connection: AsyncConnection, view: View, rows: Rows) -> list[Decision]:
    """All that were ever made between two of these records and that the audience sees, newest first."""
    ids = {row.record_id for row in rows}
    made = await decisions.decisions_on(connection, [row.no for row in rows], deciding(view))
    return [decision for decision in made if decision.a in ids and decision.b in ids]


async def beside(connection: AsyncConnection, audience: int, view: View, rows: Rows) -> list[Row[Any]]:
    """The other records that somebody decided about together with one of these, as far as the audience sees them."""
    made = await decisions.decisions_on(connection, [row.no for row in rows], deciding(view))
    others = {end for one in made for end in one.pair} - {row.record_id for row in rows}
    return list(await scenes.records(connection, audience, others))


async def scene(
    connection: AsyncConnection, rows: Rows, made: Iterable[Decision], model: Model, titles: Mapping[str, str]
) -> Scene:
    """What is known between these records. `titles` are what people call the agencies."""
    pairs = await reading.pairs_within(connection, model.version, [row.no for row in rows], _MOST_PAIRS)
    return Scene(
        exhibits={row.record_id: exhibit(row, titles) for row in rows},
        home={row.record_id: row.business_id for row in rows},
        weights={(pair.a, pair.b): pair.weight for pair in pairs},
        decisions=in_force(made),
        model=model,
        titles=titles,
    )


def businesses_of(rows: Sequence[Row[Any]]) -> list[int]:
    return sorted({row.business for row in rows})


def exhibit(row: Row[Any], titles: Mapping[str, str] = _NO_TITLES) -> Exhibit:
    mention, agency = Mention.from_json(row.features), titles.get(row.agency, row.agency)
    return Exhibit(row.record_id, row.feed, agency, row.name, row.received_on, mention)

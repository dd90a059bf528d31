"""One box: what was typed becomes the businesses of the caller's audience that it may mean, best first."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.naming import common_address
from services.linker.domain.normalise import Mention
from services.linker.domain.search.expand import (
    LOOKED_AT,
    Closeness,
    Expansion,
    expand,
    misspelt_beginnings,
    near,
    stem,
)
from services.linker.domain.search.match import Match, matches
from services.linker.domain.search.rank import Hit, Place, plan, ranked, scored
from services.linker.domain.search.said import Said, said
from services.linker.domain.search.typed import typed
from services.linker.store import postings
from services.linker.store import search as store
from services.linker.store.reading import Filters


@dataclass(frozen=True, slots=True)
class Found:
    """A business as stored, its address, where it stands among those found, and what of it matched."""

    row: Row[Any]
    address: str | None
    place: Place
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The businesses of one page; `unknown` are the terms that stand in no record the audience sees."""

    found: tuple[Found, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """One audience's search over one connection."""

    connection: AsyncConnection
    audience: int
    filters: Filters

    async def run(self, text: str, after: Place | None, limit: int) -> Answer:
        """The next `limit` businesses behind `after`."""
        sources = await postings.sources(self.connection, self.audience)
        expansions = await self.understood(text, sources)
        places = await self._places(expansions, sources, after, limit)
        unknown = tuple(e.term.text for e in expansions if not e.known)
        return Answer(await self._found(places, expansions), unknown)

    async def understood(self, text: str, sources: Sequence[int]) -> list[Expansion]:
        """The terms of what was typed, with the words of these sources that each may mean.

        What is near a word is only looked for where too few records have it as it was typed.
        """
        terms = typed(text)
        exact = await self._counts(sources, {word for term in terms for word in term.words})
        rare = [term for term in terms if sum(exact.get(word, 0) for word in term.words) < LOOKED_AT]
        vocabulary = await postings.vocabulary(
            self.connection, sources, {start for one in rare if (start := stem(one))}
        )
        loosely = {term: near(term, vocabulary) if term in rare else {} for term in terms}
        known = exact | await self._counts(sources, {word for meant in loosely.values() for word in meant})
        found = [expand(term, loosely[term], known) for term in terms]
        return [await self._deeper(sources, expansion, loosely[expansion.term]) for expansion in found]

    async def _deeper(self, sources: Sequence[int], expansion: Expansion, loosely: dict[str, Closeness]) -> Expansion:
        """With slips at the beginning tried out, where nothing stands as it was typed."""
        meant = misspelt_beginnings(expansion.term)
        if expansion.is_certain or not meant:
            return expansion
        wider = dict.fromkeys(meant, Closeness.one_letter) | loosely
        return expand(expansion.term, wider, await self._counts(sources, {*expansion.term.words, *wider}))

    async def _counts(self, sources: Sequence[int], words: Collection[str]) -> dict[str, int]:
        return await postings.counts(self.connection, sources, words) if words else {}

    async def _places(
        self, expansions: Sequence[Expansion], sources: Sequence[int], after: Place | None, limit: int
    ) -> list[Place]:
        planned = plan(expansions)
        each = [expansion.words for expansion in planned.common]
        hits: list[Hit] | None = None
        if planned.rare:
            rare = [word for expansion in planned.rare for word in expansion.words]
            hits = await postings.hits(self.connection, sources, rare, [word for words in each for word in words])
        elif len(each) > 1:
            hits = await postings.with_all(self.connection, sources, each)
        if hits or not each:
            return ranked(await self._scored(hits or (), expansions), after, limit)
        asked = each if hits is None else each[:1]  # where nothing has them all, what has the rarest
        return await store.by_priority(self.connection, self.audience, sources, asked, self.filters, after, limit)

    async def _scored(self, hits: Sequence[Hit], expansions: Sequence[Expansion]) -> list[Place]:
        held = await store.holders(self.connection, self.audience, {hit.record for hit in hits}, self.filters)
        scores = scored(hits, {holder.record: holder.business for holder in held}, expansions)
        businesses = {holder.business: holder for holder in held}
        return [
            Place(score, businesses[number].priority, businesses[number].business_id)
            for number, score in scores.items()
        ]

    async def _found(self, places: Sequence[Place], expansions: Sequence[Expansion]) -> tuple[Found, ...]:
        rows, mentions = await store.shown(self.connection, self.audience, [place.business_id for place in places])
        return tuple(
            _opened(place, rows[place.business_id], mentions[place.business_id], expansions) for place in places
        )


def _opened(place: Place, row: Row[Any], mentions: Sequence[Row[Any]], expansions: Sequence[Expansion]) -> Found:
    return Found(row, address_by(mentions), place, matches(expansions, map(said_by, mentions)))


def address_by(mentions: Iterable[Row[Any]]) -> str | None:
    """Where the business is of which these are the visible records."""
    return common_address(orjson.loads(mention.details)["address"] for mention in mentions)


def said_by(row: Row[Any]) -> tuple[str, list[Said]]:
    """The id of a record, and what it says."""
    return row.record_id, said(Mention.from_json(row.features), row.source_ref, row.sector)

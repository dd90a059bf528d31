"""From where one stands: the businesses of the caller's audience around a point, nearest first.

A business is as far away as the nearest of its visible records. Where something was typed too, it is of those that
match as many terms as any around does.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from services.linker.domain.search.expand import Expansion
from services.linker.domain.search.match import Match, matches
from services.linker.domain.search.rank import Hit, plan, terms_met
from services.linker.domain.search.standing import Around, Away, Stand, bands, by_postcode, stands
from services.linker.handlers.searching import Search, address_by, said_by
from services.linker.store import postings
from services.linker.store import search as store
from services.linker.store.search import Holder

_FIRST_LOOK = 125  # metres
Records = Mapping[int, Stand]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A business as stored, its address, how far away it is by which of its records, and what of it matched."""

    row: Row[Any]
    address: str | None
    stand: Stand
    records: tuple[str, ...]
    matches: tuple[Match, ...]

    @property
    def place(self) -> Away:
        return Away(self.stand.metres, self.row.business_id)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The businesses of one page; `unknown` are the terms that stand in no record the audience sees."""

    found: tuple[Neighbour, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nearby:
    """One audience's search around a point, over one connection."""

    search: Search
    around: Around

    async def run(self, text: str, after: Away | None, limit: int) -> Neighbours:
        """The next `limit` businesses behind `after`."""
        sources = await postings.sources(self.search.connection, self.search.audience)
        expansions = await self.search.understood(text, sources)
        unknown = tuple(e.term.text for e in expansions if not e.known)
        known = [expansion for expansion in expansions if expansion.known]
        if expansions and not known:
            return Neighbours((), unknown)
        look = _Look(self.search, self.around, sources, known)
        return Neighbours(tuple(await self._opened(await look.places(after, limit), known)), unknown)

    async def _opened(self, places: Mapping[Away, Records], known: Sequence[Expansion]) -> list[Neighbour]:
        ids = [place.business_id for place in places]
        rows, mentions = await store.shown(self.search.connection, self.search.audience, ids)
        return [
            _neighbour(rows[place.business_id], records, mentions[place.business_id], known)
            for place, records in places.items()
        ]


def _neighbour(row: Row[Any], records: Records, mentions: Sequence[Any], known: Sequence[Expansion]) -> Neighbour:
    nearest = min(records.values())
    there = tuple(one.record_id for one in mentions if records.get(one.no) == nearest)
    return Neighbour(row, address_by(mentions), nearest, there, matches(known, map(said_by, mentions)) if known else ())


class _Look:
    """Farther and farther around the point, until there is enough to answer with."""

    def __init__(self, search: Search, around: Around, sources: Sequence[int], known: Sequence[Expansion]) -> None:
        self._search = search
        self._around = around
        self._sources = sources
        self._known = known
        self._rare = plan(known).rare
        self._words = [word for expansion in known for word in expansion.words]

    async def places(self, after: Away | None, limit: int) -> dict[Away, Records]:
        """The next `limit` behind `after`, nearest first, each with those of its records that stand around."""
        found: dict[Away, Records] = {}
        meant = await self._rarely_said() if self._rare else None
        for metres in self._farther(after):
            found, met = await self._within(metres, meant)
            found = {place: found[place] for place in sorted(found) if after is None or place > after}
            if met == len(self._known) and len(found) >= limit:
                break
        return dict(list(found.items())[:limit])

    def _farther(self, after: Away | None) -> Iterator[int]:
        """What is rare was found before, wherever it stands: it is looked for all around at once."""
        metres = self._around.within if self._rare else _FIRST_LOOK
        while metres < self._around.within:
            if after is None or after.metres < metres:
                yield metres
            metres *= 2
        yield self._around.within

    async def _rarely_said(self) -> list[Hit]:
        rare = [word for expansion in self._rare for word in expansion.words]
        also = [word for word in self._words if word not in rare]
        return await postings.hits(self._search.connection, self._sources, rare, also)

    async def _within(self, metres: int, meant: list[Hit] | None) -> tuple[dict[Away, Records], int]:
        """The businesses so near that match most terms, and how many these are."""
        by_source, records = await self._standing(metres)
        if self._known and meant is None:
            meant = await self._often_said(by_source)
        asked = {hit.record for hit in meant} if meant is not None else records.keys()
        holders = await self._holders(asked)
        met = terms_met(meant or (), {holder.record: holder.business for holder in holders}, self._known)
        near = await self._near(holders, records)
        most = max((met.get(business, 0) for business in near), default=0)
        ids = {holder.business: holder.business_id for holder in holders}
        best = [business for business in near if met.get(business, 0) == most]
        return {Away(min(near[one].values()).metres, ids[one]): near[one] for one in best}, most

    async def _standing(self, metres: int) -> tuple[dict[int, list[int]], Records]:
        """Records so near, by source; and where each stands."""
        connection, point = self._search.connection, self._around.point
        placed = await postings.between(connection, self._sources, bands(point, metres))
        records, postcodes = stands(point, metres, [(row.record, row.word) for row in placed])
        about = {by_postcode(postcode): stand for postcode, stand in postcodes.items()}
        unplaced = await postings.exactly(connection, self._sources, about)
        records |= {row.record: about[row.word] for row in unplaced}
        by_source: defaultdict[int, list[int]] = defaultdict(list)
        for row in (*placed, *unplaced):
            if row.record in records:
                by_source[row.source].append(row.record)
        return by_source, records

    async def _often_said(self, by_source: Mapping[int, Collection[int]]) -> list[Hit]:
        asked = [
            await postings.words_of(self._search.connection, source, records, self._words)
            for source, records in by_source.items()
        ]
        return [hit for hits in asked for hit in hits]

    async def _holders(self, records: Collection[int]) -> list[Holder]:
        return await store.holders(self._search.connection, self._search.audience, records, self._search.filters)

    async def _near(self, holders: Sequence[Holder], records: Records) -> dict[int, Records]:
        """Those of these businesses of which a record stands around, with where its records there stand."""
        businesses = {holder.business for holder in holders}
        held = await store.records_of(self._search.connection, self._search.audience, businesses)
        near: defaultdict[int, dict[int, Stand]] = defaultdict(dict)
        for record, business in held:
            if stand := records.get(record):
                near[business][record] = stand
        return dict(near)

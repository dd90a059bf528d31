"""Pairs of two feeds with names alike, found without the linker: its own pairs do not show what it never compared.

Nothing of the linker's normalising or blocking is used: names are compared by their runs of three letters as they are
written, places by the postcode as it stands, or by position.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from joinedup.bench.labelled.truth import Pair
from joinedup.feeds import Key
from shared.contracts.record import Address, Record

_SAYS_LITTLE = re.compile(r"\b(limited|ltd|plc|llp|the|uk|and)\b|[^a-z0-9 ]")
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}")
_INWARD = 3
_AT_ONE_POSTCODE, _PART_OF_THE_OTHER, _NEARBY, _IN_ONE_DISTRICT, _WITHOUT_POSTCODE = 0.35, 0.7, 0.3, 0.6, 0.7
_NORTH, _EAST = 0.0004, 0.0006  # degrees: some 40 metres in Britain
_SHORTEST, _MOST_BEARERS = 6, 6  # letters of a name that is looked for anywhere, and how many may bear it
_SHARED_RUNS, _COMMON_IN_DISTRICT, _COMMON = 4, 150, 300  # runs on more names than that tell nothing

Runs = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Said:
    """One record: its feed, its names as runs of three letters and as letters alone, and where it is."""

    feed: str
    names: tuple[Runs, ...]
    letters: frozenset[str]
    postcode: str
    position: tuple[float, float] | None

    @property
    def district(self) -> str:
        return self.postcode[:-_INWARD] if _POSTCODE.fullmatch(self.postcode) else self.postcode

    @property
    def runs(self) -> Runs:
        return frozenset[str]().union(*self.names)


def alike_pairs(records: Mapping[str, tuple[Key, Record]]) -> dict[Pair, str]:
    """Pairs (smaller id, larger id) of two feeds and how each was found, in words; by the first way that finds it."""
    said = {id_: _said(key[0], record) for id_, (key, record) in sorted(records.items())}
    found: dict[Pair, str] = {}
    for way, pairs in (
        ("one postcode", _at_one_postcode(said)),
        ("one postcode district", _in_one_district(said)),
        ("within 40 metres", _nearby(said)),
        ("one name", _of_one_name(said)),
        ("no postcode", _without_postcode(said)),
    ):
        for a, b in pairs:
            if said[a].feed != said[b].feed:
                found.setdefault((min(a, b), max(a, b)), way)
    return found


def _said(feed: str, record: Record) -> _Said:
    names = [name for name in (_plain(name.value) for name in record.names) if name]
    address = record.address
    return _Said(
        feed,
        tuple(map(_runs, names)),
        frozenset(name.replace(" ", "") for name in names),
        re.sub(r"\s", "", address.postcode or "").upper() if address else "",
        _position(address) if address else None,
    )


def _plain(name: str) -> str:
    return " ".join(_SAYS_LITTLE.sub(" ", name.lower().replace("'", "").replace("’", "")).split())


def _runs(name: str) -> Runs:
    padded = f"  {name} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def _position(address: Address) -> tuple[float, float] | None:
    if address.latitude is None or address.longitude is None:
        return None
    return address.latitude, address.longitude


def _alike(a: _Said, b: _Said) -> float:
    """Of the runs of two names together, the share that both have: of the two names that share most."""
    return max((len(x & y) / len(x | y) for x, y in product(a.names, b.names)), default=0.0)


def _part(a: _Said, b: _Said) -> float:
    """The same of the runs of the shorter name."""
    return max((len(x & y) / min(len(x), len(y)) for x, y in product(a.names, b.names)), default=0.0)


def _at_one_postcode(said: Mapping[str, _Said]) -> Iterator[Pair]:
    for group in _grouped((one.postcode, id_) for id_, one in said.items() if _POSTCODE.fullmatch(one.postcode)):
        for a, b in combinations(group, 2):
            if _alike(said[a], said[b]) >= _AT_ONE_POSTCODE or _part(said[a], said[b]) >= _PART_OF_THE_OTHER:
                yield a, b


def _in_one_district(said: Mapping[str, _Said]) -> Iterator[Pair]:
    for group in _grouped((one.district, id_) for id_, one in said.items() if one.postcode):
        yield from _sharing_runs(group, said, group, _COMMON_IN_DISTRICT, _IN_ONE_DISTRICT)


def _without_postcode(said: Mapping[str, _Said]) -> Iterator[Pair]:
    nowhere = [id_ for id_, one in said.items() if not one.postcode]
    yield from _sharing_runs(nowhere, said, said, _COMMON, _WITHOUT_POSTCODE)


def _sharing_runs(
    some: Sequence[str], said: Mapping[str, _Said], others: Iterable[str], common: int, least: float
) -> Iterator[Pair]:
    bearers: defaultdict[str, list[str]] = defaultdict(list)
    for id_ in others:
        for run in said[id_].runs:
            bearers[run].append(id_)
    for id_ in some:
        telling = [bearers[run] for run in said[id_].runs if len(bearers[run]) < common]
        shared = Counter(other for group in telling for other in group if said[other].feed != said[id_].feed)
        for other, count in shared.items():
            if count >= _SHARED_RUNS and _alike(said[id_], said[other]) >= least:
                yield id_, other


def _nearby(said: Mapping[str, _Said]) -> Iterator[Pair]:
    placed = [(one.position, id_) for id_, one in said.items() if one.position]
    squares: defaultdict[tuple[int, int], list[tuple[tuple[float, float], str]]] = defaultdict(list)
    for (north, east), id_ in placed:
        squares[int(north // _NORTH), int(east // _EAST)].append(((north, east), id_))
    for (north, east), a in placed:
        row, column = int(north // _NORTH), int(east // _EAST)
        for square in product((row - 1, row, row + 1), (column - 1, column, column + 1)):
            for (other_north, other_east), b in squares.get(square, ()):
                close = abs(north - other_north) < _NORTH and abs(east - other_east) < _EAST
                if a < b and close and said[a].feed != said[b].feed and _alike(said[a], said[b]) >= _NEARBY:
                    yield a, b


def _of_one_name(said: Mapping[str, _Said]) -> Iterator[Pair]:
    named = ((letters, id_) for id_, one in said.items() for letters in one.letters if len(letters) >= _SHORTEST)
    for group in _grouped(named):
        if len(group) <= _MOST_BEARERS:
            yield from combinations(group, 2)


def _grouped(keyed: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for key, id_ in keyed:
        groups[key].append(id_)
    yield from groups.values()

"""Labelled sets out of folders: the files of each through its feed specifications, and its truth."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz.fuzz import token_set_ratio

from joinedup.bench.labelled.description import DescribedFile, DescribedTruth, Description, PairFile, read_description
from joinedup.bench.labelled.guessed import guess, holds_tables, in_words
from joinedup.bench.labelled.labelled_set import Key, LabelledSet
from joinedup.bench.labelled.slices import EVERYWHERE, Slice, between
from joinedup.bench.labelled.truth import Businesses, Crosswalk, Pair, Truth, joined
from joinedup.draft import read_table, slug
from joinedup.feeds import Unusable, existing, find_spec, refusal
from services.ingest.domain.feed import CONTENT, FeedSpec
from services.ingest.domain.mapping import Mapped, compile_mapping
from services.ingest.domain.readers import BadRow, Refused, Row, read_rows
from shared.contracts.identifiers import record_id
from shared.contracts.record import Name, Record

_SHIPPED = Path(__file__).with_name("sets")
_DESCRIPTION = "set.yaml"
_ALIKE = 80
_DOOR_WORDS = 3


@dataclass(slots=True)
class _Held:
    """The rows of one set: records by id, and the columns that the truth needs and no mapping reads."""

    records: dict[str, tuple[str, Record]] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    hidden: dict[str, dict[str, str]] = field(default_factory=dict)
    business: dict[str, str] = field(default_factory=dict)
    rejected: int = 0


def described_sets(folder: Path, under: str = "") -> Iterator[tuple[str, Path]]:
    """(name, folder) of every set in `folder`: itself if it is one, else those in the folders in it."""
    if (folder / _DESCRIPTION).is_file() or (_SHIPPED / folder.name).is_dir() or holds_tables(folder):
        yield under or folder.name, folder
        return
    for inside in sorted(path for path in folder.iterdir() if path.is_dir()):
        yield from described_sets(inside, f"{under}/{inside.name}" if under else inside.name)


def read_set(folder: Path) -> LabelledSet:
    """The set in a folder, as described there or, by its name, among those that ship; else as its files show. Raises
    feeds.Unusable."""
    home = folder if (folder / _DESCRIPTION).is_file() else _SHIPPED / folder.name
    if home.is_dir():
        description = read_description(home / _DESCRIPTION)
        specs = [find_spec(str(home / file.spec)) for file in description.files]
    else:
        description, specs = guess(folder)
    held = _Held()
    for file, spec in zip(description.files, specs, strict=True):
        _read_file(held, existing(folder / file.file), spec, file, _hidden_columns(description))
    return LabelledSet(
        folder.name,
        lambda: ((id_, feed, record) for id_, (feed, record) in held.records.items()),
        _truth(held, folder, description),
        held.keys,
        (*EVERYWHERE, *_slices(description)),
        held.rejected,
        understood=() if home.is_dir() else tuple(in_words(description, specs)),
    )


def _hidden_columns(description: Description) -> tuple[str, ...]:
    excused = description.truth and description.truth.excused
    return excused.columns if excused else ()


def _slices(description: Description) -> Iterator[Slice]:
    for pairs in description.truth.pairs if description.truth else ():
        if pairs.name:
            yield between(pairs.name, pairs.left.feed, pairs.right.feed)


def _read_file(held: _Held, path: Path, spec: FeedSpec, file: DescribedFile, hidden: tuple[str, ...]) -> None:
    map_row = compile_mapping(spec)
    try:
        with path.open("rb") as stream:
            for row in read_rows(spec, stream):
                result = None if isinstance(row, BadRow) else map_row(row.values)
                if isinstance(row, Row) and isinstance(result, Mapped) and result.record:
                    feed = slug(row.values[file.feed]) if file.feed else spec.id
                    record = _called(result.record) if file.people else result.record
                    reference = str(row.number) if spec.mapping.source_ref == CONTENT else result.source_ref
                    _hold(held, (feed, reference), record, row.values, file.business, hidden)
                else:
                    held.rejected += 1
    except Refused as error:
        raise refusal(path, error.errors) from None


def _called(record: Record) -> Record:
    """With the first person's name, where it has no other."""
    names = tuple(Name(value=person.name) for person in record.people[:1])
    return record if record.names else record.model_copy(update={"names": names})


def _hold(
    held: _Held, key: Key, record: Record, values: dict[str, str], business: str | None, hidden: tuple[str, ...]
) -> None:
    id_ = record_id(*key)
    held.records[id_], held.keys[id_] = (key[0], record), key
    held.hidden[id_] = {column: values[column] for column in hidden if values.get(column)}
    if business and values[business]:
        held.business[id_] = values[business]


def _truth(held: _Held, folder: Path, description: Description) -> Truth:
    if description.truth is None:
        return Businesses(held.business)
    if description.truth.businesses:
        return Businesses(dict(_read_businesses(held, folder / description.truth.businesses)))
    return _pair_truth(held, folder, description.truth)


def _read_businesses(held: _Held, path: Path) -> Iterator[tuple[str, str]]:
    for row in _rows(path, ("feed", "source_ref", "business")):
        id_ = record_id(row["feed"], row["source_ref"])
        if id_ in held.records:
            yield id_, row["business"]


def _pair_truth(held: _Held, folder: Path, described: DescribedTruth) -> Truth:
    said: dict[bool | None, set[Pair]] = {True: set(), False: set(), None: set()}
    for pairs in described.pairs:
        for pair, verdict in _read_pairs(folder / pairs.file, pairs):
            said[verdict].add(pair)
    true, unsure = said[True], said[None]
    if described.complete:
        return Businesses({id_: id_ for id_ in held.records} | joined(true))
    feeds = {id_: feed for id_, (feed, _) in held.records.items()}
    sides = frozenset(frozenset((pairs.left.feed, pairs.right.feed)) for pairs in described.pairs)
    excuse = _Excuse(held.records, held.hidden, described.excused.feed, true | unsure) if described.excused else None
    apart = frozenset(said[False]) if all(pairs.apart for pairs in described.pairs) else None
    return Crosswalk(feeds, sides, frozenset(true), frozenset(unsure), excuse or (lambda a, b: False), apart)


def _read_pairs(path: Path, pairs: PairFile) -> Iterator[tuple[Pair, bool | None]]:
    """Each pair, and whether it is one business: None where that is not sure."""
    labels = [said.column for said in (pairs.unsure, pairs.apart) if said]
    for row in _rows(path, (pairs.left.column, pairs.right.column, *labels)):
        left, right = (record_id(side.feed, row[side.column]) for side in (pairs.left, pairs.right))
        yield (min(left, right), max(left, right)), _verdict(row, pairs)


def _verdict(row: dict[str, str], pairs: PairFile) -> bool | None:
    if pairs.unsure and row[pairs.unsure.column] in pairs.unsure.values:
        return None
    return not (pairs.apart and row[pairs.apart.column] in pairs.apart.values)


def _rows(path: Path, needed: Iterable[str]) -> Iterator[dict[str, str]]:
    columns = read_table(existing(path)).columns
    if missing := set(needed) - set(columns):
        raise Unusable(f"{path.name} needs the columns {', '.join(sorted(missing))}.")
    for cells in zip(*columns.values(), strict=True):
        yield dict(zip(columns, cells, strict=True))


class _Excuse:
    """Whether a pair that the truth does not list may be one business all the same.

    It may where the record of `feed` stands at the address of a record that the truth does give to the other one (or,
    where it gives none, of the other one itself) and shares a hidden column with it or has an alike name.
    """

    def __init__(
        self,
        records: dict[str, tuple[str, Record]],
        hidden: dict[str, dict[str, str]],
        feed: str,
        known: Iterable[Pair],
    ) -> None:
        self._records, self._hidden, self._feed = records, hidden, feed
        self._partners: dict[str, list[str]] = {}
        for a, b in known:
            self._partners.setdefault(a, []).append(b)
            self._partners.setdefault(b, []).append(a)

    def __call__(self, a: str, b: str) -> bool:
        other, listed = (a, b) if self._records[b][0] == self._feed else (b, a)
        beside = [id_ for id_ in self._partners.get(other, ()) if self._records[id_][0] == self._feed]
        return any(self._may_be_one(id_, listed) for id_ in beside or [other])

    def _may_be_one(self, a: str, b: str) -> bool:
        one, other = self._records[a][1], self._records[b][1]
        if _door(one) is None or _door(one) != _door(other):
            return False
        shared = any(self._hidden[b].get(column) == value for column, value in self._hidden[a].items())
        return shared or any(
            token_set_ratio(name.value.casefold(), theirs.value.casefold()) > _ALIKE
            for name in one.names
            for theirs in other.names
        )


def _door(record: Record) -> tuple[str, ...] | None:
    """The first words of an address as written: the number, and enough of the street."""
    if record.address is None or not record.address.lines:
        return None
    return tuple(record.address.lines[0].casefold().split()[:_DOOR_WORDS])

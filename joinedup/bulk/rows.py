"""Rows of files → portions: what the graph holds of some rows of one feed, made in a worker process."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from operator import itemgetter
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from joinedup.bulk.workers import model_of
from joinedup.feeds import FeedFile, refusal
from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.mapping import Mapped, compile_mapping
from services.ingest.domain.readers import Refused, Row, read_rows
from services.linker.domain.kept import mention_row
from services.linker.domain.normalise import Mention, normalise
from services.linker.domain.relate.traits import trait_keys
from services.linker.domain.search.said import source_of, words_of
from services.linker.handlers.learn import key_numbers
from services.linker.store.tables import mention as mention_table
from shared.contracts.events.ingest import RecordReceived
from shared.contracts.identifiers import record_id
from shared.contracts.record import Record
from shared.runtime import clock

_ROWS = 2000
_COLUMNS = [column.name for column in mention_table.columns if column.name != "no"]
_FEATURES = _COLUMNS.index("features")
_in_columns = itemgetter(*_COLUMNS)


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of one feed by their columns, how many others could not be read, and what a worker must know to make a
    portion of them."""

    spec: FeedSpec
    rows: list[dict[str, str]]
    unreadable: int
    model: bytes
    received_at: datetime
    for_store: bool


class Keyed(NamedTuple):
    """Numbers of keys, and of each the record whose it is, in the order of the records."""

    keys: NDArray[np.int64]
    owners: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stored:
    """What only a store wants: for each record the columns of `mention` behind its number, and what records are found
    by: traits, and words as positions in `vocabulary`, kept apart by `source`. `beginnings` are two numbers for
    the first sixteen bytes of each word."""

    rows: list[tuple[Any, ...]]
    source: int
    vocabulary: list[str]
    beginnings: NDArray[np.int64]
    words: Keyed
    traits: Keyed


@dataclass(frozen=True, slots=True)
class Portion:
    """What a worker made of them. The records are in order, and keys name them by position: `shared` those that they
    hold and seek, `held` and `sought` those of which they do the one. `places` has a number that records of one
    postcode have in common."""

    feed: str
    refs: list[str]
    ids: list[str]
    features: list[bytes]
    shared: Keyed
    held: Keyed
    sought: Keyed
    places: NDArray[np.int64]
    stored: Stored | None
    taken: int
    rejected: int


def rows_of(files: Iterable[FeedFile], model: bytes, received_at: datetime, *, for_store: bool) -> Iterator[Rows]:
    """The rows of the files in order, some at a time. Raises feeds.Unusable where a file cannot be read."""
    for file in files:
        with file.path.open("rb") as stream:
            rows = read_rows(file.spec, stream)
            try:
                while some := list(islice(rows, _ROWS)):
                    good = [row.values for row in some if isinstance(row, Row)]
                    yield Rows(file.spec, good, len(some) - len(good), model, received_at, for_store)
            except Refused as error:
                raise refusal(file.path, error.errors) from None


def read_portion(given: Rows) -> Portion:
    """Map, normalise and block. A row that the mapping rejects is counted; one that says "deleted" is passed over."""
    model, map_row = model_of(given.model), compile_mapping(given.spec)
    good = [mapped for row in given.rows if isinstance(mapped := map_row(row), Mapped)]
    received = [_received(given, mapped.source_ref, mapped.record) for mapped in good if mapped.record]
    mentions = [normalise(data.record) for data in received]
    keys = [key_numbers(mention, model) for mention in mentions]
    stored = _stored(given, received, mentions) if given.for_store else None
    return Portion(
        feed=given.spec.id,
        refs=[data.source_ref for data in received],
        ids=[data.record_id for data in received],
        features=[row[_FEATURES] for row in stored.rows] if stored else [mention.to_json() for mention in mentions],
        shared=_in_line([shared for shared, _, _ in keys]),
        held=_in_line([held for _, held, _ in keys]),
        sought=_in_line([sought for _, _, sought in keys]),
        places=np.array([_place(mention) for mention in mentions], np.int64),
        stored=stored,
        taken=len(good),
        rejected=given.unreadable + len(given.rows) - len(good),
    )


def _in_line(numbers: Sequence[Collection[int]]) -> Keyed:
    owners = np.repeat(np.arange(len(numbers)), [len(some) for some in numbers])
    return Keyed(np.fromiter(chain.from_iterable(numbers), np.int64, len(owners)), owners)


def _received(given: Rows, source_ref: str, record: Record) -> RecordReceived:
    """As ingest would tell of it."""
    spec = given.spec
    return RecordReceived(
        record_id=record_id(spec.id, source_ref),
        feed=spec.id,
        agency=spec.agency,
        regime=spec.regime,
        category=spec.category,
        source_ref=source_ref,
        version=1,
        received_at=given.received_at,
        record=record,
    )


def _stored(given: Rows, held: Sequence[RecordReceived], mentions: Sequence[Mention]) -> Stored:
    today = clock.day_of(given.received_at)
    both = list(zip(held, mentions, strict=True))
    codes: dict[str, int] = {}
    words = [
        [codes.setdefault(word, len(codes)) for word in words_of(mention, data.source_ref, data.record.sector)]
        for data, mention in both
    ]
    return Stored(
        rows=[_in_columns(mention_row(0, data, mention, today)) for data, mention in both],
        source=source_of(given.spec.agency, given.spec.category),
        vocabulary=list(codes),
        beginnings=_beginnings(codes),
        words=_in_line(words),
        traits=_in_line(list(map(trait_keys, mentions))),
    )


def _beginnings(words: Collection[str]) -> NDArray[np.int64]:
    first = np.array([word.encode()[:16] for word in words], "S16")
    return first.view(">i8").astype(np.int64).reshape(-1, 2)


def _place(mention: Mention) -> int:
    """Districts lie together, and postcodes within them."""
    p = mention.premises
    return (crc32(p.outward.encode()) << 31) + (crc32(p.postcode.encode()) >> 1) if p else 0

"""Synthetic partnerships of the sizes at which linkers are compared; their truth is known because we made them."""

from collections.abc import Iterator
from pathlib import Path

from joinedup.bench.labelled.labelled_set import Key, Labelled, LabelledSet
from joinedup.bench.labelled.slices import EVERYWHERE
from joinedup.bench.labelled.truth import Businesses
from joinedup.feeds import FeedFile, find_spec
from joinedup.synthetic import Partnership, generate, write
from shared.contracts.identifiers import record_id

SIZES = {"synthetic-8k": 8_000, "synthetic-100k": 100_000, "synthetic-1m": 1_000_000}
_HELD = 100_000  # records that are held one by one
_RECORDS_A_BUSINESS = 2.55  # which leaves 29 % of businesses with one


def made_up_set(name: str, seed: int) -> LabelledSet:
    """The synthetic set of that size. Its records are made anew each time they are read."""
    records = SIZES[name]
    partnership = generate(seed, round(records / _RECORDS_A_BUSINESS), records)
    business: dict[str, int] = {}
    keys: dict[str, Key] = {}
    for entry in partnership.entries():
        key = (entry.agency.feed, entry.source_ref)
        id_ = record_id(*key)
        business[id_], keys[id_] = int(entry.business.lstrip("B")), key

    def in_files(folder: Path) -> list[FeedFile]:
        return [FeedFile(find_spec(str(feed.spec)), feed.data) for feed in write(partnership, folder)]

    held = records <= _HELD
    return LabelledSet(
        name,
        lambda: _records(partnership),
        Businesses(business),
        keys,
        slices=EVERYWHERE if held else (),
        write=None if held else in_files,
    )


def _records(partnership: Partnership) -> Iterator[Labelled]:
    for feed, reference, record, _ in partnership.records():
        yield record_id(feed, reference), feed, record

"""`joinedup link`: files in, a table of which record belongs to which business out; no services, the same code."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from joinedup.console import console, refuse
from joinedup.feeds import FeedFile, Unusable, feed_file, readings, refusal
from joinedup.linking import link as link_records
from services.ingest.domain.mapping import Mapped
from services.ingest.domain.readers import Refused
from services.linker.domain.model import default_model
from shared.contracts.identifiers import record_id
from shared.contracts.record import Record

Key = tuple[str, str]  # feed and source reference

FeedFiles = Annotated[
    list[str],
    typer.Option("--feed", help="SPEC=FILE, repeatable; SPEC is a YAML file or a shipped specification."),
]
Out = Annotated[Path, typer.Option("--out", help="CSV: feed, source_ref, business_id.", dir_okay=False)]


def link(feed: FeedFiles, out: Out = Path("clusters.csv")) -> None:
    """Link files offline, by the same code as the services, and write each record's business."""
    try:
        records = gather(feed_file(argument) for argument in feed)
    except Unusable as error:
        refuse(str(error))
    clusters = link_keys(records)
    with out.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(("feed", "source_ref", "business_id"))
        writer.writerows((*key, business) for key, business in sorted(clusters.items()))
    console.print(f"{len(clusters):,} records are {len(set(clusters.values())):,} businesses: {out}")


def link_keys(records: dict[Key, Record]) -> dict[Key, str]:
    """(feed, source_ref) → business id."""
    ids = {record_id(*key): key for key in records}
    linked = link_records(((id_, key[0], records[key]) for id_, key in ids.items()), default_model())
    return {ids[id_]: business for id_, business in linked.items()}


def gather(files: Iterable[FeedFile]) -> dict[Key, Record]:
    """The records of the files, as ingest would hold them: of two rows with one reference, the first."""
    records: dict[Key, Record] = {}
    for file in files:
        counts: Counter[str] = Counter()
        try:
            for key, record in _records(file, counts):
                records.setdefault(key, record)
        except Refused as error:
            raise refusal(file.path, error.errors) from None
        console.print(f"{file.path.name}: {counts['good']:,} rows taken, {counts['rejected']:,} rejected")
    return records


def _records(file: FeedFile, counts: Counter[str]) -> Iterator[tuple[Key, Record]]:
    for reading in readings(file):
        result = reading.result
        counts["good" if isinstance(result, Mapped) else "rejected"] += 1
        if isinstance(result, Mapped) and result.record:
            yield (file.spec.id, result.source_ref), result.record

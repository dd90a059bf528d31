"""One cleaned table of agencies' exports, with which a general linker begins: `python -m … TABLE SPEC=FILE …`.

By ingest's own mapping and the peers' own cleaning (columns.py), in one process, row by row.
"""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from joinedup.bench.peers.columns import Columns, columns
from joinedup.feeds import feed_file, readings
from services.ingest.domain.mapping import Mapped
from shared.contracts.identifiers import record_id


def write_table(path: Path, feeds: Sequence[str]) -> None:
    """`feeds` as `joinedup link` takes them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Columns._fields)
        for feed in map(feed_file, feeds):
            for row in (reading.result for reading in readings(feed)):
                if isinstance(row, Mapped) and row.record:
                    writer.writerow(columns(record_id(feed.spec.id, row.source_ref), feed.spec.id, row.record))


if __name__ == "__main__":
    write_table(Path(sys.argv[1]), sys.argv[2:])

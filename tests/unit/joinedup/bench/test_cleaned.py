"""The table that a general linker is given has a row for each record of the files."""

import csv
from pathlib import Path

from joinedup.bench.peers.cleaned import write_table
from joinedup.feeds import feed_file, gather
from joinedup.synthetic import generate, write
from shared.contracts.identifiers import record_id


def test_every_record_of_every_file_is_a_row_under_its_id(tmp_path: Path) -> None:
    feeds = [f"{one.spec}={one.data}" for one in write(generate(7, businesses=40, records=80), tmp_path)]
    write_table(tmp_path / "table.csv", feeds)
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["id"], row["source"]): row for row in csv.DictReader(file)}
    records = gather(map(feed_file, feeds))
    assert rows.keys() == {(record_id(feed, ref), feed) for feed, ref in records}
    assert sum(row["name"] != "" for row in rows.values()) == sum(record.names != () for record in records.values())

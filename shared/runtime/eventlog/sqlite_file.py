"""The embedded log's file: its tables, connections, and the reading and writing of messages.

A message's row id is its partition's id times 2^40 plus its offset, so that a partition is one range of one B-tree.
"""

import json
import os
import sqlite3
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from shared.runtime.clock import utc_now
from shared.runtime.eventlog import Delivered, LogUnavailable, Message

OFFSETS_PER_PARTITION = 1 << 40
LOCK_TIMEOUT = 30.0
_LOCK_RETRY = 0.001

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS partition (
        id INTEGER PRIMARY KEY, topic TEXT NOT NULL, number INTEGER NOT NULL, next INTEGER NOT NULL DEFAULT 0,
        UNIQUE (topic, number))""",
    """CREATE TABLE IF NOT EXISTS message (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL, value BLOB NOT NULL, headers TEXT, at REAL NOT NULL DEFAULT 0)""",
    "CREATE TABLE IF NOT EXISTS consumer_group (name TEXT PRIMARY KEY, generation INTEGER NOT NULL DEFAULT 0)",
    """CREATE TABLE IF NOT EXISTS member (
        id INTEGER PRIMARY KEY AUTOINCREMENT, consumer_group TEXT NOT NULL, topics TEXT NOT NULL,
        host TEXT NOT NULL, pid INTEGER NOT NULL, expires REAL NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS progress (
        consumer_group TEXT NOT NULL, partition INTEGER NOT NULL, committed INTEGER NOT NULL DEFAULT 0,
        owner INTEGER, PRIMARY KEY (consumer_group, partition)) WITHOUT ROWID""",
)


class Partition(NamedTuple):
    """One partition of a topic: the id of its row, and its number within the topic."""

    id: int
    topic: str
    number: int


def create(path: Path) -> None:
    """Make the file and its tables if they are not there; safe when several processes do it at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # messages hold personal data: the owner's eyes only
    connection = connect(path)
    try:
        begin(connection)
        for statement in _SCHEMA:
            connection.execute(statement)
        _add_time(connection)
        connection.execute("COMMIT")
    finally:
        connection.close()


def _add_time(connection: sqlite3.Connection) -> None:
    """To a file that was made before messages had one."""
    columns = [row[1] for row in connection.execute("PRAGMA table_info(message)")]
    if "at" not in columns:
        connection.execute("ALTER TABLE message ADD COLUMN at REAL NOT NULL DEFAULT 0")


def connect(path: Path) -> sqlite3.Connection:
    """A connection that may move between threads, used by one at a time; a commit returns after the fsync."""
    connection = sqlite3.connect(path, timeout=LOCK_TIMEOUT, isolation_level=None, check_same_thread=False)
    _patiently(connection, "PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA journal_size_limit = 67108864")
    return connection


def begin(connection: sqlite3.Connection) -> None:
    """Take the write lock, asking every millisecond: SQLite's own handler backs off to a tenth of a second."""
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        _patiently(connection, "BEGIN IMMEDIATE")
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(LOCK_TIMEOUT * 1000)}")


def _patiently(connection: sqlite3.Connection, statement: str) -> None:
    deadline = time.monotonic() + LOCK_TIMEOUT
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            if time.monotonic() > deadline:
                raise LogUnavailable("The log's file stayed locked by another process") from error
        time.sleep(_LOCK_RETRY)


def ensure_topic(connection: sqlite3.Connection, topic: str, partitions: int) -> list[Partition]:
    """The topic's partitions in order, made if this is its first use. Needs the write lock."""
    found = partitions_of(connection, topic)
    if found:
        return found
    connection.executemany(
        "INSERT INTO partition (topic, number) VALUES (?, ?)", [(topic, number) for number in range(partitions)]
    )
    return partitions_of(connection, topic)


def partitions_of(connection: sqlite3.Connection, topic: str) -> list[Partition]:
    rows = connection.execute("SELECT id, topic, number FROM partition WHERE topic = ? ORDER BY number", (topic,))
    return [Partition(*row) for row in rows]


def partition_for(key: str, partitions: Sequence[Partition]) -> Partition:
    """The same key goes to the same partition in every process, for ever."""
    return partitions[zlib.crc32(key.encode()) % len(partitions)]


def next_offsets(connection: sqlite3.Connection, partitions: Iterable[Partition]) -> dict[Partition, int]:
    select = "SELECT next FROM partition WHERE id = ?"
    return {partition: connection.execute(select, (partition.id,)).fetchone()[0] for partition in partitions}


def insert(connection: sqlite3.Connection, placed: Mapping[Partition, Sequence[Message]]) -> None:
    """Give the messages their partitions' next offsets. Needs the write lock."""
    now = utc_now().timestamp()
    for partition, first in next_offsets(connection, placed).items():
        messages = placed[partition]
        connection.executemany(
            "INSERT INTO message (id, key, value, headers, at) VALUES (?, ?, ?, ?, ?)",
            [
                (row_id(partition, first + place), message.key, message.value, _packed(message.headers), now)
                for place, message in enumerate(messages)
            ],
        )
        connection.execute("UPDATE partition SET next = ? WHERE id = ?", (first + len(messages), partition.id))


def read(connection: sqlite3.Connection, after: Mapping[Partition, int], limit: int) -> list[Delivered]:
    """At most `limit` messages, a fair share from each partition that has any."""
    ends = next_offsets(connection, after)
    waiting = {partition: ends[partition] - offset for partition, offset in after.items() if ends[partition] > offset}
    messages: list[Delivered] = []
    for partition, count in _shares(waiting, limit).items():
        messages += _slice(connection, partition, after[partition], count)
    return messages


def forget(connection: sqlite3.Connection, partitions: Iterable[Partition], before: float) -> None:
    """Delete the messages up to the first that was appended from `before` (Unix seconds) on. Needs the write lock."""
    kept = "SELECT id FROM message WHERE id >= ? AND id < ? AND at >= ? ORDER BY id LIMIT 1"
    for partition in partitions:
        whole = row_id(partition, 0), row_id(partition, OFFSETS_PER_PARTITION)
        first = connection.execute(kept, (*whole, before)).fetchone()
        end = first[0] if first else whole[1]
        connection.execute("DELETE FROM message WHERE id >= ? AND id < ?", (whole[0], end))


def empty_wal(connection: sqlite3.Connection) -> None:
    """What was deleted stays readable in the write-ahead log until that is empty."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def row_id(partition: Partition, offset: int) -> int:
    return partition.id * OFFSETS_PER_PARTITION + offset


def _slice(connection: sqlite3.Connection, partition: Partition, offset: int, count: int) -> list[Delivered]:
    there = row_id(partition, offset), row_id(partition, OFFSETS_PER_PARTITION)
    rows = connection.execute(
        "SELECT id, key, value, headers FROM message WHERE id >= ? AND id < ? ORDER BY id LIMIT ?", (*there, count)
    )
    base = row_id(partition, 0)
    return [
        Delivered(partition.topic, key, value, _unpacked(headers), partition.number, row - base)
        for row, key, value, headers in rows
    ]


def _shares(waiting: Mapping[Partition, int], limit: int) -> dict[Partition, int]:
    """Split `limit`: the smallest backlogs whole, what they leave over to the larger ones."""
    shares: dict[Partition, int] = {}
    left = limit
    for place, (partition, count) in enumerate(sorted(waiting.items(), key=lambda item: (item[1], item[0]))):
        remaining = len(waiting) - place
        shares[partition] = min(count, -(-left // remaining))
        left -= shares[partition]
    return shares


def _packed(headers: Mapping[str, str]) -> str | None:
    return json.dumps(dict(headers), separators=(",", ":")) if headers else None


def _unpacked(headers: str | None) -> dict[str, str]:
    return json.loads(headers) if headers else {}

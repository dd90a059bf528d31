"""Who reads which partition of the embedded log: leases, rebalancing and fenced commits, as rows of its file.

A partition changes hands only when its owner lets go (at its next poll), leaves, or dies: a process that is gone is
noticed at once on its own machine, a hung one when its lease runs out. A member's id is never used twice, and a commit
names the owner, so a member that lost a partition cannot move its offset.
"""

import json
import os
import socket
import sqlite3
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shared.runtime.eventlog import GroupActive, PartitionLost
from shared.runtime.eventlog.sqlite_file import Partition, ensure_topic

LEASE_SECONDS = 5.0
BEAT_SECONDS = 1.5
_HOST = socket.gethostname()


class Member(NamedTuple):
    """A row of the table `member`. `expires` is in seconds since the epoch; `topics` are those it asked for."""

    id: int
    topics: frozenset[str]
    host: str
    pid: int
    expires: float

    def is_alive(self) -> bool:
        return self.expires > time.time() and (self.host != _HOST or _runs(self.pid))


def join(connection: sqlite3.Connection, group: str, topics: Sequence[str], partitions: int) -> int:
    """Add a member and return its id; the group's progress rows are made if they are not there."""
    for topic in topics:
        connection.executemany(
            "INSERT OR IGNORE INTO progress (consumer_group, partition) VALUES (?, ?)",
            [(group, partition.id) for partition in ensure_topic(connection, topic, partitions)],
        )
    row = connection.execute(
        "INSERT INTO member (consumer_group, topics, host, pid, expires) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (group, json.dumps(sorted(topics)), _HOST, os.getpid(), time.time() + LEASE_SECONDS),
    ).fetchone()
    _stir(connection, group)
    return int(row[0])


def leave(connection: sqlite3.Connection, group: str, member: int) -> None:
    _bury(connection, group, [member])


def beat(connection: sqlite3.Connection, members: Iterable[int]) -> None:
    """Renew the leases. A member that was given up for dead has no row left, and learns it at its next poll."""
    expires = time.time() + LEASE_SECONDS
    connection.executemany("UPDATE member SET expires = ? WHERE id = ?", [(expires, member) for member in members])


def generation(connection: sqlite3.Connection, group: str) -> int:
    """Counts the group's changes of members and owners; 0 for a group that nobody joined yet."""
    row = connection.execute("SELECT generation FROM consumer_group WHERE name = ?", (group,)).fetchone()
    return int(row[0]) if row else 0


def has_dead(connection: sqlite3.Connection, group: str) -> bool:
    return any(not member.is_alive() for member in _members(connection, group))


def settle(connection: sqlite3.Connection, group: str, member: int) -> dict[Partition, int] | None:
    """Bury the dead, let go of what others should have, take what is free and this member's share.

    Returns the partitions now held with their committed offsets, or None if the member itself was given up for dead.
    """
    _bury(connection, group, [other.id for other in _members(connection, group) if not other.is_alive()])
    living = _members(connection, group)
    if member not in {other.id for other in living}:
        return None
    before = _held(connection, group, member)
    _take_share(connection, group, member, _share(connection, group, member, living))
    after = _held(connection, group, member)
    if before.keys() - after.keys():
        _stir(connection, group)  # what was let go is there for the others
    return after


def commit(connection: sqlite3.Connection, group: str, member: int, partition: Partition, offset: int) -> None:
    """Raises PartitionLost unless the member holds the partition."""
    changed = connection.execute(
        "UPDATE progress SET committed = ? WHERE consumer_group = ? AND partition = ? AND owner = ?",
        (offset, group, partition.id, member),
    ).rowcount
    if not changed:
        raise PartitionLost(f"{partition.topic} partition {partition.number} went to another member of {group}")


def reset(connection: sqlite3.Connection, group: str, partitions: Sequence[Partition]) -> None:
    """Raises GroupActive while the group has live members."""
    if any(member.is_alive() for member in _members(connection, group)):
        raise GroupActive(f"{group} has live members; stop them first")
    connection.executemany(
        "UPDATE progress SET committed = 0 WHERE consumer_group = ? AND partition = ?",
        [(group, partition.id) for partition in partitions],
    )


def lag(connection: sqlite3.Connection, group: str, member: int) -> dict[str, int]:
    rows = connection.execute(
        """SELECT topic, sum(next - committed) FROM progress JOIN partition ON partition.id = progress.partition
        WHERE consumer_group = ? AND owner = ? GROUP BY topic""",
        (group, member),
    )
    return dict(rows.fetchall())


def _members(connection: sqlite3.Connection, group: str) -> list[Member]:
    rows = connection.execute(
        "SELECT id, topics, host, pid, expires FROM member WHERE consumer_group = ? ORDER BY id", (group,)
    )
    return [Member(row[0], frozenset(json.loads(row[1])), *row[2:]) for row in rows]


def _bury(connection: sqlite3.Connection, group: str, members: Sequence[int]) -> None:
    for member in members:
        connection.execute("DELETE FROM member WHERE id = ?", (member,))
        connection.execute("UPDATE progress SET owner = NULL WHERE consumer_group = ? AND owner = ?", (group, member))
    if members:
        _stir(connection, group)


def _stir(connection: sqlite3.Connection, group: str) -> None:
    connection.execute(
        """INSERT INTO consumer_group (name, generation) VALUES (?, 1)
        ON CONFLICT (name) DO UPDATE SET generation = generation + 1""",
        (group,),
    )


def _share(connection: sqlite3.Connection, group: str, member: int, living: Sequence[Member]) -> list[int]:
    """Ids of the partitions that fall to the member: every member works out the same split."""
    rows = connection.execute(
        """SELECT partition.id, topic FROM progress JOIN partition ON partition.id = progress.partition
        WHERE consumer_group = ? ORDER BY topic, number""",
        (group,),
    ).fetchall()
    share = []
    for place, (partition, topic) in enumerate(rows):
        readers = [other.id for other in living if topic in other.topics]
        if readers and readers[place % len(readers)] == member:
            share.append(partition)
    return share


def _take_share(connection: sqlite3.Connection, group: str, member: int, share: Sequence[int]) -> None:
    surplus = [place.id for place in _held(connection, group, member) if place.id not in share]
    connection.executemany(
        "UPDATE progress SET owner = NULL WHERE consumer_group = ? AND partition = ?",
        [(group, partition) for partition in surplus],
    )
    connection.executemany(
        "UPDATE progress SET owner = ? WHERE consumer_group = ? AND partition = ? AND owner IS NULL",
        [(member, group, partition) for partition in share],
    )


def _held(connection: sqlite3.Connection, group: str, member: int) -> dict[Partition, int]:
    rows = connection.execute(
        """SELECT partition.id, topic, number, committed FROM progress
        JOIN partition ON partition.id = progress.partition WHERE consumer_group = ? AND owner = ?""",
        (group, member),
    )
    return {Partition(*row[:3]): row[3] for row in rows}


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

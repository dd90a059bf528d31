"""A linker's store filled in one transaction, with what the linker itself would have stored for the same records.

Rows go in in the order of their keys, so that each page of the store is written once.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
from sqlalchemy import Table, insert, select

from joinedup.bulk.group import counted
from joinedup.bulk.hold import Held, Numbers, joined_keys, numbers_of, renumbered
from joinedup.bulk.rows import Keyed, Portion, Stored
from joinedup.bulk.weigh import Weights
from joinedup.bulk.workers import model_of
from services.linker.domain.model import ClusterPolicy
from services.linker.domain.switching import Standing
from services.linker.handlers.shelf import publish
from services.linker.store import graph, models
from services.linker.store.relation_tables import trait
from services.linker.store.tables import block, mention, pair, posting, record
from shared.runtime.errors import Conflict
from shared.runtime.session import Session
from shared.runtime.statement import Statement

_AT_ONCE = 100_000
_RECORD = 0xFFFFFFFF
_INSERT = {into: Statement(insert(into)) for into in (record, mention, block, pair, posting, trait)}
_ANY = Statement(select(record.c.no).limit(1))


class Loading:
    """One load of an empty store, inside a transaction of the caller's. Record i of what is held has number i + 1."""

    def __init__(self, session: Session, model: bytes) -> None:
        graph.lock(session)
        if session.fetch(_ANY):
            raise Conflict("The store holds records already. Give an empty one, or send the files to the services.")
        models.put_standing(session, Standing(publish(session, model)))
        self._session = session
        self._model = model_of(model)
        self._last = 0
        self._words = _Words()
        self._traits: list[Keyed] = []

    def keep(self, portion: Portion, kept: list[int]) -> None:
        """The records of a portion, at the positions that count."""
        stored, first = portion.stored, self._last + 1
        if stored is None:
            raise ValueError("the rows were not read for a store")
        self._last += len(kept)
        numbered = list(enumerate(kept, first))
        self._session.run(_INSERT[record], [(no, portion.ids[i], 1) for no, i in numbered])
        self._session.run(_INSERT[mention], [(no, *stored.rows[i]) for no, i in numbered])
        new_number = numbers_of(kept, len(portion.ids), first)
        self._words.add(stored, new_number)
        self._traits.append(renumbered(stored.traits, new_number))

    def find_by_keys(self, held: Held) -> None:
        """What records are found by: words, traits and blocks."""
        for columns in self._words.in_order():
            self._session.run_columns(_INSERT[posting], columns)
        self._put(trait, joined_keys(self._traits))
        keyed = joined_keys((held.shared, held.held))
        self._put(block, Keyed(keyed.keys, keyed.owners + 1))

    def link(self, held: Held, pairs: Numbers, weights: Weights) -> None:
        """Under the later record, which is the second, and those that link under the earlier too."""
        policy = self._model.clustering
        bits = counted(pairs, weights, held, policy)
        links = np.flatnonzero(bits >= policy.threshold)
        a, b = np.concatenate((pairs[:, ::-1], pairs[links])).T + 1
        of = np.concatenate((np.arange(len(pairs)), links))
        model = graph.model_number(self._model.version)
        for part in _parts(np.argsort(a << 32 | b)):
            at = of[part]
            doubts = _doubts(np.where(a[part] > b[part], bits[at], np.inf), policy)
            said = (a[part], b[part], weights[at], bits[at] >= policy.threshold)
            columns = [[model] * len(part), *(column.tolist() for column in said), doubts]
            self._session.run_columns(_INSERT[pair], columns)

    def _put(self, into: Table, keyed: Keyed) -> None:
        for part in _parts(np.argsort(keyed.keys)):
            self._session.run_columns(_INSERT[into], [keyed.keys[part].tolist(), keyed.owners[part].tolist()])


def _doubts(bits: Weights, policy: ClusterPolicy) -> list[int | None]:
    """As `views.doubt` says of one pair."""
    unsure = (policy.lower <= bits) & (bits < policy.upper)
    doubts: list[int | None] = [None] * len(bits)
    thousandths = np.rint(np.abs(bits[unsure] - policy.threshold) * 1000).astype(np.int64)
    for place, found in zip(np.flatnonzero(unsure).tolist(), thousandths.tolist(), strict=True):
        doubts[place] = found
    return doubts


class _Words:
    """Words as positions in all that portions said, until all are there."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._beginnings: list[Numbers] = []
        self._by_source: defaultdict[int, list[Keyed]] = defaultdict(list)

    def add(self, stored: Stored, new_number: Numbers) -> None:
        found = Keyed(stored.words.keys + len(self._words), stored.words.owners)
        self._by_source[stored.source].append(renumbered(found, new_number))
        self._words += stored.vocabulary
        self._beginnings.append(stored.beginnings)

    def in_order(self) -> Iterator[list[list[Any]]]:
        """Sources, words and records of some at a time. Words of one beginning may change places: they lie so close
        together that the store takes them as fast."""
        beginnings = np.concatenate((np.empty((0, 2), np.int64), *self._beginnings))
        order = np.lexsort((beginnings[:, 1], beginnings[:, 0]))
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        for source in sorted(self._by_source):
            found = joined_keys(self._by_source[source])
            packed = np.sort(rank[found.keys] << 32 | found.owners)
            for i in range(0, len(packed), _AT_ONCE):
                part = packed[i : i + _AT_ONCE]
                said = list(map(self._words.__getitem__, order[part >> 32].tolist()))
                yield [[source] * len(part), said, (part & _RECORD).tolist()]


def _parts(order: Numbers) -> Iterator[Numbers]:
    for i in range(0, len(order), _AT_ONCE):
        yield order[i : i + _AT_ONCE]

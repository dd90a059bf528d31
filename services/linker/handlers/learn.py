"""Taking records into the graph: mentions, keys and compared pairs. What audiences are shown follows from it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain
from typing import Any

from services.linker.domain.block import block_keys
from services.linker.domain.kept import mention_row
from services.linker.domain.key_numbers import numbers_of
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention, normalise
from services.linker.domain.score import score
from services.linker.domain.views import Policies, doubt, linked
from services.linker.store import graph
from shared.contracts.envelope import Event
from shared.contracts.events.ingest import RecordCorrected, RecordReceived, RecordRetracted
from shared.runtime import clock
from shared.runtime.session import Session

RecordEvent = Event[RecordReceived] | Event[RecordCorrected] | Event[RecordRetracted]
Held = RecordReceived | RecordCorrected
Numbers = tuple[set[int], set[int], set[int]]  # of the block keys that a record holds and seeks, holds, and seeks


@dataclass(frozen=True, slots=True)
class Learned:
    """`seeds` are the numbers of the records around which the graph may have changed: those that are not as they were,
    `numbers`, and those that these were linked to. `before`: those of them that were held, as they were; `unheard`: the
    ids of those that nothing was known of; `traces`: by their ids, what changed them."""

    seeds: frozenset[int]
    numbers: Collection[int]
    before: Mapping[int, Any]
    unheard: AbstractSet[str]
    traces: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Linked:
    """A record that is compared with others."""

    record_id: str
    feed: str
    mention: Mention


def learn(session: Session, events: Sequence[RecordEvent], policies: Policies) -> Learned:
    """Take in the newest version of each record; one that is no newer than what is known changes nothing."""
    newest = _newest(events)
    known, last = graph.known(session, newest)
    fresh = {id_: event for id_, event in newest.items() if id_ not in known or event.data.version > known[id_].version}
    received = {id_: event.data for id_, event in fresh.items() if not isinstance(event.data, RecordRetracted)}
    numbers = graph.put_records(session, {id_: event.data.version for id_, event in fresh.items()}, known, last)
    mentions = {id_: normalise(data.record) for id_, data in received.items()}
    rows = [
        mention_row(numbers[id_], data, mentions[id_], clock.day_of(data.received_at)) for id_, data in received.items()
    ]
    before = {known[id_].no: known[id_] for id_ in fresh if id_ in known and known[id_].features is not None}
    same = {row["no"] for row in rows if row["no"] in before and before[row["no"]].features == row["features"]}

    outdated = [row for no, row in before.items() if no not in same]
    left = {no for model in policies.stored for no in unlink(session, outdated, model)}
    graph.put_mentions(session, rows)
    graph.take_mentions(session, [no for id_, no in numbers.items() if id_ not in received])
    new = {numbers[id_]: Linked(id_, data.feed, mentions[id_]) for id_, data in received.items()}
    compared = {no: held for no, held in new.items() if no not in same}
    for model in policies.linking:
        link(session, compared, model)
    traces = {id_: event.traceparent for id_, event in fresh.items()}
    return Learned(frozenset(numbers.values()) | left, numbers.values(), before, fresh.keys() - known.keys(), traces)


def _newest(events: Sequence[RecordEvent]) -> dict[str, RecordEvent]:
    newest: dict[str, RecordEvent] = {}
    for event in events:
        held = newest.get(event.data.record_id)
        if held is None or held.data.version < event.data.version:
            newest[event.data.record_id] = event
    return newest


def unlink(session: Session, before: Sequence[Any], model: Model) -> set[int]:
    """Take away the keys and pairs that records, as they were known, had; the records that were linked to them."""
    if not before:
        return set()
    number = graph.model_number(model.version)
    linked = graph.linked_to(session, number, [row.no for row in before])
    keys = {row.no: key_numbers(Mention.from_json(row.features), model) for row in before}
    graph.take_pairs(session, number, _candidates(session, keys))
    graph.take_keys(session, _held(keys))
    return linked


def link(session: Session, new: Mapping[int, Linked], model: Model) -> None:
    """Compare these records with each other and with those already there that share a key."""
    if not new:
        return
    keys = {no: key_numbers(held.mention, model) for no, held in new.items()}
    pairs = _candidates(session, keys)
    graph.put_keys(session, _held(keys))
    others = {no for pair in pairs for no in pair} - new.keys()
    found = {
        row.no: Linked(row.record_id, row.feed, Mention.from_json(row.features))
        for row in graph.features(session, others)
    }
    graph.put_pairs(session, _weighed(pairs, {**new, **found}, model))


def key_numbers(mention: Mention, model: Model) -> Numbers:
    """Two keys of one number are one."""
    shared, held, sought = block_keys(mention, model)
    version = model.version
    return numbers_of(shared, version), numbers_of(held, version), numbers_of(sought, version)


def _held(keys: Mapping[int, Numbers]) -> list[tuple[int, int]]:
    """(key, record)."""
    return [(key, no) for no, (shared, held, _) in keys.items() for key in chain(shared, held)]


def _candidates(session: Session, keys: Mapping[int, Numbers]) -> set[tuple[int, int]]:
    """Every pair, smaller number first, of one of these records and another that holds a key that it seeks: one of
    them, or one that held the key before."""
    holding: defaultdict[int, list[int]] = defaultdict(list)
    for key, no in graph.holders(
        session, {key for shared, _, sought in keys.values() for key in chain(shared, sought)}
    ):
        holding[key].append(no)
    pairs: set[tuple[int, int]] = set()
    for no, (shared, held, sought) in keys.items():
        others = {other for key in chain(shared, sought) if key in holding for other in holding[key]} - {no}
        pairs.update((no, other) if no < other else (other, no) for other in others)
        for key in chain(shared, held):
            holding[key].append(no)
    return pairs


def _weighed(
    pairs: Collection[tuple[int, int]], records: Mapping[int, Linked], model: Model
) -> Iterator[tuple[int, int, int, float, bool, int | None]]:
    number = graph.model_number(model.version)
    for pair in sorted(pairs):
        a, b = sorted(pair, key=lambda no: records[no].record_id)
        first, second = records[a], records[b]
        weight = score(first.mention, second.mention, model)
        said = weight, first.feed, second.feed, model.clustering
        yield number, a, b, weight, linked(*said), doubt(*said)

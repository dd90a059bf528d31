"""Taking records into the graph: mentions, keys and compared pairs. What audiences are shown follows from it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from services.linker.domain.block import block_keys
from services.linker.domain.cluster import Pair
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention, normalise
from services.linker.domain.score import score
from services.linker.domain.views import linked
from services.linker.store import graph
from shared.contracts.envelope import Event
from shared.contracts.events.ingest import RecordCorrected, RecordReceived, RecordRetracted
from shared.contracts.record import Address, Record
from shared.runtime import clock
from shared.runtime.db import Tx

RecordEvent = Event[RecordReceived] | Event[RecordCorrected] | Event[RecordRetracted]
Held = RecordReceived | RecordCorrected


@dataclass(frozen=True, slots=True)
class Learned:
    """`seeds` are the records around which the graph may have changed; `traces`: what changed each record."""

    seeds: frozenset[str]
    traces: Mapping[str, str | None]


async def learn(events: Sequence[RecordEvent], tx: Tx, model: Model) -> Learned:
    """Take in the newest version of each record; one that is no newer than what is known changes nothing."""
    newest = _newest(events)
    known, features = await graph.versions(tx, newest)
    fresh = {id_: event for id_, event in newest.items() if event.data.version > known.get(id_, 0)}
    received = {id_: event.data for id_, event in fresh.items() if not isinstance(event.data, RecordRetracted)}
    gone = {id_: event.data.version for id_, event in fresh.items() if id_ not in received}
    mentions = {id_: normalise(data.record) for id_, data in received.items()}
    rows = [mention_row(data, mentions[id_]) for id_, data in received.items()]
    altered = {row["record_id"] for row in rows if features.get(row["record_id"]) != row["features"]}

    neighbours = await graph.unlink(tx, features.keys() & (altered | gone.keys()))
    await graph.put_mentions(tx, rows, known)
    await graph.put_tombstones(tx, gone)
    feeds = {id_: data.feed for id_, data in received.items()}
    await _link({id_: mentions[id_] for id_ in altered}, feeds, tx, model)
    traces = {id_: event.traceparent for id_, event in fresh.items()}
    return Learned(frozenset(fresh.keys() | neighbours), traces)


def _newest(events: Sequence[RecordEvent]) -> dict[str, RecordEvent]:
    newest: dict[str, RecordEvent] = {}
    for event in events:
        held = newest.get(event.data.record_id)
        if held is None or held.data.version < event.data.version:
            newest[event.data.record_id] = event
    return newest


async def _link(mentions: Mapping[str, Mention], feeds: Mapping[str, str], tx: Tx, model: Model) -> None:
    """Compare these records with each other and with those already there that share a key."""
    if not mentions:
        return
    await graph.put_keys(tx, [(key, id_) for id_, mention in mentions.items() for key in block_keys(mention, model)])
    pairs = await graph.candidates(tx, mentions)
    others = await graph.features(tx, {id_ for pair in pairs for id_ in pair} - mentions.keys())
    everyone = {**mentions, **{id_: Mention.from_json(data) for id_, (data, _) in others.items()}}
    every_feed = {**feeds, **{id_: feed for id_, (_, feed) in others.items()}}
    await graph.put_pairs(tx, _weighed(sorted(pairs), everyone, every_feed, model))


def _weighed(
    pairs: Collection[Pair], mentions: Mapping[str, Mention], feeds: Mapping[str, str], model: Model
) -> Iterator[tuple[str, str, float, bool]]:
    for a, b in pairs:
        weight = score(mentions[a], mentions[b], model)
        yield a, b, weight, linked(weight, feeds[a], feeds[b], model.clustering)


def mention_row(data: Held, mention: Mention) -> dict[str, Any]:
    """A record as the store keeps it."""
    observation = data.record.observation
    return {
        "record_id": data.record_id,
        "version": data.version,
        "feed": data.feed,
        "agency": data.agency,
        "regime": data.regime,
        "category": data.category,
        "source_ref": data.source_ref,
        "received_on": data.received_at.astimezone(clock.LONDON).date(),
        "name": _display_name(mention),
        "area": mention.premises.outward or None if mention.premises else None,
        "search": _search_text(mention),
        "kind": observation.kind.value,
        "severity": observation.severity,
        "native_rating": observation.native_rating,
        "observed_on": observation.observed_on,
        "closed_on": observation.closed_on,
        "features": mention.to_json(),
        "details": orjson.dumps(_details(data.record)),
    }


_NAME_RANK = {"trading": 0, "unknown": 1, "legal": 2, "address": 3, "former": 4}


def _display_name(mention: Mention) -> str | None:
    """The name a passer-by would know it by."""
    ranked = sorted(mention.names, key=lambda name: _NAME_RANK[name.kind])
    return ranked[0].text if ranked else None


def _search_text(mention: Mention) -> str:
    """Lower case, one line: every name, and the postcode with and without its space."""
    words = [" ".join(name.text.lower().split()) for name in mention.names]
    if mention.premises and (postcode := mention.premises.postcode.lower()):
        words += [f"{postcode[:-3]} {postcode[-3:]}", postcode]
    return " · ".join(words)


def _details(record: Record) -> dict[str, Any]:
    """What a partner who sees the record is shown of it beside its observation."""
    return {
        "names": [{"kind": name.kind.value, "value": name.value} for name in record.names],
        "address": _one_line(record.address) if record.address else None,
        "sector": record.sector,
        "status": record.status.value,
    }


def _one_line(address: Address) -> str | None:
    parts = [*address.lines, address.town, address.county, address.postcode]
    said = list(dict.fromkeys(part for part in parts if part))
    return ", ".join(said) or None

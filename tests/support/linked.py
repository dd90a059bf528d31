"""What the linker should derive from some records, however they come: its own pure steps, one after the other."""

from collections.abc import Iterable, Mapping

from joinedup.feeds import Key
from joinedup.linking import pair_weights
from services.linker.domain.cluster import cluster
from services.linker.domain.model import ClusterPolicy, Model
from services.linker.domain.normalise import Mention, normalise
from shared.contracts.identifiers import business_id, record_id
from shared.contracts.record import Record


def link(
    records: Iterable[tuple[str, str, Record]], model: Model, policy: ClusterPolicy | None = None
) -> dict[str, str]:
    """record_id → business_id for (record_id, feed, record): what the linker service derives from the same records."""
    mentions: dict[str, Mention] = {}
    feeds: dict[str, str] = {}
    for id_, feed, record in records:
        mentions[id_], feeds[id_] = normalise(record), feed
    clusters = cluster(feeds, pair_weights(mentions, model), policy or model.clustering)
    return {id_: business_id(members[0]) for members in clusters for id_ in members}


def link_keys(records: Mapping[Key, Record], model: Model) -> dict[Key, str]:
    """(feed, source_ref) → business id."""
    ids = {record_id(*key): key for key in records}
    linked = link(((id_, key[0], records[key]) for id_, key in ids.items()), model)
    return {ids[id_]: business for id_, business in linked.items()}

"""A scene as the linker would find it: records compared where they share a key, linked, and what was decided."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta

from joinedup.linking import pair_weights
from services.linker.domain.cluster import Pair, cluster
from services.linker.domain.decide import Decision, Verdict, in_force, rulings
from services.linker.domain.model import default_model
from services.linker.domain.normalise import normalise
from services.linker.domain.reasons import Exhibit, Scene
from shared.contracts.identifiers import business_id
from shared.contracts.record import Record

MODEL = default_model()
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def exhibit(id_: str, record: Record, agency: str, on: date = date(2026, 11, 2), feed: str | None = None) -> Exhibit:
    mention = normalise(record)
    name = mention.names[0].text if mention.names else None
    return Exhibit(id_, feed or f"{agency}-feed", agency, name, on, mention)


def decided(a: str, b: str, verdict: str, agency: str = "council", hours: int = 0, reason: str = "seen") -> Decision:
    at = NOON + timedelta(hours=hours)
    return Decision(f"dec_{a}{b}{agency}{hours}", min(a, b), max(a, b), Verdict(verdict), agency, "ann", reason, at)


def scene(
    exhibits: Collection[Exhibit], decisions: Collection[Decision] = (), bits: Mapping[Pair, float] | None = None
) -> Scene:
    """`bits` stand in for what the shipped model says of these pairs."""
    by_id = {each.record_id: each for each in exhibits}
    weights = pair_weights({id_: each.mention for id_, each in by_id.items()}, MODEL) | dict(bits or {})
    feeds = {id_: each.feed for id_, each in by_id.items()}
    force = in_force(decisions)
    clusters = cluster(feeds, weights, MODEL.clustering, rulings(force, feeds.keys()))
    home = {id_: business_id(ids[0]) for ids in clusters for id_ in ids}
    return Scene(by_id, home, weights, force, MODEL, {})

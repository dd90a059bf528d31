"""The scoring policy as data: m and u per comparison level, prior, term frequencies, hub values, thresholds.

A model is published as a version. Everything global enters through it and never through live counts, so that the
weight of a pair depends on two records and a version alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from math import log2
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class ClusterPolicy:
    """In bits. `same_feed_bits` is added for two records of one feed, `feeds` says otherwise for feeds that repeat."""

    threshold: float = 2.0
    unscored_bits: float = -4.0
    same_feed_bits: float = -8.0
    feeds: Mapping[str, float] = field(default_factory=dict)

    def same_feed(self, feed: str) -> float:
        return self.feeds.get(feed, self.same_feed_bits)


@dataclass(frozen=True, slots=True)
class TermFrequency:
    """How far the rarity of what agrees moves a weight: slope × (rarity − reference), in bits, within limits."""

    reference_bits: float
    slope: float
    lowest: float
    highest: float

    def adjust(self, rarity: float) -> float:
        return max(self.lowest, min(self.highest, self.slope * (rarity - self.reference_bits)))


@dataclass(frozen=True, slots=True)
class Model:
    """`weights[comparison][level]` is log2(m/u); `ceilings[level of premises]` bounds what identity alone may add."""

    version: str
    source: str
    prior: float
    weights: Mapping[str, Mapping[str, float]]
    ceilings: Mapping[str, float]
    names: TermFrequency
    terms: Mapping[str, float]
    unseen_term: float
    hubs: frozenset[str]
    clustering: ClusterPolicy

    def rarity(self, term: str) -> float:
        """Bits of surprise at finding this word in a name."""
        return self.terms.get(term, self.unseen_term)

    def is_hub(self, kind: str, value: str) -> bool:
        """Whether a value (phone, email, company_number …) is a switchboard, an accountant or the like."""
        return bool(self.hubs) and f"{kind}:{value}" in self.hubs


def load_model(data: bytes | str) -> Model:
    """A model from its JSON; KeyError or ValueError names what is missing or wrong."""
    raw: dict[str, Any] = orjson.loads(data)
    total = raw["terms"]["names"]
    policy = raw["clustering"]
    return Model(
        version=raw["version"],
        source=raw["source"],
        prior=log2(raw["prior_odds"]),
        weights={
            comparison: {level: log2(p["m"] / p["u"]) for level, p in spec["levels"].items()}
            for comparison, spec in raw["comparisons"].items()
        },
        ceilings=raw["identity_ceilings"],
        names=TermFrequency(**raw["comparisons"]["names"]["term_frequency"]),
        terms={term: log2(total / count) for term, count in raw["terms"]["counts"].items()},
        unseen_term=log2(total / raw["terms"]["unseen_count"]),
        hubs=frozenset(raw["hubs"]),
        clustering=ClusterPolicy(
            policy["threshold"], policy["unscored_bits"], policy["same_feed_bits"], policy["same_feed_bits_by_feed"]
        ),
    )


@lru_cache(maxsize=1)
def default_model() -> Model:
    """The model that ships with the project."""
    return load_model(files(__package__).joinpath("models/default.json").read_bytes())

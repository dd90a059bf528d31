"""The scoring policy as data: m and u per comparison level, prior, term frequencies, hub values, thresholds.

A model is published as a version. Everything global enters through it and never through live counts, so that the
weight of a pair depends on two records and a version alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files
from math import log2

from services.linker.domain.model_file import ModelFile, read_model_file

OPEN_HUBS = frozenset({"street", "place"})  # kinds of hub that tell of nobody, and so may be read in a model


@dataclass(frozen=True, slots=True)
class ClusterPolicy:
    """In bits. `same_feed_bits` is added for two records of one feed, `feeds` says otherwise for feeds that repeat.

    A pair links from `threshold`; one from `lower` to below `upper` is close enough to be put before a person. Where
    more than `crowd` records hang together by links, only those of `sure` bits and more hold: a record that says little
    links a little to as many as there are, and evidence that fits so many others is none.
    """

    threshold: float = 2.0
    unscored_bits: float = -4.0
    same_feed_bits: float = -8.0
    feeds: Mapping[str, float] = field(default_factory=dict)
    lower: float = -2.0
    upper: float = 4.0
    crowd: int = 50
    sure: float = 6.0

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
    hub_digests: frozenset[str] = frozenset()
    capped: frozenset[str] = frozenset()

    def rarity(self, term: str) -> float:
        """Bits of surprise at finding this word in a name."""
        return self.terms.get(term, self.unseen_term)

    def is_hub(self, kind: str, value: str) -> bool:
        """Whether a value (phone, email, company_number …) is a switchboard, an accountant or the like."""
        named = f"{kind}:{value}"
        if self.hubs and named in self.hubs:
            return True
        return bool(self.hub_digests) and digest(self.version, named) in self.hub_digests

    def is_capped(self, key: str) -> bool:
        """Whether a blocking key stood on too many records of the partnership to be worth following."""
        return bool(self.capped) and digest(self.version, key) in self.capped


def load_model(data: bytes | str) -> Model:
    """A model from its file; ValueError names each field that is missing or wrong."""
    return completed(model_of(read_model_file(data)))


def completed(model: Model) -> Model:
    """With the shipped weight and ceiling of every level that the model does not know: comparators may have learned
    since."""
    shipped, premises = default_model(), model.weights.get("premises", {})
    known = {name: {**levels, **model.weights.get(name, {})} for name, levels in shipped.weights.items()}
    new = {level: bits for level, bits in shipped.ceilings.items() if level not in premises}
    return replace(model, weights={**model.weights, **known}, ceilings={**new, **model.ceilings})


def model_of(file: ModelFile) -> Model:
    settings, terms, policy = file.splink, file.terms, file.clustering
    odds = settings.probability_two_random_records_match / (1 - settings.probability_two_random_records_match)
    return Model(
        version=file.version,
        source=file.card.source,
        prior=log2(odds),
        weights={
            comparison.output_column_name: {level: log2(m / u) for level, (m, u) in comparison.levels.items()}
            for comparison in settings.comparisons
        },
        ceilings=file.identity_ceilings,
        names=TermFrequency(**file.name_rarity.model_dump()),
        terms={term: log2(terms.names / count) for term, count in terms.counts.items()},
        unseen_term=log2(terms.names / terms.unseen_count),
        hubs=frozenset(file.hubs),
        hub_digests=frozenset(file.hub_digests),
        capped=frozenset(file.capped_key_digests),
        clustering=ClusterPolicy(
            policy.threshold,
            policy.unscored_bits,
            policy.same_feed_bits,
            policy.same_feed_bits_by_feed,
            policy.lower,
            policy.upper,
            policy.crowd,
            policy.sure,
        ),
    )


def digest(version: str, text: str) -> str:
    """How a model names a value without telling it."""
    return blake2b(text.encode(), key=version.encode()[:64], digest_size=8).hexdigest()


@lru_cache(maxsize=1)
def default_model() -> Model:
    """The model that ships with the project."""
    return model_of(read_model_file(shipped_model()))


def shipped_model() -> bytes:
    """Its file."""
    return files(__package__).joinpath("models/default.json").read_bytes()

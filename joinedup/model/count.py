"""What a model knows by counting alone: words of names, hubs, overfull blocks, and how far each feed repeats itself.

Counts begin from the shipped model's, whatever `base` had counted before: the same records counted twice would count
for more than they say.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache

from joinedup.linking import candidate_pairs
from joinedup.model.material import Material
from joinedup.model.repeats import same_feed_bits
from joinedup.model.weights import kept_levels
from services.linker.domain.cluster import Pair
from services.linker.domain.hubs import capped_keys, hub_values
from services.linker.domain.model import OPEN_HUBS, Model, completed, digest, model_of, shipped_model
from services.linker.domain.model_file import Card, DataUsed, ModelFile, Terms, read_model_file
from services.linker.domain.normalise import Mention

REVIEW = "Not reviewed. Compare it with the model in force (joinedup model compare) before switching to it."

_FEWEST_NAMES = 20  # a word in fewer names of the pooled counts tells of too few businesses to be published
_NOT_CHECKED = "Its weights are those of the base: nothing shows how well they fit these records."


def count(material: Material, base: ModelFile, version: str, today: date) -> ModelFile:
    """`base` as `version`, its weights as they are. Raises ValueError where there is nothing to count."""
    if not material.mentions:
        raise ValueError("There are no records to count.")
    counted = counted_in(material.mentions, base, version)
    pairs = list(candidate_pairs(material.mentions, complete(counted)))
    chosen = with_repeats(counted, pairs, material)
    card = Card(
        source=f"Weights as in {base.version}; counted on a partnership's own records.",
        data=(*base.card.data, used(material)),
        made_on=today,
        based_on=base.version,
        kept=tuple(kept_levels(base, chosen)),
        figures={"compared_pairs": float(len(pairs))},
        weaknesses=(_NOT_CHECKED, *base.card.weaknesses),
        review=REVIEW,
    )
    return chosen.model_copy(update={"card": card})


def counted_in(mentions: Mapping[str, Mention], base: ModelFile, version: str) -> ModelFile:
    """`base` with words of names, hub values and overfull blocks, and with what the shipped model says of feeds."""
    hubs = hub_values(mentions.values())
    open_hubs = {hub for hub in hubs if hub.split(":", 1)[0] in OPEN_HUBS} | set(_shipped().hubs)
    feeds = _shipped().clustering.same_feed_bits_by_feed
    update = {
        "version": version,
        "terms": _terms(mentions),
        "hubs": tuple(sorted(open_hubs)),
        "hub_digests": tuple(sorted(digest(version, hub) for hub in hubs - open_hubs)),
        "capped_key_digests": (),
        "clustering": base.clustering.model_copy(update={"same_feed_bits_by_feed": feeds}),
    }
    counted = base.model_copy(update=update)
    capped = capped_keys(list(mentions.values()), complete(counted))
    return counted.model_copy(update={"capped_key_digests": tuple(sorted(digest(version, key) for key in capped))})


def with_repeats(file: ModelFile, pairs: Collection[Pair], material: Material) -> ModelFile:
    """`file` with how often each feed of these records repeats a business, besides the feeds that it knew."""
    policy = file.clustering
    learnt = same_feed_bits(pairs, material.mentions, material.feeds, complete(file))
    feeds = {**policy.same_feed_bits_by_feed, **learnt}
    return file.model_copy(update={"clustering": policy.model_copy(update={"same_feed_bits_by_feed": feeds})})


def used(material: Material) -> DataUsed:
    """As a line of the card."""
    feeds = len(set(material.feeds.values()))
    return DataUsed(name=f"Records of {feeds} feeds of the partnership", kind="real", records=len(material.mentions))


def complete(file: ModelFile) -> Model:
    return completed(model_of(file))


def _terms(mentions: Mapping[str, Mention]) -> Terms:
    """The shipped counts and the records' own together: a partnership alone knows too few names."""
    shipped = _shipped().terms
    names = [name.words for mention in mentions.values() for name in mention.names]
    counts = Counter(shipped.counts) + Counter(word for words in names for word in words)
    frequent = {word: count for word, count in sorted(counts.items()) if count >= _FEWEST_NAMES}
    return Terms(names=shipped.names + len(names), unseen_count=shipped.unseen_count, counts=frequent)


@cache
def _shipped() -> ModelFile:
    return read_model_file(shipped_model())

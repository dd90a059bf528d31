"""A model from a partnership's own records, based on the shipped one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product, starmap

from joinedup.linking import candidate_pairs
from joinedup.model.estimates import estimate
from joinedup.model.held_out import Labelled, labelled, loss, precision_at_threshold
from joinedup.model.material import Material
from joinedup.model.repeats import same_feed_bits
from joinedup.model.weights import Seen, Shares, estimated_bits, kept_levels, look, moved
from services.linker.domain.cluster import Pair
from services.linker.domain.hubs import capped_keys, hub_values
from services.linker.domain.model import OPEN_HUBS, Model, completed, digest, model_of
from services.linker.domain.model_file import Card, DataUsed, ModelFile, Terms
from services.linker.domain.normalise import Mention

_FEWEST_NAMES = 20  # a word in fewer names of the pooled counts tells of too few businesses to be published
_STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
_GRID = tuple(product(_STEPS, _STEPS))
_UNCHECKED = Shares(0.25, 0.0)
_REVIEW = "Not reviewed. Compare it with the model in force (joinedup model compare) before switching to it."


@dataclass(frozen=True, slots=True)
class Options:
    """`recall`: the share of matches that agree in name and door or in phone and door, which the prior starts from."""

    version: str
    seed: int = 1
    max_pairs: int = 300_000
    recall: float = 0.6


def train(material: Material, base: ModelFile, options: Options, today: date) -> ModelFile:
    """The same records, base and options give the same model. Raises NoSplink; ValueError where nothing compares."""
    mentions = material.mentions
    counted = _counted(mentions, base, options.version)
    model = _model(counted)
    pairs = list(candidate_pairs(mentions, model))
    if not pairs:
        raise ValueError("No two records share anything to compare them by, so there is nothing to learn from.")
    estimates = estimate(mentions, base.splink, model, options.max_pairs, options.seed, options.recall)
    seen = look(pairs, mentions, model)
    bits = estimated_bits(estimates, seen)
    labels = labelled(pairs, mentions, model)
    tried = {shares: moved(counted, bits, estimates.prior, seen, shares) for shares in starmap(Shares, _GRID)}
    shares = _best_shares(labels, tried)
    chosen = _with_repeats(tried[shares], pairs, material)
    return chosen.model_copy(update={"card": _card(chosen, base, material, labels, shares, seen, today)})


def _counted(mentions: Mapping[str, Mention], base: ModelFile, version: str) -> ModelFile:
    """`base` with what is a matter of counting: words of names, hub values, overfull blocks."""
    hubs = hub_values(mentions.values())
    open_hubs = {hub for hub in hubs if hub.split(":", 1)[0] in OPEN_HUBS} | set(base.hubs)
    update = {
        "version": version,
        "terms": _terms(mentions, base.terms),
        "hubs": tuple(sorted(open_hubs)),
        "hub_digests": tuple(sorted(digest(version, hub) for hub in hubs - open_hubs)),
        "capped_key_digests": (),
    }
    counted = base.model_copy(update=update)
    capped = capped_keys(list(mentions.values()), _model(counted))
    return counted.model_copy(update={"capped_key_digests": tuple(sorted(digest(version, key) for key in capped))})


def _terms(mentions: Mapping[str, Mention], base: Terms) -> Terms:
    """The base's counts and the records' own together: a partnership alone knows too few names."""
    names = [name.words for mention in mentions.values() for name in mention.names]
    counts = Counter(base.counts) + Counter(word for words in names for word in words)
    frequent = {word: count for word, count in sorted(counts.items()) if count >= _FEWEST_NAMES}
    return Terms(names=base.names + len(names), unseen_count=base.unseen_count, counts=frequent)


def _best_shares(labels: Labelled, tried: Mapping[Shares, ModelFile]) -> Shares:
    if not labels.enough:
        return _UNCHECKED
    return min(tried, key=lambda shares: (loss(labels, _model(tried[shares])), shares))


def _with_repeats(file: ModelFile, pairs: list[Pair], material: Material) -> ModelFile:
    bits = same_feed_bits(pairs, material.mentions, material.feeds, _model(file))
    clustering = file.clustering.model_copy(update={"same_feed_bits_by_feed": bits})
    return file.model_copy(update={"clustering": clustering})


def _card(
    chosen: ModelFile, base: ModelFile, material: Material, labels: Labelled, shares: Shares, seen: Seen, today: date
) -> Card:
    feeds = len(set(material.feeds.values()))
    records = DataUsed(name=f"Records of {feeds} feeds of the partnership", kind="real", records=len(material.mentions))
    figures = {"compared_pairs": float(seen.compared)}
    figures |= {"share_of_weights": shares.weights, "share_of_prior": shares.prior}
    if labels.enough:
        figures |= {"held_out_pairs": float(len(labels.pairs))}
        for name, file in (("base", base), ("trained", chosen)):
            model = _model(file)
            figures[f"held_out_loss_{name}"] = round(loss(labels, model), 4)
            figures[f"held_out_precision_{name}"] = round(precision_at_threshold(labels, model) or 0.0, 4)
    return Card(
        source="Trained on a partnership's own records with Splink; what they cannot show is as in the base.",
        data=(records,),
        made_on=today,
        based_on=base.version,
        kept=tuple(kept_levels(base, chosen)),
        figures=figures,
        weaknesses=_weaknesses(labels),
        review=_REVIEW,
    )


def _weaknesses(labels: Labelled) -> tuple[str, ...]:
    known = [
        "Expectation maximisation counts dependent evidence twice; weights move from the base only part of the way.",
        "Levels that say another door are kept: a pass that blocks on names cannot tell branches of a chain apart.",
    ]
    if not labels.enough:
        known.append("Too few records give company numbers to check the weights by; they moved a quarter of the way.")
    return tuple(known)


def _model(file: ModelFile) -> Model:
    return completed(model_of(file))

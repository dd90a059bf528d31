"""A model from a partnership's own records, based on the shipped one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product, starmap

from joinedup.linking import candidate_pairs
from joinedup.model.count import REVIEW, complete, counted_in, used, with_repeats
from joinedup.model.estimates import estimate
from joinedup.model.held_out import Labelled, labelled, loss, precision_at_threshold
from joinedup.model.material import Material
from joinedup.model.weights import Seen, Shares, estimated_bits, kept_levels, look, moved
from services.linker.domain.model_file import Card, ModelFile

_STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
_GRID = tuple(product(_STEPS, _STEPS))
_UNCHECKED = Shares(0.25, 0.0)


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
    counted = counted_in(mentions, base, options.version)
    model = complete(counted)
    pairs = list(candidate_pairs(mentions, model))
    if not pairs:
        raise ValueError("No two records share anything to compare them by, so there is nothing to learn from.")
    estimates = estimate(mentions, base.splink, model, options.max_pairs, options.seed, options.recall)
    seen = look(pairs, mentions, model)
    bits = estimated_bits(estimates, seen)
    labels = labelled(pairs, mentions, model)
    tried = {shares: moved(counted, bits, estimates.prior, seen, shares) for shares in starmap(Shares, _GRID)}
    shares = _best_shares(labels, tried)
    chosen = with_repeats(tried[shares], pairs, material)
    return chosen.model_copy(update={"card": _card(chosen, base, material, labels, shares, seen, today)})


def _best_shares(labels: Labelled, tried: Mapping[Shares, ModelFile]) -> Shares:
    if not labels.enough:
        return _UNCHECKED
    return min(tried, key=lambda shares: (loss(labels, complete(tried[shares])), shares))


def _card(
    chosen: ModelFile, base: ModelFile, material: Material, labels: Labelled, shares: Shares, seen: Seen, today: date
) -> Card:
    figures = {"compared_pairs": float(seen.compared)}
    figures |= {"share_of_weights": shares.weights, "share_of_prior": shares.prior}
    if labels.enough:
        figures |= {"held_out_pairs": float(len(labels.pairs))}
        for name, file in (("base", base), ("trained", chosen)):
            model = complete(file)
            figures[f"held_out_loss_{name}"] = round(loss(labels, model), 4)
            figures[f"held_out_precision_{name}"] = round(precision_at_threshold(labels, model) or 0.0, 4)
    return Card(
        source="Trained on a partnership's own records with Splink; what they cannot show is as in the base.",
        data=(used(material),),
        made_on=today,
        based_on=base.version,
        kept=tuple(kept_levels(base, chosen)),
        figures=figures,
        weaknesses=_weaknesses(labels),
        review=REVIEW,
    )


def _weaknesses(labels: Labelled) -> tuple[str, ...]:
    known = [
        "Expectation maximisation counts dependent evidence twice; weights move from the base only part of the way.",
        "Levels that say another door are kept: a pass that blocks on names cannot tell branches of a chain apart.",
    ]
    if not labels.enough:
        known.append("Too few records give company numbers to check the weights by; they moved a quarter of the way.")
    return tuple(known)

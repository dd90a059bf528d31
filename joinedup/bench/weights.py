"""`joinedup bench weights`: what other values of the model's weights would give on sets of known truth.

So the values that are set by hand were compared. Choose a value on some sets and look at it on others: the difference
is what choosing on a set flatters it by.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from joinedup.bench.judging import judge_clusters
from joinedup.bench.labelled.all_sets import all_sets, by_default
from joinedup.bench.labelled.labelled_set import Absent, LabelledSet
from joinedup.bench.ours import policy
from joinedup.console import console, refuse
from joinedup.feeds import Unusable
from joinedup.linking import pair_weights
from services.linker.domain.cluster import cluster
from services.linker.domain.model import Model, default_model
from services.linker.domain.normalise import normalise

_PARTS = {"clustering", "name_rarity"}

Folder = Annotated[
    Path | None,
    typer.Option("--labelled", help="Folder of labelled sets, one folder each.", file_okay=False, exists=True),
]
Names = Annotated[list[str] | None, typer.Option("--set", help="Only this set; repeatable.")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--change", help="names/most=1,clustering/same_feed_bits=-10,prior=-9: one trial; repeatable."),
]


def weights(labelled: Folder = None, sets: Names = None, change: Changes = None) -> None:
    """Precision, recall and F1 of clusters: of the shipped model, then of each change to it, set by set."""
    shipped = default_model()
    try:
        trials = {spec: changed(shipped, spec) for spec in change or ()}
        refs = all_sets(labelled, 1)
        if unknown := set(sets or ()) - set(refs):
            raise Unusable(f"There is no set {', '.join(sorted(unknown))}. Known: {', '.join(refs)}.")
        for name in sets or by_default(refs):
            opened = refs[name].open()
            for spec, model in {"shipped": shipped, **trials}.items():
                console.print(f"{name}: {spec}: {_shown(scores(opened, model))}", soft_wrap=True, markup=False)
    except (Absent, Unusable) as error:
        refuse(str(error))


def changed(model: Model, spec: str) -> Model:
    """`spec` is KEY=BITS, comma between; KEY is prior, COMPARISON/LEVEL, ceilings/LEVEL, or a field of clustering or
    name_rarity (clustering/threshold). Raises Unusable for a key that the model does not have."""
    for part in spec.split(","):
        key, _, value = part.partition("=")
        try:
            model = _with(model, key, float(value))
        except ValueError:
            raise Unusable(f"--change {key}: give a number, as in names/most=1") from None
        except KeyError:
            raise Unusable(f"--change {key}: the model has no such weight") from None
    return model


def _with(model: Model, key: str, bits: float) -> Model:
    name, _, level = key.partition("/")
    if key == "prior":
        return replace(model, prior=bits)
    if name == "ceilings":
        return replace(model, ceilings=_put(model.ceilings, level, bits))
    if name in _PARTS:
        attribute = "names" if name == "name_rarity" else name
        return replace(model, **{attribute: _field_put(getattr(model, attribute), level, bits)})
    return replace(model, weights={**model.weights, name: _put(model.weights[name], level, bits)})


def _put(levels: Mapping[str, float], level: str, bits: float) -> dict[str, float]:
    if level not in levels:
        raise KeyError(level)
    return {**levels, level: bits}


def _field_put(part: Any, name: str, bits: float) -> Any:
    if name not in {field.name for field in fields(part) if field.type is float}:
        raise KeyError(name)
    return replace(part, **{name: bits})


def scores(labelled: LabelledSet, model: Model) -> dict[str, float]:
    """Of the clusters that this model and its threshold give."""
    mentions, feeds = {}, {}
    for id_, feed, record in labelled.records():
        mentions[id_], feeds[id_] = normalise(record), feed
    bits = pair_weights(mentions, model)
    clusters = cluster(feeds, bits, policy(feeds, bits, model))
    return judge_clusters(clusters, labelled.truth).scores()


def _shown(found: Mapping[str, float]) -> str:
    return f"F1 {found['f1']:.4f} (precision {found['precision']:.4f}, recall {found['recall']:.4f})"

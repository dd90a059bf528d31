"""The model card: what a model was made from, what moved, how good it is and what it is bad at; in Markdown."""

from collections.abc import Iterator
from math import log2

from services.linker.domain.model_file import ModelFile

_MOVED = 0.05  # bits
_FIGURES = {
    "compared_pairs": "Pairs compared",
    "share_of_weights": "Share of the way that weights went to their estimates",
    "share_of_prior": "Share of the way that the prior went",
    "held_out_pairs": "Pairs held out: both give a company number, which is kept from the score",
    "held_out_loss_base": "Mean surprise at the held-out numbers, base (bits; less is better)",
    "held_out_loss_trained": "The same, this model",
    "held_out_precision_base": "Of held-out pairs that reach the threshold, share with one number, base",
    "held_out_precision_trained": "The same, this model",
}


def card(model: ModelFile, base: ModelFile) -> str:
    return "\n".join(_lines(model, base)) + "\n"


def _lines(model: ModelFile, base: ModelFile) -> Iterator[str]:
    about = model.card
    yield from (f"# Model {model.version}", "", about.source, "")
    yield f"Made on {about.made_on.isoformat()}, based on {about.based_on or 'nothing'}. {about.review}"
    yield from ("", "## Data", "", "| data | kind | records | licence |", "|---|---|---|---|")
    yield from (f"| {used.name} | {used.kind} | {used.records or ''} | {used.licence or ''} |" for used in about.data)
    yield from ("", "## Figures", "", "| figure | value |", "|---|---|")
    yield from (f"| {_FIGURES.get(name, name)} | {value:g} |" for name, value in about.figures.items())
    yield from (
        "",
        f"## What moved against {base.version}",
        "",
        "| parameter | before, bits | now, bits |",
        "|---|---|---|",
    )
    yield from _moves(base, model)
    yield from ("", "## What it knows by counting", "")
    yield f"- {len(model.terms.counts):,} words of {model.terms.names:,} names"
    yield f"- {len(model.hubs) + len(model.hub_digests):,} values that many businesses give, and that prove nothing"
    yield f"- {len(model.capped_key_digests):,} blocks too full to be worth comparing"
    yield from ("", "## Weights kept from the base", "", ", ".join(about.kept) or "None.")
    yield from ("", "## Known weaknesses", "", *(f"- {weakness}" for weakness in about.weaknesses))


def _moves(base: ModelFile, model: ModelFile) -> Iterator[str]:
    before, now = parameters(base), parameters(model)
    for name in sorted(before.keys() | now.keys()):
        old, new = before.get(name), now.get(name)
        if old is None or new is None or abs(old - new) >= _MOVED:
            yield f"| {name} | {_said(old)} | {_said(new)} |"


def parameters(model: ModelFile) -> dict[str, float]:
    """Every parameter in bits, by a name to be read: prior, comparison/level, penalty of a feed."""
    probability = model.splink.probability_two_random_records_match
    found = {"prior": log2(probability / (1 - probability))}
    for comparison in model.splink.comparisons:
        for level, (m, u) in comparison.levels.items():
            found[f"{comparison.output_column_name}/{level}"] = log2(m / u)
    bits = model.clustering.same_feed_bits_by_feed
    return found | {f"two records of feed {feed}": value for feed, value in bits.items()}


def _said(bits: float | None) -> str:
    return "" if bits is None else f"{bits:+.1f}"

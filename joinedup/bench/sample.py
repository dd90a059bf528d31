"""`joinedup bench sample`: pairs of real records for a person to judge, where no truth is known."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from joinedup.bench.alike import alike_pairs
from joinedup.bench.errors_table import SIDE_BY_SIDE, evidence, side_by_side
from joinedup.bench.judging import Clusters, implied_pairs
from joinedup.bench.labelled.truth import Pair
from joinedup.console import console, refuse
from joinedup.feeds import Key, Unusable, feed_file, folder_files, gather
from joinedup.linking import pair_weights
from services.linker.domain.cluster import cluster
from services.linker.domain.model import ClusterPolicy, Model, default_model
from services.linker.domain.normalise import Mention, normalise
from shared.contracts.identifiers import record_id
from shared.contracts.record import Record

HEADING = ("number", "kind", "judgement", "bits", "evidence", *SIDE_BY_SIDE)

FeedFiles = Annotated[
    list[str] | None,
    typer.Option("--feed", help="SPEC=FILE, repeatable; SPEC is a YAML file or a shipped specification."),
]
Registers = Annotated[
    Path | None, typer.Option("--registers", help="A folder of registers.", exists=True, file_okay=False)
]
Links = Annotated[int, typer.Option("--links", min=0, help="How many pairs that are in one business.")]
NearMisses = Annotated[
    int, typer.Option("--near-misses", min=0, help="How many pairs that were compared, came close and are not.")
]
Unseen = Annotated[
    int,
    typer.Option(
        "--unseen",
        min=0,
        help="How many pairs of two feeds with names alike, found without the linker, that it never compared or found"
        " far apart.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="The same seed draws the same pairs of the same records.")]
Out = Annotated[Path, typer.Option("--out", help="CSV: a pair a row, both records side by side.", dir_okay=False)]


@dataclass(frozen=True, slots=True)
class Drawn:
    """`bits` as the clustering counts them; none for a pair that was never compared."""

    kind: str
    pair: Pair
    bits: float | None


def sample(
    feed: FeedFiles = None,
    registers: Registers = None,
    links: Links = 200,
    near_misses: NearMisses = 200,
    unseen: Unseen = 0,
    seed: Seed = 1,
    out: Out = Path("sample.csv"),
) -> None:
    """Link files offline and write random links, near-misses and pairs not seen, with an empty column for what a reader
    judges."""
    if not (feed or registers):
        refuse("Name the records to draw from: --feed SPEC=FILE or --registers FOLDER.")
    try:
        files = [feed_file(argument) for argument in feed or ()] + (folder_files(registers) if registers else [])
        records = {record_id(*key): (key, record) for key, record in gather(files).items()}
    except Unusable as error:
        refuse(str(error))
    model = default_model()
    mentions = {id_: normalise(record) for id_, (_, record) in records.items()}
    feeds = {id_: key[0] for id_, (key, _) in records.items()}
    weights = pair_weights(mentions, model)
    clusters = cluster(feeds, weights, model.clustering)
    effective = _as_clustered(feeds, weights, model.clustering)
    drawn = draw(effective, clusters, model.clustering.lower, (links, near_misses), seed)
    if unseen:
        drawn += draw_unseen(alike_pairs(records), effective, clusters, model.clustering.lower, unseen, seed)
    write_sample(out, drawn, records, mentions, model)
    console.print(f"{len(drawn):,} pairs of {len(records):,} records: {out}", soft_wrap=True)


def draw(
    weights: Mapping[Pair, float], clusters: Clusters, lower: float, how_many: tuple[int, int], seed: int
) -> list[Drawn]:
    """So many links and near-misses (all there are, if fewer), each kind drawn evenly and in the order drawn.

    A link is a pair of records in one business, whether or not the two were compared. A near-miss is a pair that was
    compared, has at least `lower` bits and is not in one business: too little evidence, or kept apart by others.
    """
    together = implied_pairs(clusters)
    close = [pair for pair, bits in weights.items() if bits >= lower and pair not in together]
    chance, drawn = Random(seed), list[Drawn]()  # noqa: S311 - a sample, not a secret
    for kind, pairs, count in zip(("link", "near-miss"), (together, close), how_many, strict=True):
        chosen = chance.sample(sorted(pairs), min(count, len(pairs)))
        drawn.extend(Drawn(kind, pair, weights.get(pair)) for pair in chosen)
    return drawn


def draw_unseen(
    alike: Mapping[Pair, str],
    weights: Mapping[Pair, float],
    clusters: Clusters,
    lower: float,
    how_many: int,
    seed: int,
) -> list[Drawn]:
    """So many (all there are, if fewer) of the pairs that are alike, in no one business, and neither links nor
    near-misses: never compared, or with less than `lower` bits. The kind says also how the pair was found."""
    together = implied_pairs(clusters)
    unseen = [pair for pair in alike if pair not in together and weights.get(pair, -inf) < lower]
    chosen = Random(seed).sample(sorted(unseen), min(how_many, len(unseen)))  # noqa: S311 - a sample, not a secret
    return [Drawn(_unseen_kind(pair, alike, weights), pair, weights.get(pair)) for pair in chosen]


def _unseen_kind(pair: Pair, alike: Mapping[Pair, str], weights: Mapping[Pair, float]) -> str:
    return f"{'far apart' if pair in weights else 'never compared'}: {alike[pair]}"


def _as_clustered(feeds: Mapping[str, str], weights: Mapping[Pair, float], policy: ClusterPolicy) -> dict[Pair, float]:
    """Bits with what it says that one feed holds both."""
    return {
        (a, b): bits + (policy.same_feed(feeds[a]) if feeds[a] == feeds[b] else 0.0) for (a, b), bits in weights.items()
    }


def write_sample(
    path: Path,
    drawn: Iterable[Drawn],
    records: Mapping[str, tuple[Key, Record]],
    mentions: Mapping[str, Mention],
    model: Model,
) -> None:
    """A CSV with the columns HEADING; `judgement` is for the reader."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADING)
        writer.writerows(_rows(drawn, records, mentions, model))


def _rows(
    drawn: Iterable[Drawn],
    records: Mapping[str, tuple[Key, Record]],
    mentions: Mapping[str, Mention],
    model: Model,
) -> Iterator[tuple[str | int, ...]]:
    for number, one in enumerate(drawn, start=1):
        a, b = one.pair
        bits = "" if one.bits is None else f"{one.bits:.1f}"
        said = evidence(mentions[a], mentions[b], model)
        yield (number, one.kind, "", bits, said, *side_by_side(records[a], records[b]))

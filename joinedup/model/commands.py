"""`joinedup model train | compare | publish | switch | list`: the scoring policy in the operator's hands."""

import asyncio
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table

from joinedup.console import console, refuse
from joinedup.feeds import Unusable, existing
from joinedup.model import published
from joinedup.model.card import card
from joinedup.model.difference import Change, Difference, difference
from joinedup.model.estimates import NoSplink
from joinedup.model.material import Material, from_files, from_store
from joinedup.model.train import Options, train
from services.linker.domain.model import Model, completed, model_of, shipped_model
from services.linker.domain.model_file import ModelFile, read_model_file, write_model_file
from services.linker.domain.normalise import Mention
from shared.runtime import clock

app = typer.Typer(help="Train, compare, publish and switch the scoring model.", no_args_is_help=True)

SHIPPED = "shipped"


class Exit(IntEnum):
    """Beside 0 for done, and 1 for a refusal."""

    differs = 3


Feeds = Annotated[list[str] | None, typer.Option("--feed", help="SPEC=FILE, repeatable, as for joinedup link.")]
Store = Annotated[str | None, typer.Option("--store", help="Database URL of a linker: sqlite:///…, postgresql://…")]
OneStore = Annotated[str, typer.Option("--store", help="Database URL of a linker: sqlite:///…, postgresql://…")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]
Which = Annotated[str, typer.Argument(help=f"A model file, a version published in the store, or '{SHIPPED}'.")]


@app.command("train")
def train_command(
    out: Annotated[Path, typer.Option("--out", help="The model; its card goes beside it as .md.", dir_okay=False)],
    version: Annotated[str, typer.Option("--version", help="A name for the model, used once.")],
    feed: Feeds = None,
    store_url: Store = None,
    base: Annotated[str, typer.Option("--base", help="What to go on from: as for compare.")] = SHIPPED,
    seed: Annotated[int, typer.Option("--seed", help="The same seed and records give the same model.")] = 1,
    max_pairs: Annotated[int, typer.Option("--max-pairs", help="Random pairs for u.", min=1000)] = 300_000,
) -> None:
    """Estimate a model from records with Splink, and write it with its card."""
    material, before = _material(feed, store_url), _model_file(base, store_url)
    try:
        model = train(material, before, Options(version, seed, max_pairs), clock.today())
    except (NoSplink, ValueError) as error:
        refuse(str(error))
    out.write_bytes(write_model_file(model))
    out.with_suffix(".md").write_text(card(model, before), encoding="utf-8")
    console.print(f"{len(material.mentions):,} records: {out}, and its card {out.with_suffix('.md')}")


@app.command("compare")
def compare_command(
    now: Which,
    then: Which,
    feed: Feeds = None,
    store_url: Store = None,
    first: Annotated[int, typer.Option("--first", help="So many changes are told by name.", min=0)] = 20,
    as_json: AsJson = False,
) -> None:
    """Show which businesses would merge or split if THEN took the place of NOW. Exit code 3 where any would, else 0."""
    models = [completed(model_of(_model_file(which, store_url))) for which in (now, then)]
    material = _material(feed, store_url)
    found = difference(material, *models)
    if as_json:
        console.out(orjson.dumps(_as_json(found, material, models, first), option=orjson.OPT_INDENT_2).decode())
    else:
        _show(found, material, first)
    raise typer.Exit(Exit.differs if found.changes else 0)


@app.command("publish")
def publish_command(
    file: Annotated[Path, typer.Argument(help="The model, as train writes it.")], store_url: OneStore
) -> None:
    """Put a model into a linker's store, for good. Nothing changes until it is switched to."""
    try:
        version = asyncio.run(published.publish(store_url, existing(file).read_bytes()))
    except (Unusable, ValueError, published.Refused) as error:
        refuse(str(error))
    console.print(f"Published {version}. To link by it: joinedup model switch {version} --store {store_url}")


@app.command("switch")
def switch_command(
    version: Annotated[str, typer.Argument(help="A version published in the store.")], store_url: OneStore
) -> None:
    """Have the linker link by another model: in the background, changing over at once when all is ready."""
    try:
        asyncio.run(published.switch(store_url, version))
    except published.Refused as error:
        refuse(str(error))
    console.print(f"The linker's consumer re-links by {version} and then changes over.")


@app.command("list")
def list_command(store_url: OneStore) -> None:
    """Say which models are published, which is in force, and how far a switch has come."""
    table = Table("version", "made on", "state")
    try:
        rows = asyncio.run(published.listed(store_url))
    except published.Refused as error:
        refuse(str(error))
    for row in rows:
        table.add_row(row.version, row.made_on, row.state)
    console.print(table)


def _material(feed: list[str] | None, store_url: str | None) -> Material:
    if bool(feed) == bool(store_url):
        refuse("Give the records: either --feed SPEC=FILE, as often as need be, or --store URL.")
    try:
        return from_files(feed) if feed else asyncio.run(from_store(str(store_url)))
    except (Unusable, published.Refused) as error:
        refuse(str(error))


def _model_file(which: str, store_url: str | None) -> ModelFile:
    try:
        if which == SHIPPED:
            return read_model_file(shipped_model())
        if store_url and not Path(which).is_file():
            return read_model_file(asyncio.run(published.file_of(store_url, which)))
        return read_model_file(existing(Path(which)).read_bytes())
    except (Unusable, ValueError, published.Refused) as error:
        refuse(f"{which}: {error}")


def _as_json(found: Difference, material: Material, models: list[Model], first: int) -> dict[str, Any]:
    return {
        "now": models[0].version,
        "then": models[1].version,
        "records": len(material.mentions),
        "businesses": {"now": found.businesses_before, "then": found.businesses_after},
        "changes": {kind: found.count(kind) for kind in ("merge", "split", "change")},
        "records_moved_by_feed": found.records,
        "first": [_named(change, material.mentions) for change in found.changes[:first]],
    }


def _named(change: Change, mentions: Mapping[str, Mention]) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "now": [[_name(mentions[id_]) for id_ in business] for business in change.before],
        "then": [[_name(mentions[id_]) for id_ in business] for business in change.after],
    }


def _name(mention: Mention) -> str:
    where = mention.premises.text if mention.premises else ""
    return ", ".join(part for part in (mention.names[0].text if mention.names else "(no name)", where) if part)


def _show(found: Difference, material: Material, first: int) -> None:
    counts = {kind: found.count(kind) for kind in ("merge", "split", "change")}
    console.print(
        f"{found.businesses_before:,} businesses would be {found.businesses_after:,}: "
        f"{counts['merge']:,} merges, {counts['split']:,} splits, {counts['change']:,} other changes."
    )
    if not found.changes:
        return
    table = Table("feed", "records", "of them moved")
    for feed, moved in found.records.items():
        table.add_row(feed, f"{sum(each == feed for each in material.feeds.values()):,}", f"{moved:,}")
    console.print(table)
    for change in found.changes[:first]:
        console.print(f"\n{change.kind.capitalize()}:", markup=False)
        for when, businesses in (("now", change.before), ("then", change.after)):
            _show_side(when, businesses, material.mentions)


def _show_side(when: str, businesses: tuple[tuple[str, ...], ...], mentions: Mapping[str, Mention]) -> None:
    for business in businesses:
        console.print(f"  {when:>4}: {' | '.join(_name(mentions[id_]) for id_ in business)}", markup=False)

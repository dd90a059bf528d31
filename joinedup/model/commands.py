"""`joinedup model train | count | compare | publish | switch | list`: the scoring policy in the operator's hands."""

import asyncio
from enum import IntEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer
from pydantic import TypeAdapter, ValidationError
from rich.table import Table

from joinedup.console import console, refuse
from joinedup.feeds import Unusable, existing
from joinedup.model import published
from joinedup.model.card import card
from joinedup.model.count import count
from joinedup.model.difference import difference
from joinedup.model.estimates import NoSplink
from joinedup.model.material import Material, from_files, from_store
from joinedup.model.telling import as_json_of, show
from joinedup.model.train import Options, train
from services.linker.domain.model import completed, model_of, shipped_model
from services.linker.domain.model_file import ModelFile, Slug, read_model_file, write_model_file
from shared.runtime import clock

app = typer.Typer(help="Train, count, compare, publish and switch the scoring model.", no_args_is_help=True)

SHIPPED = "shipped"


class Exit(IntEnum):
    """Beside 0 for done, and 1 for a refusal."""

    differs = 3


def _named(version: str) -> str:
    try:
        return TypeAdapter[str](Slug).validate_python(version)
    except ValidationError:
        raise typer.BadParameter("up to 63 letters, digits, dots, dashes and underscores") from None


Feeds = Annotated[list[str] | None, typer.Option("--feed", help="SPEC=FILE, repeatable, as for joinedup link.")]
Store = Annotated[str | None, typer.Option("--store", help="Database URL of a linker: sqlite:///…, postgresql://…")]
OneStore = Annotated[str, typer.Option("--store", help="Database URL of a linker: sqlite:///…, postgresql://…")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]
Out = Annotated[Path, typer.Option("--out", help="The model; its card goes beside it as .md.", dir_okay=False)]
Version = Annotated[str, typer.Option("--version", help="A name for the model, used once.", callback=_named)]
Which = Annotated[str, typer.Argument(help=f"A model file, a version published in the store, or '{SHIPPED}'.")]


@app.command("train")
def train_command(
    out: Out,
    version: Version,
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
    _write(model, before, material, out)


@app.command("count")
def count_command(
    out: Out,
    version: Version,
    feed: Feeds = None,
    store_url: Store = None,
    base: Annotated[str | None, typer.Option("--base", help="Instead of the one in force: as for compare.")] = None,
) -> None:
    """Keep the weights, and count what is common: values that are no evidence, words of names, feeds that repeat."""
    material = _material(feed, store_url)
    chosen = base or (asyncio.run(published.in_force(store_url)) if store_url else None)
    before = _model_file(chosen or SHIPPED, store_url)
    try:
        model = count(material, before, version, clock.today())
    except ValueError as error:
        refuse(str(error))
    _write(model, before, material, out)
    console.print(f"Values too common to be evidence: {len(model.hub_digests):,}.")


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
        console.out(orjson.dumps(as_json_of(found, material, models, first), option=orjson.OPT_INDENT_2).decode())
    else:
        show(found, material, first)
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


def _write(model: ModelFile, base: ModelFile, material: Material, out: Path) -> None:
    out.write_bytes(write_model_file(model))
    out.with_suffix(".md").write_text(card(model, base), encoding="utf-8")
    console.print(f"{len(material.mentions):,} records: {out}, and its card {out.with_suffix('.md')}")


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

"""`joinedup audit`: is the audit log as it was written, and its anchors for somebody outside to keep."""

import asyncio
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from joinedup.console import console, refuse, warn
from joinedup.settings import JoinedUpSettings
from joinedup.stack import DEFAULT_DATA, DEFAULT_PARTNERSHIP, layout
from joinedup.up import DataDir, PartnershipFile
from services.gateway.domain.chain import Anchor, Removal, read_anchor
from services.gateway.handlers.anchoring import PRIVATE_KEY, PUBLIC_KEY, signing_key
from services.gateway.handlers.retention import remove_older
from services.gateway.handlers.verification import Verdict
from services.gateway.handlers.verification import verify as look_through
from services.gateway.store.audit import anchors as all_anchors
from shared.runtime.clock import today
from shared.runtime.db import Database
from shared.runtime.session import Session
from shared.sharing import Partnership, RulesUnreadable, load_partnership

_SHOWN = 20

Key = Annotated[
    Path | None,
    typer.Option("--key", help="The gateway's public key; else the one in the data folder.", dir_okay=False),
]
Kept = Annotated[
    Path | None, typer.Option("--anchors", help="Anchors that were kept outside: a line each.", dir_okay=False)
]

app = typer.Typer(help="The audit log: who saw and did what.", no_args_is_help=True)


@app.command()
def verify(data_dir: DataDir = DEFAULT_DATA, key: Key = None, anchors: Kept = None) -> None:
    """Find any edit, deletion, reordering, or cut since the last anchor; exit code 1 and the places if there is one."""
    public, kept = _public_key(key or data_dir / PUBLIC_KEY), _read_anchors(anchors) if anchors else []
    verdict = asyncio.run(_verified(_store(data_dir), public, kept))
    if verdict.faults:
        _refuse(verdict)
    count = verdict.last - verdict.removed
    console.print(f"{count:,} entries are as they were written, up to number {verdict.last:,}.")
    if verdict.removed:
        console.print(f"Those up to number {verdict.removed:,} were removed at the end of their term.")
    if verdict.last > verdict.anchored:
        warn(f"The last {verdict.last - verdict.anchored:,} are not anchored yet: a cut there would not show.")


@app.command()
def anchors(data_dir: DataDir = DEFAULT_DATA) -> None:
    """Print all anchors, a line each, for somebody to keep who does not run the store."""
    for anchor in asyncio.run(_anchors(_store(data_dir))):
        sys.stdout.write(anchor.as_json().decode() + "\n")


@app.command()
def prune(data_dir: DataDir = DEFAULT_DATA, partnership: PartnershipFile = DEFAULT_PARTNERSHIP) -> None:
    """Remove entries whose term has ended, as `audit_terms` in the partnership file say today. There is no way back."""
    years = _partnership(partnership).audit_years(today())
    if years is None:
        refuse("The partnership file has no audit term that has begun: entries are kept for ever.")
    if not (data_dir / PRIVATE_KEY).exists():
        refuse(f"{data_dir} has no {PRIVATE_KEY}: run this where the gateway keeps its keys.")
    made = asyncio.run(_pruned(_store(data_dir), partial(remove_older, years=years, key=signing_key(data_dir))))
    console.print(f"Entries up to number {made.seq:,} were removed." if made else f"None is older than {years} years.")


def _partnership(file: Path) -> Partnership:
    try:
        return load_partnership(file.read_text(encoding="utf-8"))
    except RulesUnreadable as error:
        refuse(str(error))


def _refuse(verdict: Verdict) -> None:
    lines = [f"entry {fault.seq}: {fault.what}" for fault in verdict.faults[:_SHOWN]]
    more = len(verdict.faults) - len(lines)
    refuse("\n".join([*lines, *([f"and {more:,} more"] if more else [])]))


def _store(data_dir: Path) -> Database:
    return Database(layout(data_dir, 0, DEFAULT_PARTNERSHIP, JoinedUpSettings()).database_url("gateway"), "gateway")


def _public_key(file: Path) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(file.read_text()))
    except (OSError, ValueError):
        refuse(f"{file} holds no public key of a gateway. Give it with --key.")


def _read_anchors(file: Path) -> list[Anchor]:
    try:
        return [read_anchor(line) for line in file.read_bytes().splitlines() if line]
    except (OSError, ValueError, KeyError, TypeError):
        refuse(f"{file} holds no anchors: one a line, as `joinedup audit anchors` prints them.")


async def _verified(database: Database, key: Ed25519PublicKey, kept: list[Anchor]) -> Verdict:
    try:
        return await look_through(database, key, kept)
    finally:
        await database.close()


async def _pruned(database: Database, work: Callable[[Session], Removal | None]) -> Removal | None:
    try:
        return await database.run(work)
    finally:
        await database.close()


async def _anchors(database: Database) -> list[Anchor]:
    try:
        async with database.read() as connection:
            return await all_anchors(connection)
    finally:
        await database.close()

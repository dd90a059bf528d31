"""`joinedup log`: what was set aside because it could not be handled, and trying it again."""

import asyncio
from typing import Annotated

import typer
from rich.table import Table

from joinedup.console import console
from joinedup.settings import JoinedUpSettings
from joinedup.stack import DEFAULT_DATA, DEFAULT_PARTNERSHIP, layout
from joinedup.up import DataDir
from shared.contracts.events.ingest import RECORDS_TOPIC

_AT_MOST = 1000
_WAIT = 1.0

Replay = Annotated[bool, typer.Option("--replay", help="Put them back on their topic, each once.")]
Topic = Annotated[str, typer.Option("--topic", help="The topic they were on.")]
Group = Annotated[str, typer.Option("--group", help="The group of consumers that could not handle them.")]

app = typer.Typer(help="Look after the event log.", no_args_is_help=True)


@app.callback()
def log() -> None:
    """Look after the event log."""


@app.command("dead-letters")
def dead_letters(
    topic: Topic = RECORDS_TOPIC, group: Group = "linker", replay: Replay = False, data_dir: DataDir = DEFAULT_DATA
) -> None:
    """Events that could not be handled: where they came from and the kind of error, never their content."""
    where = layout(data_dir, 0, DEFAULT_PARTNERSHIP, JoinedUpSettings())
    asyncio.run(_replay(where.log_url, topic, group) if replay else _list(where.log_url, topic))


async def _replay(log_url: str, topic: str, group: str) -> None:
    from shared.runtime.consume import replay_dead_letters  # loaded late: it brings the database with it
    from shared.runtime.eventlog import open_log

    log = await open_log(log_url)
    try:
        replayed = await replay_dead_letters(log, topic, group)
    finally:
        await log.close()
    console.print(f"{replayed:,} put back on {topic}.")


async def _list(log_url: str, topic: str) -> None:
    from shared.runtime.dead_letter import topic_of
    from shared.runtime.eventlog import open_log

    log = await open_log(log_url)
    try:
        letters = await log.fetch(topic_of(topic), {}, _AT_MOST, _WAIT)
    finally:
        await log.close()
    shown = Table("Place in the log", "What the log says of it", title=f"Set aside of {topic}: {len(letters):,}")
    for letter in letters:
        headers = ", ".join(f"{name}: {value}" for name, value in sorted(letter.headers.items()))
        shown.add_row(f"{letter.partition}/{letter.offset}", headers)
    console.print(shown)

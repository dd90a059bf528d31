"""`joinedup up`: all services as processes of this machine, until Ctrl-C."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from joinedup.console import console, refuse, run_until_signalled, warn
from joinedup.settings import JoinedUpSettings
from joinedup.stack import DEFAULT_DATA, DEFAULT_PARTNERSHIP, DEFAULT_PORT, CannotRun, layout
from joinedup.supervisor import AlreadyRunning, NotReady, Supervisor, running

DataDir = Annotated[Path, typer.Option("--data-dir", help="Where stores, the log and logs of processes are kept.")]
Port = Annotated[int, typer.Option("--port", help="The public port, on this machine only.", min=0, max=65535)]
PartnershipFile = Annotated[
    Path,
    typer.Option("--partnership", help="YAML: agencies and legal gateways.", exists=True, dir_okay=False),
]


def up(
    data_dir: DataDir = DEFAULT_DATA, port: Port = DEFAULT_PORT, partnership: PartnershipFile = DEFAULT_PARTNERSHIP
) -> None:
    """Run all services on this machine until Ctrl-C.

    SQLite files and an embedded log in the data folder; PostgreSQL and Kafka where JOINEDUP_DATABASE_URL and
    JOINEDUP_LOG_URL are set.
    """
    run_until_signalled(_up(data_dir, port, partnership))


async def _up(data: Path, port: int, partnership: Path) -> None:
    async with stack(data, port, partnership) as supervisor:
        where = supervisor.layout
        console.print(f"Ready at [bold]{where.url}[/] (store {where.store_name}, log {where.log_name}). Ctrl-C stops.")
        await asyncio.Event().wait()


@asynccontextmanager
async def stack(data: Path, port: int, partnership: Path) -> AsyncIterator[Supervisor]:
    """The services, ready; a refusal in plain words if they cannot be."""
    try:
        where = layout(data, port, partnership, JoinedUpSettings())
        began = monotonic()
        async with running(where, say=warn) as supervisor:
            count, took = len(where.processes()), monotonic() - began
            console.print(f"{count} processes ready in {took:.1f} s; data in {data}")
            yield supervisor
    except (AlreadyRunning, NotReady, CannotRun) as error:
        refuse(str(error))

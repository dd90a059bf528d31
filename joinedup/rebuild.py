"""`joinedup rebuild` and `joinedup migrate`: one-off roles of services, on the same stores as `joinedup up`."""

import asyncio
import subprocess
from enum import StrEnum
from typing import Annotated

import typer

from joinedup.console import console, refuse
from joinedup.migrate import migrate_all
from joinedup.settings import JoinedUpSettings, environment
from joinedup.stack import DEFAULT_DATA, DEFAULT_PARTNERSHIP, ROOT, Layout, Process, layout
from joinedup.up import DataDir, PartnershipFile


class Rebuildable(StrEnum):
    linker = "linker"


Service = Annotated[Rebuildable, typer.Argument(help="Whose state is derived from the log alone.")]


def rebuild(
    service: Service, data_dir: DataDir = DEFAULT_DATA, partnership: PartnershipFile = DEFAULT_PARTNERSHIP
) -> None:
    """Derive a service's state from the log once more, whether the services run or not.

    Subscribers hear of differences only: an identical graph is silent.
    """
    where = layout(data_dir, 0, partnership, JoinedUpSettings())
    asyncio.run(migrate_all(where))
    _run_role(where, service, "rebuild")
    console.print(f"The {service} was rebuilt from the log.")


def migrate(data_dir: DataDir = DEFAULT_DATA) -> None:
    """Bring every service's store to its newest version."""
    asyncio.run(migrate_all(layout(data_dir, 0, DEFAULT_PARTNERSHIP, JoinedUpSettings())))
    console.print("Every store is current.")


def _run_role(where: Layout, service: str, role: str) -> None:
    process: Process = where.process(service, role)
    ended = subprocess.run(process.command, cwd=ROOT, env=environment(process.settings), check=False)  # noqa: S603 - our own command
    if ended.returncode:
        refuse(f"{process.name} ended with exit code {ended.returncode}; its reasons are above.")

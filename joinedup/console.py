"""What every command shares with the person in front of it: a console, clear refusals, and a clean Ctrl-C."""

import asyncio
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn, TextIO

import typer
from rich.console import Console

_IN_A_FILE = 400  # columns: where nobody's window is the limit, no table is cut off
_IN_A_PICTURE = 92


def _columns(stream: TextIO) -> int | None:
    return None if stream.isatty() else _IN_A_FILE


console = Console(highlight=False, width=_columns(sys.stdout))
errors = Console(stderr=True, highlight=False, width=_columns(sys.stderr))


@contextmanager
def drawn(picture: Path, command: str) -> Iterator[None]:
    """What is printed meanwhile is not shown but drawn, below the command that a person would type for it: an SVG."""
    console.file, console.width, console.record = StringIO(), _IN_A_PICTURE, True
    console.print(command, style="bold", markup=False)
    yield
    console.save_svg(str(picture), title="Joined Up")


def refuse(message: str) -> NoReturn:
    """Say why the command cannot be done, and end with exit code 1."""
    errors.print(message, style="red", markup=False)
    raise typer.Exit(1)


def warn(message: str) -> None:
    console.print(message, style="yellow", markup=False)


def run_until_signalled(work: Coroutine[Any, Any, None]) -> None:
    """Runs `work`; Ctrl-C, SIGTERM or a closed terminal cancel it, and whatever it cleans up is waited for."""

    async def go() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            console.print("Stopped.")

    asyncio.run(go())

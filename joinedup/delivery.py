"""Sending files through the public API, and showing how far each has come."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from joinedup.client import Api, DevToken
from joinedup.console import console
from joinedup.feeds import FeedFile

Receipt = dict[str, Any]
OnReceipt = Callable[[Receipt], None]

SENDER = ("agency_system", "agency_admin")


def progress_bars() -> Progress:
    return Progress(
        TextColumn("{task.description}", justify="right"),
        BarColumn(bar_width=12),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        console=console,
    )


def taken(receipt: Receipt) -> int:
    """Rows that were accepted: all that were not rejected."""
    counts = receipt["counts"]
    return int(counts["stored"] + counts["corrected"] + counts["unchanged"])


def handled(receipt: Receipt) -> int:
    return taken(receipt) + int(receipt["counts"]["rejected"])


def in_words(receipt: Receipt) -> str:
    status = "" if receipt["status"] == "done" else f"{receipt['status']}: "
    return f"{status}{taken(receipt):,} taken, {receipt['counts']['rejected']:,} in quarantine"


async def declare(api: Api, file: FeedFile) -> None:
    await api.declare(file.spec.id, file.spec.model_dump(mode="json", exclude_unset=True))


async def deliver(api: Api, file: FeedFile, on_receipt: OnReceipt) -> Receipt:
    """Send the file and follow its receipt to the end."""
    last = await api.upload(file.spec.id, file.path)
    async for receipt in api.receipts(last["id"]):
        on_receipt(last := receipt)
    return last


async def deliver_all(url: str, files: tuple[FeedFile, ...], rows: Mapping[str, int]) -> list[Receipt]:
    """Each file by its own agency, all at once; the receipts in the order of the files."""
    async with AsyncExitStack() as stack:
        bars = stack.enter_context(progress_bars())
        sends: list[Awaitable[Receipt]] = []
        for file in files:
            api = await stack.enter_async_context(Api(url, DevToken(url, file.spec.agency, SENDER)))
            bar = bars.add_task(file.spec.id, total=rows[file.spec.id], note="")
            sends.append(_declare_and_deliver(api, file, bars, bar))
        return await asyncio.gather(*sends)


async def _declare_and_deliver(api: Api, file: FeedFile, bars: Progress, bar: TaskID) -> Receipt:
    def show(receipt: Receipt) -> None:
        bars.update(bar, completed=handled(receipt), note=in_words(receipt))

    await declare(api, file)
    return await deliver(api, file, show)

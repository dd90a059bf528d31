"""Following the risk stream: every change once, however often the connection breaks; and showing it live."""

import asyncio
from collections import deque
from contextlib import aclosing
from time import monotonic
from typing import Any

from rich.live import Live
from rich.table import Table
from rich.text import Text

from joinedup.client import Api
from joinedup.console import console

_SHOWN = 14
_COLOURS = {"none": "green", "low": "cyan", "medium": "yellow", "high": "red"}

Change = dict[str, Any]


class RiskStream:
    """Reads the stream from its start. `received` counts the changes, `recent` keeps the last few, newest first."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._last_at = monotonic()
        self.received = 0
        self.recent: deque[Change] = deque(maxlen=_SHOWN)
        self.news = asyncio.Event()

    @property
    def last_at(self) -> float:
        """When the last change came, on the monotonic clock."""
        return self._last_at

    async def run(self) -> None:
        """For ever."""
        async with aclosing(self._api.risk_changes()) as changes:
            async for change in changes:
                self.received += 1
                self.recent.appendleft(change)
                self._last_at = monotonic()
                self.news.set()


async def follow(stream: RiskStream, url: str) -> None:
    """Show the changes as they come, until cancelled."""
    with Live(_table(stream, url), console=console, auto_refresh=False) as live:
        while True:
            await stream.news.wait()
            stream.news.clear()
            live.update(_table(stream, url), refresh=True)
            await asyncio.sleep(0.1)


def _table(stream: RiskStream, url: str) -> Table:
    shown = Table(
        title=f"Risk changes, newest first: {stream.received:,} so far",
        caption=f"{url}/v1/events/risk-changes · the services go on running · Ctrl-C stops them",
        min_width=76,
    )
    for heading in ("Time", "Business", "Area", "Risk", "Regimes with live concerns"):
        shown.add_column(heading)
    for change in stream.recent:
        regimes = ", ".join(concern["regime"] for concern in change["regimes"])
        shown.add_row(change["time"][11:19], _named(change), change["area"] or "", _bands(change), regimes)
    return shown


def _named(change: Change) -> Text:
    """With why, where nothing happened but what the agency may see."""
    if change["cause"] == "changed":
        return Text(change["name"])
    return Text.assemble(change["name"] or change["business_id"], (f" ({change['cause']})", "dim"))


def _bands(change: Change) -> Text:
    before, now = change["previous_band"], change["band"]
    return Text.assemble((before, _COLOURS.get(before, "")), " → ", (now, _COLOURS.get(now, "")))

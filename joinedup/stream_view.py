"""Following the risk stream: every change once, however often the connection breaks; and showing it live."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import aclosing
from time import monotonic
from typing import Any

from rich.live import Live
from rich.table import Table
from rich.text import Text

from joinedup.client import Api, Refusal
from joinedup.console import console

_SHOWN = 14
_COLOURS = {"none": "green", "low": "cyan", "medium": "yellow", "high": "red"}

Change = dict[str, Any]


class RiskStream:
    """Reads the stream from its start. `received` counts the changes, `recent` keeps the last few, newest first."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._last_at = monotonic()
        self._names: dict[str, str] = {}
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

    async def named(self) -> list[tuple[Change, str]]:
        """The last few changes with the names of their businesses, which the stream does not tell: each is asked for
        once. Of one that was merged it is that of the whole, of one that is there no more the id."""
        changes = list(self.recent)
        for id_ in {change["business_id"] for change in changes} - self._names.keys():
            try:
                self._names[id_] = (await self._api.get(f"/v1/businesses/{id_}"))["name"] or id_
            except Refusal:
                self._names[id_] = id_
        return [(change, self._names[change["business_id"]]) for change in changes]


async def follow(stream: RiskStream, url: str) -> None:
    """Show the changes as they come, until cancelled."""
    with Live(_table(await stream.named(), stream.received, url), console=console, auto_refresh=False) as live:
        while True:
            await stream.news.wait()
            stream.news.clear()
            live.update(_table(await stream.named(), stream.received, url), refresh=True)
            await asyncio.sleep(0.1)


def _table(changes: Sequence[tuple[Change, str]], received: int, url: str) -> Table:
    shown = Table(
        title=f"Risk changes, newest first: {received:,} so far",
        caption=f"{url}/v1/events/risk-changes · the services go on running · Ctrl-C stops them",
        min_width=76,
    )
    for heading in ("Time", "Business", "Area", "Risk", "Regimes with live concerns"):
        shown.add_column(heading)
    for change, name in changes:
        regimes = ", ".join(concern["regime"] for concern in change["regimes"])
        shown.add_row(change["time"][11:19], _said_of(name, change), change["area"] or "", _bands(change), regimes)
    return shown


def _said_of(name: str, change: Change) -> Text:
    """With why, where nothing happened but what the agency may see."""
    if change["cause"] == "changed":
        return Text(name)
    return Text.assemble(name, (f" ({change['cause']})", "dim"))


def _bands(change: Change) -> Text:
    before, now = change["previous_band"], change["band"]
    return Text.assemble((before, _COLOURS.get(before, "")), " → ", (now, _COLOURS.get(now, "")))

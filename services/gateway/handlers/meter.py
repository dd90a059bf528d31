"""Rate limits and quotas, the same at every replica of the gateway.

A request is counted in memory. Once a second a replica that was asked anything adds what it counted to the store, and
reads there what all of them did: one transaction, however many requests. So what one replica lets through is known to
the others a second later, and a caller who asks them all may get that second's requests at each of them on top.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress

from prometheus_client import Counter as Metric

from services.gateway.domain.allowance import Limit
from services.gateway.store import counts
from services.gateway.store.counts import Key
from shared.runtime.auth import Principal, Verifier
from shared.runtime.clock import utc_now
from shared.runtime.db import Database
from shared.runtime.errors import TooMany
from shared.runtime.telemetry import log

SHARED_EVERY = 1.0
GUESS = "guess"
"""The limit on questions about what the caller does not see."""


_refused = Metric(
    "joinedup_gateway_too_many_total", "Requests refused because there were too many, by limit", ["limit"]
)


class Meter:
    """Counts what it admits; what it refuses costs the caller nothing."""

    def __init__(self, database: Database, limits: Iterable[Limit]) -> None:
        self._database = database
        self._limits = tuple(limits)
        self._all: Counter[Key] = Counter()
        self._telling: Counter[Key] = Counter()
        self._untold: Counter[Key] = Counter()

    def admit(self, whose: Mapping[str, str]) -> None:
        """Count a request; `whose` it is, by the name of each limit that it counts for. Raises TooMany, which says when
        to come back."""
        now = utc_now().timestamp()
        keys = [
            (limit, Key(limit.name, whose[limit.name], limit.seconds, limit.period(now)))
            for limit in self._limits
            if limit.name in whose
        ]
        for limit, key in keys:
            if wait := limit.wait(self._count(key._replace(period=key.period - 1)), self._count(key), now):
                _refused.labels(limit.name).inc()
                raise TooMany(limit.says, headers={"Retry-After": str(wait)})
        self._untold.update(key for _, key in keys)

    async def run(self, stop: asyncio.Event) -> None:
        """Share now and then until `stop`, and a last time after it."""
        while not stop.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(SHARED_EVERY):
                    await stop.wait()
            await self.share()

    async def share(self) -> None:
        """Tell the store what was counted here, and learn what was elsewhere. Nothing, where nothing was counted; and
        while the store is away, each replica limits by what it knows."""
        if not self._untold:
            return
        self._telling, self._untold = self._untold, Counter()
        try:
            self._all = await self._told_and_learnt()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the store, requests are answered and counted
            log(__name__).warning("requests_not_shared", error=type(error).__name__)
            self._untold += self._telling
        self._telling = Counter()

    def _count(self, key: Key) -> int:
        return self._all[key] + self._telling[key] + self._untold[key]

    async def _told_and_learnt(self) -> Counter[Key]:
        now = utc_now().timestamp()
        oldest = {limit.seconds: limit.period(now) - 1 for limit in self._limits}
        async with self._database.transaction() as tx:
            await counts.add(self._database, tx, self._telling)
            await counts.forget(tx, oldest)
            return await counts.since(tx, oldest)


class Metered:
    """Counts each request of a known caller before anything else is looked at: every refusal after it is an entry of
    the audit log, which nobody may fill. What is refused here is a figure of the metrics and no entry."""

    def __init__(self, verifier: Verifier, meter: Meter) -> None:
        self._verifier = verifier
        self._meter = meter

    async def verify(self, token: str) -> Principal:
        """Raises what the verifier raises, and TooMany."""
        caller = await self._verifier.verify(token)
        self._meter.admit(of(caller))
        return caller


def of(caller: Principal) -> Mapping[str, str]:
    """Whose a request of `caller` is."""
    return {"client": whose(caller), "agency": caller.agency}


def whose(caller: Principal) -> str:
    """A client's name, or a person's, which no other agency's can be."""
    return f"{caller.agency}/{caller.subject}"

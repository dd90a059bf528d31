"""Taking events from the log: each becomes a notice, with a delivery for every receiver of the agencies it is for."""

import asyncio
from collections.abc import Sequence

from prometheus_client import Counter

from services.gateway.domain.basis import Addressed
from services.gateway.domain.notices import Told, told
from services.gateway.handlers.webhooks import stored
from services.gateway.store import deliveries
from services.gateway.store.deliveries import Receiver
from shared.runtime.clock import SKEW, utc_now
from shared.runtime.db import Database
from shared.runtime.eventlog import Delivered
from shared.runtime.inbox import decode
from shared.runtime.telemetry import log

_taken = Counter("joinedup_gateway_notices_total", "Events that were put on their way to agencies' own systems")
_unreadable = Counter("joinedup_gateway_notices_unreadable_total", "Messages that are no event of their topic")


class Taking:
    """A handler of the consumer loop. Whoever waits for `news` is woken when there is something to send.

    It needs no inbox: a notice has its event's id and a delivery its receiver's as well, so what the log gives again is
    there already.
    """

    def __init__(self, database: Database) -> None:
        self.news = asyncio.Event()
        self._database = database

    async def take(self, messages: Sequence[Delivered]) -> None:
        """Returns when they are stored."""
        async with self._database.read() as connection:
            receivers = await deliveries.receivers(connection)
        found = [one for message in messages if (one := _told(message))] if receivers else []
        sent = {stored(one.notice, one.basis_id): ids for one in found if (ids := _for(one, receivers))}
        disclosures = {one.basis.id: one.basis for one in found if isinstance(one.basis, Addressed)}
        if sent:
            async with self._database.transaction() as tx:
                await deliveries.remember(self._database, tx, disclosures)
                await deliveries.add(self._database, tx, sent, utc_now())
            _taken.inc(len(sent))
            self.news.set()


def _told(message: Delivered) -> Told | None:
    """None for what nobody outside is told of, and for what cannot be read, which no repeat would mend."""
    try:
        event = decode(message)
        return told(event) if event else None
    except (ValueError, KeyError) as error:
        _unreadable.inc()
        place = {"topic": message.topic, "partition": message.partition, "offset": message.offset}
        log(__name__).error("unreadable", error=type(error).__name__, **place)
        return None


def _for(one: Told, receivers: Sequence[Receiver]) -> list[str]:
    """Those that asked for its type before it was said, as far as two machines' clocks agree."""
    return [
        receiver.id
        for receiver in receivers
        if receiver.agency in one.agencies
        and one.notice.type in receiver.types
        and receiver.since - SKEW <= one.notice.timestamp
    ]

"""The linker as the caller sees it."""

import httpx

from shared.contracts.api.linker.businesses import Business, BusinessPage, BusinessSummary
from shared.contracts.api.linker.traits import Trait, Traits
from shared.contracts.record import Record
from shared.runtime.peer import Caller, Peer, read

_MOST_WORRYING = 50
_GONE = (httpx.codes.NOT_FOUND, httpx.codes.GONE)


class Linker:
    """At `url`. Raises Unavailable or BadGateway where it gives no answer to go by, Forbidden where it refuses."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._peer = Peer("linker", url, transport)

    async def business(self, caller: Caller, business_id: str) -> Business | None:
        """As it is today, under whatever id; None where the caller sees none."""
        answer = await self._peer.ask(caller, "GET", f"/v1/businesses/{business_id}")
        return None if answer.status_code in _GONE else read(Business, answer)

    async def most_worrying(self, caller: Caller) -> tuple[BusinessSummary, ...]:
        """The businesses of high risk in the caller's view, the most worrying first."""
        wanted: dict[str, str | int | None] = {"band": "high", "limit": _MOST_WORRYING}
        return read(BusinessPage, await self._peer.ask(caller, "GET", "/v1/businesses", query=wanted)).businesses

    async def traits(self, caller: Caller, record: Record) -> tuple[Trait, ...]:
        """What a business that is put in words could have in common with others; nothing is looked up."""
        body = record.model_dump(mode="json", exclude_defaults=True)
        return read(Traits, await self._peer.ask(caller, "POST", "/v1/traits", body=body)).traits

    async def traits_of(self, caller: Caller, business_id: str) -> tuple[Trait, ...]:
        """What a business in the caller's view could have in common with others."""
        answer = await self._peer.ask(caller, "GET", f"/v1/businesses/{business_id}/traits")
        return () if answer.status_code in _GONE else read(Traits, answer).traits

    async def close(self) -> None:
        await self._peer.close()

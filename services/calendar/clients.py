"""Other services, as the caller sees them."""

import httpx
from pydantic import TypeAdapter

from shared.contracts.api.linker.businesses import Business, BusinessPage
from shared.contracts.api.linker.risk import Funnel, RiskOnDate
from shared.contracts.api.linker.traits import Traits
from shared.contracts.api.referrals.indicators import Indicator
from shared.contracts.problem import FieldProblem
from shared.contracts.record import Record
from shared.runtime.errors import Forbidden, Invalid, Unavailable
from shared.runtime.peer import Caller, Peer, read

_INDICATORS = TypeAdapter(tuple[Indicator, ...])
_GONE = (httpx.codes.NOT_FOUND, httpx.codes.GONE)


class Linker:
    """At `url`. Raises Unavailable or BadGateway where it gives no answer to go by, Forbidden where it refuses."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._peer = Peer("linker", url, transport)

    async def business(self, caller: Caller, business_id: str) -> Business:
        """With its records. Raises Invalid for one that the caller does not see."""
        return read(Business, await self._of(caller, business_id))

    async def find(self, caller: Caller, business_id: str) -> Business | None:
        """As it is today, under whatever id; None where the caller sees none."""
        answer = await self._peer.ask(caller, "GET", f"/v1/businesses/{business_id}")
        return None if answer.status_code in _GONE else read(Business, answer)

    async def risk(self, caller: Caller, business_id: str) -> RiskOnDate:
        """With its course. Raises Invalid for one that the caller does not see."""
        return read(RiskOnDate, await self._of(caller, business_id, "/risk"))

    async def funnel(self, caller: Caller, **cuts: str | int | None) -> Funnel:
        return read(Funnel, await self._peer.ask(caller, "GET", "/v1/funnel", query=cuts))

    async def businesses(self, caller: Caller, **wanted: str | int | None) -> BusinessPage:
        """The most worrying first."""
        return read(BusinessPage, await self._peer.ask(caller, "GET", "/v1/businesses", query=wanted))

    async def traits(self, caller: Caller, business_id: str) -> Traits:
        """Its own, and those of businesses related to it. Raises Invalid for one that the caller does not see."""
        return read(Traits, await self._of(caller, business_id, "/traits", degrees=1))

    async def traits_of(self, caller: Caller, described: Record) -> Traits:
        body = described.model_dump(mode="json")
        return read(Traits, await self._peer.ask(caller, "POST", "/v1/traits", body=body))

    async def close(self) -> None:
        await self._peer.close()

    async def _of(self, caller: Caller, business_id: str, part: str = "", **wanted: int) -> httpx.Response:
        answer = await self._peer.ask(caller, "GET", f"/v1/businesses/{business_id}{part}", query=wanted)
        if answer.status_code in _GONE:
            remedy = "Search for it again: there is no such business in your view."
            raise Invalid(errors=[FieldProblem(field="body.place.business_id", code="unknown", remedy=remedy)])
        return answer


class Referrals:
    """What agencies ask each other's officers to note, as the caller sees it."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._peer = Peer("library of indicators", url, transport)

    async def indicators(self, caller: Caller) -> tuple[Indicator, ...] | None:
        """Those in force. None where it does not answer: a visit can be planned without them."""
        try:
            answer = await self._peer.ask(caller, "GET", "/v1/indicators")
        except (Unavailable, Forbidden):
            return None
        return _INDICATORS.validate_json(answer.content) if answer.status_code == httpx.codes.OK else None

    async def close(self) -> None:
        await self._peer.close()

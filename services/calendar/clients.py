"""Other services, asked with the caller's own token: they answer what that caller may see, and no more."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from pydantic import TypeAdapter

from shared.contracts.api.linker.businesses import Business, BusinessPage
from shared.contracts.api.linker.risk import Funnel, RiskOnDate
from shared.contracts.api.linker.traits import Traits
from shared.contracts.api.referrals.indicators import Indicator
from shared.contracts.problem import FieldProblem
from shared.contracts.record import Record
from shared.runtime.errors import Forbidden, Invalid, Unavailable

Headers = Mapping[str, str]
"""Of the caller: its token, and the purpose that it acts for."""

_SECONDS = 10.0
_INDICATORS = TypeAdapter(tuple[Indicator, ...])
_GONE = (httpx.codes.NOT_FOUND, httpx.codes.GONE)


class Linker:
    """Raises Unavailable where the linker does not answer, Forbidden where it refuses the caller."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    @classmethod
    def at(cls, url: str) -> "Linker":
        return cls(httpx.AsyncClient(base_url=url, timeout=_SECONDS, follow_redirects=True, trust_env=False))

    async def business(self, caller: Headers, business_id: str) -> Business:
        """With its records. Raises Invalid for one that the caller does not see."""
        return Business.model_validate_json(await self._ask("GET", f"/v1/businesses/{business_id}", caller))

    async def find(self, caller: Headers, business_id: str) -> Business | None:
        """As it is today, under whatever id; None where the caller sees none."""
        answer = await self._answer("GET", f"/v1/businesses/{business_id}", caller)
        return None if answer.status_code in _GONE else Business.model_validate_json(_content(answer))

    async def risk(self, caller: Headers, business_id: str) -> RiskOnDate:
        """With its course. Raises Invalid for one that the caller does not see."""
        return RiskOnDate.model_validate_json(await self._ask("GET", f"/v1/businesses/{business_id}/risk", caller))

    async def funnel(self, caller: Headers, **cuts: str | int | None) -> Funnel:
        return Funnel.model_validate_json(await self._ask("GET", f"/v1/funnel?{_query(cuts)}", caller))

    async def businesses(self, caller: Headers, **wanted: str | int | None) -> BusinessPage:
        """The most worrying first."""
        return BusinessPage.model_validate_json(await self._ask("GET", f"/v1/businesses?{_query(wanted)}", caller))

    async def traits(self, caller: Headers, business_id: str) -> Traits:
        """Its own, and those of businesses related to it. Raises Invalid for one that the caller does not see."""
        path = f"/v1/businesses/{business_id}/traits?degrees=1"
        return Traits.model_validate_json(await self._ask("GET", path, caller))

    async def traits_of(self, caller: Headers, described: Record) -> Traits:
        return Traits.model_validate_json(
            await self._ask("POST", "/v1/traits", caller, described.model_dump(mode="json"))
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(self, method: str, path: str, caller: Headers, body: Any = None) -> bytes:
        answer = await self._answer(method, path, caller, body)
        if answer.status_code in _GONE:
            remedy = "Search for it again: there is no such business in your view."
            raise Invalid(errors=[FieldProblem(field="body.place.business_id", code="unknown", remedy=remedy)])
        return _content(answer)

    async def _answer(self, method: str, path: str, caller: Headers, body: Any = None) -> httpx.Response:
        try:
            answer = await self._client.request(method, path, headers=dict(caller), json=body)
        except httpx.HTTPError as error:
            raise Unavailable("The graph is not answering.", headers={"Retry-After": "2"}) from error
        if answer.status_code == httpx.codes.FORBIDDEN:
            raise Forbidden(str(answer.json().get("detail")))
        return answer


class Referrals:
    """What agencies ask each other's officers to note, as the caller sees it."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    @classmethod
    def at(cls, url: str) -> "Referrals":
        return cls(httpx.AsyncClient(base_url=url, timeout=_SECONDS, trust_env=False))

    async def indicators(self, caller: Headers) -> tuple[Indicator, ...] | None:
        """Those in force. None where it does not answer: a visit can be planned without them."""
        try:
            answer = await self._client.get("/v1/indicators", headers=dict(caller))
        except httpx.HTTPError:
            return None
        return _INDICATORS.validate_json(answer.content) if answer.status_code == httpx.codes.OK else None

    async def close(self) -> None:
        await self._client.aclose()


def _content(answer: httpx.Response) -> bytes:
    if answer.status_code != httpx.codes.OK:
        raise Unavailable("The graph cannot answer now.", headers={"Retry-After": "2"})
    return answer.content


def _query(asked: Mapping[str, str | int | None]) -> str:
    return urlencode({name: value for name, value in asked.items() if value is not None})

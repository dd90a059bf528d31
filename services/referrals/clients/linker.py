"""The linker as the caller sees it: every question goes out with the caller's own token and purpose."""

from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from shared.contracts.api.linker.businesses import Business, BusinessPage, BusinessSummary
from shared.contracts.api.linker.traits import Trait, Traits
from shared.contracts.record import Record
from shared.runtime.auth import ACTING_PURPOSE
from shared.runtime.errors import BadGateway, Unavailable

Model = TypeVar("Model", bound=BaseModel)

_SECONDS = 5.0
_MOST_WORRYING = 50
_FORWARDED = ("authorization", ACTING_PURPOSE)
Caller = Mapping[str, str]
"""The headers of the request that is being answered."""


class Linker:
    """At `url`. Raises Unavailable or BadGateway where it gives no answer to go by."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(
            base_url=url, transport=transport, timeout=_SECONDS, trust_env=False, follow_redirects=True
        )

    async def business(self, caller: Caller, business_id: str) -> Business | None:
        """As it is today, under whatever id; None where the caller sees none."""
        answer = await self._ask("GET", f"/v1/businesses/{business_id}", caller)
        if answer.status_code in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            return None
        return _read(Business, answer)

    async def most_worrying(self, caller: Caller) -> tuple[BusinessSummary, ...]:
        """The businesses of high risk in the caller's view, the most worrying first."""
        answer = await self._ask("GET", f"/v1/businesses?band=high&limit={_MOST_WORRYING}", caller)
        return _read(BusinessPage, answer).businesses

    async def traits(self, caller: Caller, record: Record) -> tuple[Trait, ...]:
        """What a business that is put in words could have in common with others; nothing is looked up."""
        body = record.model_dump(mode="json", exclude_defaults=True)
        return _read(Traits, await self._ask("POST", "/v1/traits", caller, body)).traits

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(self, method: str, path: str, caller: Caller, body: Any = None) -> httpx.Response:
        headers = {name: caller[name] for name in _FORWARDED if name in caller}
        try:
            answer = await self._client.request(method, path, headers=headers, json=body)
        except httpx.HTTPError as error:
            raise Unavailable("The linker is not answering.", headers={"Retry-After": "2"}) from error
        if answer.status_code in (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS):
            raise Unavailable("The linker is not ready; try again shortly.", headers={"Retry-After": "2"})
        return answer


def _read(model: type[Model], answer: httpx.Response) -> Model:
    if answer.status_code != httpx.codes.OK:
        raise BadGateway
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as error:
        raise BadGateway from error

"""Another of our services, asked as the caller: with its own token and purpose, so that the answer holds what this
caller may see, and no more (docs/adr/0023)."""

from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from shared.runtime.auth import ACTING_PURPOSE
from shared.runtime.errors import BadGateway, Forbidden, Unavailable
from shared.runtime.trust import authorities

Model = TypeVar("Model", bound=BaseModel)
Caller = Mapping[str, str]
"""Headers of whoever is being served; only its token and the purpose that it acts for are passed on."""

_PASSED_ON = ("authorization", ACTING_PURPOSE)
_SECONDS = 10.0
_NOT_NOW = (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS)


class Peer:
    """The service at `url`; `name` is what people read of it."""

    def __init__(self, name: str, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._name = name
        self._client = httpx.AsyncClient(
            base_url=url,
            transport=transport,
            timeout=_SECONDS,
            verify=authorities(trust_env=False),
            trust_env=False,
            follow_redirects=True,
        )

    async def ask(
        self,
        caller: Caller,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int | None] | None = None,
        body: Any = None,
    ) -> httpx.Response:
        """Its answer, which may say that there is nothing. Raises Unavailable where it gives none, Forbidden where it
        refuses the caller."""
        headers = {name: value for name, value in caller.items() if name.lower() in _PASSED_ON}
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        try:
            answer = await self._client.request(method, path, params=asked or None, headers=headers, json=body)
        except httpx.HTTPError as error:
            raise Unavailable(f"The {self._name} is not answering.", headers={"Retry-After": "2"}) from error
        if answer.status_code in _NOT_NOW:
            raise Unavailable(f"The {self._name} is not ready; try again shortly.", headers={"Retry-After": "2"})
        if answer.status_code == httpx.codes.FORBIDDEN:
            raise Forbidden(str(answer.json().get("detail")))
        return answer

    async def close(self) -> None:
        await self._client.aclose()


def read(model: type[Model], answer: httpx.Response) -> Model:
    """What it answered. Raises BadGateway for anything but that."""
    if answer.status_code != httpx.codes.OK:
        raise BadGateway
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as error:
        raise BadGateway from error

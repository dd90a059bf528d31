"""The description of the whole public surface, asked of the services now and then."""

import asyncio
import time
from typing import Any

from services.gateway.clients import Upstream, Upstreams
from services.gateway.domain.openapi import Document, merged
from services.gateway.domain.routes import Service
from shared.runtime.errors import AppError

_KEPT_SECONDS = 60.0


class Description:
    """Keeps each service's description for a minute, and for as long as the service is away."""

    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams
        self._found: dict[Service, Document] = {}
        self._asked_at = float("-inf")

    async def whole(self, own: Document) -> Document:
        """`own` with every service's paths, in whatever order they came to answer; those that never answered yet are
        listed in `x-unavailable`."""
        if time.monotonic() - self._asked_at > _KEPT_SECONDS:
            answers = await asyncio.gather(*(_ask(upstream) for upstream in self._upstreams.values()))
            self._found |= {service: answer for service, answer in zip(self._upstreams, answers, strict=True) if answer}
            if len(self._found) == len(self._upstreams):
                self._asked_at = time.monotonic()
        missing = sorted(set(self._upstreams) - set(self._found))
        found = {service: self._found[service] for service in self._upstreams if service in self._found}
        return merged(own, found) | ({"x-unavailable": missing} if missing else {})


async def _ask(upstream: Upstream) -> dict[str, Any] | None:
    try:
        document: dict[str, Any] = await upstream.get_json("/v1/openapi.json")
    except (AppError, ValueError):
        return None
    return document

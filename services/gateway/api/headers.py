"""Which headers pass, in each direction. Both lists say what may; hop-by-hop headers are on neither.

Services are not asked to compress: the audit log is told which ids an answer names. The route that answered, whose
records the answer holds, and who reads them by a secret address, go as far as that log, which takes them off.
"""

from typing import Annotated
from urllib.parse import urlsplit

import httpx
from fastapi import Depends, Request

from services.gateway.clients import Headers
from shared.runtime.telemetry import current_traceparent
from shared.runtime.web import INSIDE_HEADERS

_TO_SERVICE = frozenset(
    b"accept accept-language acting-purpose authorization content-disposition content-encoding"
    b" content-length content-type idempotency-key if-match if-modified-since if-none-match if-unmodified-since prefer"
    b" range tracestate user-agent".split()
)
_OF_CALLER = frozenset((b"authorization", b"acting-purpose", b"traceparent"))
_TO_CALLER = frozenset(
    b"accept-ranges age allow cache-control content-disposition content-encoding content-language content-length"
    b" content-range content-security-policy content-type deprecation etag expires last-modified link ratelimit"
    b" ratelimit-policy retry-after sunset vary www-authenticate".split()
) | {name.encode() for name in INSIDE_HEADERS}


def request_headers(request: Request) -> Headers:
    """What the service is told: the caller's headers that may pass, and the trace that this request is part of."""
    headers = [(name, value) for name, value in request.headers.raw if name in _TO_SERVICE]
    if traceparent := current_traceparent():
        headers.append((b"traceparent", traceparent.encode()))
    return headers


def caller_headers(request: Request) -> Headers:
    """With which a service is asked in the caller's name."""
    return [(name, value) for name, value in request_headers(request) if name in _OF_CALLER]


AsCaller = Annotated[Headers, Depends(caller_headers)]


def answer_headers(answer: httpx.Response, upstream_url: str) -> Headers:
    """What the caller is told. A Location stays on the public address, whatever address the service knows itself by."""
    raw = [(name.lower(), value) for name, value in answer.headers.raw]
    headers = [(name, value) for name, value in raw if name in _TO_CALLER]
    if (location := answer.headers.get("location")) and (public := public_location(location, upstream_url)):
        headers.append((b"location", public.encode()))
    return headers


def public_location(location: str, upstream_url: str) -> str | None:
    """The path and query of a Location on the service itself, or None for one that leads anywhere else."""
    target, home = urlsplit(location), urlsplit(upstream_url)
    if target.netloc and target.netloc != home.netloc:
        return None
    if not target.path.startswith("/") or target.path.startswith("//"):
        return None
    return target.path + (f"?{target.query}" if target.query else "")

"""Where a page is asked for, and whether a form that comes back was ours."""

from fastapi import Request
from starlette.datastructures import Headers

from services.gateway.domain.loopback import host_name, is_loopback
from shared.runtime.errors import Forbidden

_READS = frozenset({"GET", "HEAD"})


def is_this_machine(headers: Headers) -> bool:
    """Whether the browser came by a name of its own machine, where there is no TLS."""
    return is_loopback(host_name(headers.get("host", "")))


def origin(request: Request) -> str:
    """Of our pages, as the browser sees it. Elsewhere than at home a TLS proxy stands in front of us."""
    scheme = "http" if is_this_machine(request.headers) else "https"
    return f"{scheme}://{request.headers.get('host', '')}"


def require_own_form(request: Request) -> None:
    """Whatever changes something must come from one of our own pages, by what the browser says of it: no page elsewhere
    can make it say so. Raises Forbidden.

    Source: OWASP, Cross-Site Request Forgery Prevention, "Fetch Metadata headers" with the fallback to Origin.
    """
    site = request.headers.get("sec-fetch-site")
    ours = site == "same-origin" if site else request.headers.get("origin") == origin(request)
    if request.method not in _READS and not ours:
        raise Forbidden("This was not sent from one of our own pages.")

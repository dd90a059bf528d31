"""What an address or a host name means, and whether a request comes straight from it."""

from collections.abc import Container
from ipaddress import IPv4Address, IPv6Network, ip_address

_PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def is_loopback(host: str) -> bool:
    """`host` is a bare address or name, without port or brackets."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str:
    """The host of a `Host` header: `[::1]:80` gives `::1`, `localhost:80` gives `localhost`."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0].lower()


def household(address: str) -> str:
    """Whom to count a request from `address` for: with IPv6, everybody in its /64, which one machine may have whole."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address) or found.ipv4_mapped:
        return address
    return str(IPv6Network((address, 64), strict=False))


def is_passed_on(headers: Container[str]) -> bool:
    """Whether a proxy sent it, which speaks for the whole world. `headers` finds names in small letters."""
    return any(name in headers for name in _PASSED_ON)

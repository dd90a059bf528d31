"""Whether an address or a host name means this machine and no other."""

from ipaddress import ip_address


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

"""Whose certificates are believed when this process calls another over HTTPS."""

import ssl
from functools import cache

import httpx


@cache
def authorities(*, trust_env: bool) -> ssl.SSLContext:
    """The certificate authorities of httpx, or, with `trust_env`, those that SSL_CERT_FILE or SSL_CERT_DIR name; read
    once for all clients of the process, since that takes longer than a request."""
    return httpx.create_ssl_context(trust_env=trust_env)

"""How to reach Kafka and prove who we are, from the log's URL: TLS, and SCRAM-SHA-512 with a password from a file.

`kafkas://USER@host:port[,host:port]?ca=FILE&password_file=FILE`. Neither the user nor the password is in any error.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)
from aiokafka.helpers import create_ssl_context

REFUSALS = (
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
    IllegalSaslStateError,
    TopicAuthorizationFailedError,
    GroupAuthorizationFailedError,
    ClusterAuthorizationFailedError,
)
_PARAMETERS = {"ca", "partitions", "password_file", "replication"}
_PROBE_MS = 5000


@dataclass(frozen=True, slots=True)
class Access:
    """`servers` is host:port, comma-separated; `security` are the arguments of each aiokafka client that say who we are
    and whom we trust."""

    servers: str
    security: Mapping[str, Any]

    async def refusal(self) -> Exception | None:
        """Why the brokers turn us away, if they do; aiokafka itself says no more than that it could not connect."""
        for host, port, _ in collect_hosts(self.servers):
            try:
                connection = await create_conn(host, port, request_timeout_ms=_PROBE_MS, **self.security)
            except (*REFUSALS, ssl.SSLError) as error:
                return error
            except (KafkaError, OSError, TimeoutError):
                continue
            connection.close()
        return None


def access(url: SplitResult) -> Access:
    """Read a `kafka://` or `kafkas://` URL and the files it names. Raises ValueError, which says what to change."""
    given = dict(parse_qsl(url.query, keep_blank_values=True))
    if given.keys() - _PARAMETERS:
        raise ValueError(f"After its question mark the log's URL takes only {', '.join(sorted(_PARAMETERS))}")
    if url.password is not None:
        raise ValueError("Take the password out of the log's URL, and name a file that holds it: ?password_file=FILE")
    if bool(url.username) != ("password_file" in given):
        raise ValueError("The log's URL needs both a user and a password_file, or neither")
    tls = _tls(given.get("ca")) if url.scheme == "kafkas" or "ca" in given else {}
    sasl = _sasl(unquote(url.username), given["password_file"]) if url.username else {}
    protocol = ("SASL_" if sasl else "") + ("SSL" if tls else "PLAINTEXT")
    return Access(url.netloc.rpartition("@")[2], {"security_protocol": protocol, **tls, **sasl})


def _tls(ca: str | None) -> dict[str, Any]:
    """Trust what `ca` has signed; without it, what the machine trusts."""
    try:
        return {"ssl_context": create_ssl_context(cafile=ca)}
    except OSError as error:  # also what is no certificate
        raise ValueError(f"The file that ?ca= names cannot be used: {type(error).__name__}") from error


def _sasl(user: str, password_file: str) -> dict[str, Any]:
    try:
        password = Path(password_file).read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"The file that ?password_file= names cannot be read: {type(error).__name__}") from None
    if not password:
        raise ValueError("The file that ?password_file= names is empty")
    return {"sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": user, "sasl_plain_password": password}

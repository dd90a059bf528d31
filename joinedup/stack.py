"""Which processes make up Joined Up on one machine, and the settings each is given. Pure: it starts nothing."""

import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

from joinedup.settings import JoinedUpSettings

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
DEFAULT_PORT = 8400
DEFAULT_DATA = Path(".var")
DEFAULT_PARTNERSHIP = Path(__file__).with_name("partnership.yaml")

_NOT_IN_URLS = frozenset("#%?")
_PORTS = range(20_000, 32_000)

ROLES: Mapping[str, tuple[str, ...]] = {
    "gateway": ("api", "deliver"),
    "ingest": ("api", "work", "consume", "relay"),
    "linker": ("api", "consume", "relay"),
    "referrals": ("api", "consume", "relay"),
    "calendar": ("api", "consume", "relay"),
}
INNER = ("ingest", "linker", "referrals", "calendar")
STORES = ("gateway", *INNER)


@dataclass(frozen=True, slots=True)
class Process:
    """One role of one service. `url` is where it answers: the role `api` to all, any other to /metrics alone."""

    service: str
    role: str
    settings: Mapping[str, str]
    url: str | None = None

    @property
    def name(self) -> str:
        return f"{self.service}-{self.role}"

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", f"services.{self.service}", self.role]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is. `ports` are by the names of processes; that of `gateway-api` is the public one."""

    data: Path
    partnership: Path
    ports: Mapping[str, int]
    outside: JoinedUpSettings

    @property
    def url(self) -> str:
        return self._url("gateway-api")

    @property
    def log_url(self) -> str:
        return self.outside.log_url or f"embedded://{self.data}/log.db"

    @property
    def log_name(self) -> str:
        return "kafka" if self.outside.log_url else "embedded"

    @property
    def store_name(self) -> str:
        return "postgresql" if self.outside.database_url else "sqlite"

    def database_url(self, service: str) -> str:
        return self.outside.database_url or f"sqlite:///{self.data}/{service}.db"

    @property
    def keys_url(self) -> str:
        return self.database_url("keys")

    def processes(self) -> tuple[Process, ...]:
        return tuple(self.process(service, role) for service, roles in ROLES.items() for role in roles)

    def migrations(self) -> tuple[Process, ...]:
        return tuple(self.process(service, "migrate") for service in STORES)

    def process(self, service: str, role: str) -> Process:
        prefix = service.upper()
        settings = {f"{prefix}_{name}": value for name, value in self._settings(service).items()}
        name = f"{service}-{role}"
        if name not in self.ports:
            return Process(service, role, settings)
        address = {f"{prefix}_HOST": HOST, f"{prefix}_PORT": str(self.ports[name])}
        return Process(service, role, settings | address, self._url(name))

    def _settings(self, service: str) -> dict[str, str]:
        settings = {
            "DATABASE_URL": self.database_url(service),
            "LOG_URL": self.log_url,
            "PARTNERSHIP_FILE": str(self.partnership),
            "AUTH_JWKS": self.outside.auth_jwks or f"{self.url}/.well-known/jwks.json",
            "AUTH_REVOCATIONS": "" if self.outside.auth_jwks else f"{self.url}/oauth/revocations",
            "GRACEFUL_SHUTDOWN_SECONDS": "3",
        }
        if self.outside.auth_issuer:
            settings["AUTH_ISSUER"] = self.outside.auth_issuer
        if self.outside.otlp_endpoint:
            settings["OTLP_ENDPOINT"] = self.outside.otlp_endpoint
        return settings | self._own(service)

    def _own(self, service: str) -> dict[str, str]:
        """What one service alone needs. Without an outside issuer the gateway hands out development tokens."""
        match service:
            case "gateway":
                profile = {"PROFILE": "production" if self.outside.auth_issuer else "demo", "DATA_DIR": str(self.data)}
                return profile | self._urls(*INNER)
            case "ingest":
                return {
                    "KEYS_URL": self.keys_url,
                    "LEASE_SECONDS": "5",
                }  # the only worker on this machine takes up again what it left
            case "linker":
                return {"KEYS_URL": self.keys_url}
            case "referrals":
                return {"KEYS_URL": self.keys_url} | self._urls("linker")
            case "calendar":
                return {"KEYS_URL": self.keys_url} | self._urls("linker", "referrals")
        return {}

    def _urls(self, *services: str) -> dict[str, str]:
        """The settings that say where these answer."""
        return {f"{name.upper()}_URL": self._url(f"{name}-api") for name in services}

    def _url(self, process: str) -> str:
        return f"http://{HOST}:{self.ports[process]}"


class CannotRun(Exception):
    """The folder, the port or the settings will not do; the message says what to change."""


def layout(data: Path, port: int, partnership: Path, outside: JoinedUpSettings) -> Layout:
    """A layout whose inner processes have ports that are free now; port 0 lets the public one be chosen too.

    Raises CannotRun.
    """
    if not _NOT_IN_URLS.isdisjoint(str(data.resolve())):
        raise CannotRun(f"The name of the data folder may not hold {' '.join(sorted(_NOT_IN_URLS))}: {data.resolve()}")
    if bool(outside.auth_issuer) != bool(outside.auth_jwks):
        raise CannotRun("Set JOINEDUP_AUTH_ISSUER and JOINEDUP_AUTH_JWKS both, or neither.")
    if not _is_free(port):
        raise CannotRun(f"Port {port} is taken. Give another with --port, or stop what listens there.")
    names = [f"{service}-{role}" for service, roles in ROLES.items() for role in roles]
    inner = [name for name in names if name != "gateway-api" or port == 0]
    ports = dict(zip(inner, free_ports(len(inner)), strict=True))
    return Layout(data.resolve(), partnership.resolve(), {"gateway-api": port, **ports}, outside)


def _is_free(port: int) -> bool:
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return False
    return True


def free_ports(count: int) -> list[int]:
    """Ports of this machine on which nothing listens just now, below those that it gives to whoever connects: one of
    those may be taken before its process comes to listen."""
    found: list[int] = []
    for port in SystemRandom().sample(_PORTS, len(_PORTS)):
        with suppress(OSError), socket.create_server((HOST, port)):
            found.append(port)
        if len(found) == count:
            return found
    raise CannotRun("This machine has no ports left.")

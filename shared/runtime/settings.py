"""Settings come from the environment, one prefix a service; nothing else reads it."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class ProcessSettings(BaseSettings):
    """What every process needs. A service's own class sets `env_prefix` and adds what it alone needs."""

    model_config = SettingsConfigDict(extra="ignore")

    log_url: str
    partnership_file: Path
    auth_issuer: str = "urn:joinedup:development"
    auth_audience: str = "joinedup"
    auth_jwks: str = ""
    auth_revocations: str = ""

    otlp_endpoint: str | None = None
    host: str = "127.0.0.1"
    port: int = 0
    graceful_shutdown_seconds: int = 5


class ServiceSettings(ProcessSettings):
    """What a service with a store of its own needs."""

    database_url: str

"""Settings come from the environment, one prefix a service; nothing else reads it."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class ProcessSettings(BaseSettings):
    """What every process needs. A service's own class sets `env_prefix` and adds what it alone needs."""

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True)  # a store's address has a password

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

    @property
    def issuer_missing(self) -> str | None:
        """What to set before anybody's token can be found good; None if it is set."""
        return None if self.auth_jwks else f"Set {self.model_config['env_prefix']}AUTH_JWKS to the issuer's keys."


class ServiceSettings(ProcessSettings):
    """What a service with a store of its own needs."""

    database_url: str

"""What the command line takes from the environment, with the prefix JOINEDUP_."""

import os
from collections.abc import Mapping

from pydantic_settings import BaseSettings, SettingsConfigDict


class JoinedUpSettings(BaseSettings):
    """Nothing set: SQLite files and the embedded log in the data folder, and our own issuer on loopback.

    `database_url` is one PostgreSQL database, a schema a service; `log_url` is `kafka://host:port`; `auth_issuer` with
    `auth_jwks` is an outside issuer, and then the gateway hands out no tokens itself.
    """

    model_config = SettingsConfigDict(env_prefix="JOINEDUP_", extra="ignore", hide_input_in_errors=True)

    database_url: str | None = None
    log_url: str | None = None
    auth_issuer: str | None = None
    auth_jwks: str | None = None
    otlp_endpoint: str | None = None
    token: str | None = None


def take_on(settings: Mapping[str, str]) -> None:
    """Put the settings into this process's own environment."""
    os.environ.update(settings)


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with `extra` on top: what a child process is given."""
    return {**os.environ, **extra}

"""Settings of the gateway, from the environment with the prefix GATEWAY_."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field, IPvAnyNetwork, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from services.gateway.domain.loopback import is_loopback
from services.gateway.domain.routes import Service
from shared.runtime.settings import ServiceSettings

MIB = 1024 * 1024


class Profile(StrEnum):
    """`demo` hands out tokens to whoever asks, so it exists on loopback only."""

    demo = "demo"
    production = "production"


class GatewaySettings(ServiceSettings):
    """`data_dir` keeps the keys that seal cursors and sessions and sign tokens and the audit log's anchors; replicas
    share it. `issuer_secrets`: what an issuer of the register, by its id, wants from our pages besides their client id.
    """

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", extra="ignore")

    profile: Profile = Profile.production
    data_dir: Path = Path(".var")
    ingest_url: str = "http://127.0.0.1:8401"
    linker_url: str = "http://127.0.0.1:8402"
    referrals_url: str = "http://127.0.0.1:8403"
    calendar_url: str = "http://127.0.0.1:8404"
    upstream_timeout_seconds: float = 60
    body_limit_bytes: int = 8 * MIB
    photo_limit_bytes: int = 16 * MIB
    upload_limit_bytes: int = 2048 * MIB
    ring_events: int = Field(default=10_000, ge=1)
    streams_per_agency: int = 100
    register_file: Path | None = None
    token_seconds: int = Field(default=600, ge=1, le=3600)
    dev_token_seconds: int = Field(default=900, ge=1, le=3600)
    session_seconds: int = Field(default=36_000, ge=1)
    session_idle_seconds: int = Field(default=3_600, ge=1)
    issuer_secrets: dict[str, SecretStr] = Field(default={})
    sign_ins_per_minute: int = Field(default=300, ge=1)
    client_requests_per_minute: int = Field(default=6_000, ge=1)
    agency_requests_per_minute: int = Field(default=30_000, ge=1)
    agency_requests_per_day: int = Field(default=3_000_000, ge=1)
    guesses_per_day: int = Field(default=500, ge=1)
    audit_anchor_entries: int = Field(default=1000, ge=1)
    audit_anchor_seconds: float = Field(default=60, gt=0)
    webhook_timeout_seconds: float = Field(default=20.0, gt=0, le=60)
    notices_kept_days: int = Field(default=7, ge=1)
    inside: tuple[IPvAnyNetwork, ...] = Field(default=("127.0.0.0/8", "::1/128"), validate_default=True)

    @model_validator(mode="after")
    def _demo_stays_at_home(self) -> "GatewaySettings":
        if self.profile is Profile.demo and not is_loopback(self.host):
            raise ValueError("GATEWAY_PROFILE=demo hands out tokens: set GATEWAY_HOST to 127.0.0.1, or another profile")
        return self

    @property
    def issues_tokens(self) -> bool:
        """Whether we are an issuer ourselves. Otherwise an outside one's tokens are taken as they are."""
        return self.profile is Profile.demo or self.register_file is not None

    @property
    def calls_loopback(self) -> bool:
        """Whether a webhook may be on this machine, and without TLS."""
        return self.profile is Profile.demo

    @property
    def issuer_missing(self) -> str | None:
        if self.issues_tokens or self.auth_jwks:
            return None
        return "Set GATEWAY_REGISTER_FILE, GATEWAY_AUTH_JWKS to the issuer's keys, or GATEWAY_PROFILE=demo."

    @property
    def upstreams(self) -> dict[Service, str]:
        return {
            Service.ingest: self.ingest_url,
            Service.linker: self.linker_url,
            Service.referrals: self.referrals_url,
            Service.calendar: self.calendar_url,
        }

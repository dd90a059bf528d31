"""Settings of referrals, from the environment with the prefix REFERRALS_."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings

_HERE = ("localhost", "127.0.0.1", "::1")


class Tls(StrEnum):
    starttls = "starttls"
    implicit = "implicit"
    none = "none"


class ReferralsSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="REFERRALS_", extra="ignore")

    keys_url: str = Field(description="The store of the keys under which what goes to ingest is sealed in the log")
    linker_url: str = Field(description="Where the linker answers, asked with the caller's own token")
    scan_command: str | None = Field(
        default=None, description="Reads a photograph on its standard input; exit status 0 is clean, 1 is not"
    )
    smtp_host: str | None = Field(default=None, description="Where e-mail goes out; none is sent unless it is set")
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_tls: Tls = Field(default=Tls.starttls, description="none on this machine only")
    smtp_user: str | None = None
    smtp_password_file: Path | None = None
    smtp_sender: str | None = Field(default=None, pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    digest_minutes: int = Field(default=60, gt=0, description="At most one e-mail an address in so long")
    clock_seconds: float = Field(default=30, gt=0, description="How often the clocks of referrals are looked at")

    @model_validator(mode="after")
    def _mail_is_whole(self) -> "ReferralsSettings":
        if self.smtp_host and not self.smtp_sender:
            raise ValueError("REFERRALS_SMTP_HOST needs REFERRALS_SMTP_SENDER, the address that e-mail comes from")
        if self.smtp_host and self.smtp_tls is Tls.none and self.smtp_host not in _HERE:
            raise ValueError("REFERRALS_SMTP_TLS=none is for a server on this machine: choose starttls or implicit")
        return self

"""Settings of referrals, from the environment with the prefix REFERRALS_."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class ReferralsSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="REFERRALS_", extra="ignore")

    linker_url: str = Field(description="Where the linker answers, asked with the caller's own token")
    scan_command: str | None = Field(
        default=None, description="Reads a photograph on its standard input; exit status 0 is clean, 1 is not"
    )
    clock_seconds: float = Field(default=30, gt=0, description="How often the clocks of referrals are looked at")

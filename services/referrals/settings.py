"""Settings of referrals, from the environment with the prefix REFERRALS_."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class ReferralsSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="REFERRALS_", extra="ignore")

    linker_url: str = Field(description="Where the linker answers, asked with the caller's own token")

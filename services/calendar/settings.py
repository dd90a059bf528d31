"""Settings of calendar, from the environment with the prefix CALENDAR_."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class CalendarSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="CALENDAR_", extra="ignore")

    keys_url: str = Field(description="The store of the keys under which what goes to ingest is sealed in the log")
    linker_url: str = Field(description="Where the linker answers, asked with the caller's own token")
    referrals_url: str = Field(description="Where referrals answers, asked with the caller's own token")

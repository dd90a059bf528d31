"""Settings of calendar, from the environment with the prefix CALENDAR_."""

from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class CalendarSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="CALENDAR_", extra="ignore")

"""Settings of the linker, from the environment with the prefix LINKER_."""

from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class LinkerSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="LINKER_", extra="ignore")

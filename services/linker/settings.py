"""Settings of the linker, from the environment with the prefix LINKER_."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class LinkerSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="LINKER_", extra="ignore")

    keys_url: str = Field(description="The store of the keys under which records are sealed in the log")

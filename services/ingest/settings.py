"""Settings of ingest, from the environment with the prefix INGEST_."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class IngestSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="INGEST_", extra="ignore")

    keys_url: str = Field(description="The store of the keys under which records are sealed in the log")
    max_upload_bytes: int = Field(default=2 * 1024**3, gt=0, description="Largest file, uploaded or pulled")
    rows_per_transaction: int = Field(default=1000, gt=0, le=5000)
    lease_seconds: float = Field(default=60, gt=0, description="A submission is another worker's after this silence")
    upkeep_seconds: float = Field(default=30, gt=0, description="How often pulls, silence and retention are looked at")
    pull_allow_private: bool = Field(default=False, description="Pull from private and loopback addresses too")
    pull_timeout_seconds: float = Field(default=60, gt=0, description="Longest wait for the next bytes of a pull")

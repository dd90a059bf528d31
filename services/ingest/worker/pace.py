"""How a worker goes about it."""

from dataclasses import dataclass
from datetime import timedelta

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Pace:
    """Rows a transaction, how long a submission stays a silent worker's own, seconds between looks at the clock's
    work, and the largest file to pull."""

    rows: int
    lease: timedelta
    upkeep_seconds: float
    max_file_bytes: int

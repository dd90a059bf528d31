"""What the audit log of a gateway over a SQLite file holds."""

import sqlite3
from contextlib import closing
from pathlib import Path

from services.gateway.domain.deed import Deed, read


def stored(folder: Path) -> list[Deed]:
    """Every entry of `gateway.db`, the oldest first."""
    with closing(sqlite3.connect(folder / "gateway.db")) as store:
        return [read(body) for (body,) in store.execute("SELECT body FROM audit_entry ORDER BY seq")]

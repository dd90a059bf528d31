"""The partnership's rules as they stand now: a change of the file is a change of who gets what, at once."""

import os
from datetime import date
from pathlib import Path

from shared.runtime.clock import today
from shared.runtime.errors import Forbidden, Unavailable
from shared.runtime.telemetry import log
from shared.sharing import Partnership, RulesUnreadable, View, load_partnership, views


class Rules:
    """Read at the start, which fails if the file is faulty, and again whenever it changes. While it is faulty, nobody
    gets anything: a rule that cannot be read cannot allow."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._partnership: Partnership | None = None
        self._stamp = self._look()
        self._views: tuple[date, tuple[View, ...]] | None = None
        self._partnership = load_partnership(file.read_text())

    def partnership(self) -> Partnership:
        """Raises Unavailable while the file is missing or faulty."""
        stamp = self._look()
        if stamp != self._stamp:
            self._stamp, self._views, self._partnership = stamp, None, self._read()
        if self._partnership is None:
            raise Unavailable("The sharing rules cannot be read.")
        return self._partnership

    def audiences(self) -> tuple[View, ...]:
        """The audiences of today."""
        partnership, day = self.partnership(), today()
        if self._views is None or self._views[0] != day:
            self._views = (day, views(partnership, day))
        return self._views[1]

    async def are_readable(self) -> bool:
        self.partnership()
        return True

    def has_agency(self, agency: str) -> bool:
        return any(member.id == agency for member in self.partnership().agencies)

    def require_agency(self, agency: str) -> None:
        if not self.has_agency(agency):
            raise Forbidden("Your agency is not in this partnership.")

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = os.stat(self._file)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> Partnership | None:
        try:
            return load_partnership(self._file.read_text())
        except (OSError, ValueError, RulesUnreadable) as error:
            log(__name__).error("rules_unreadable", error=type(error).__name__)
            return None

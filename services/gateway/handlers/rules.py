"""The partnership's rules as they stand now: a change of the file is a change of who gets what, at once."""

from datetime import date
from pathlib import Path

from shared.runtime.clock import today
from shared.runtime.errors import Forbidden
from shared.runtime.reread import Reread
from shared.sharing import Partnership, View, load_partnership, views


class Rules:
    """While the file is faulty, nobody gets anything: a rule that cannot be read cannot allow."""

    def __init__(self, file: Path) -> None:
        self._file = Reread(file, load_partnership)
        self._views: tuple[date, Partnership, tuple[View, ...]] | None = None
        self._view_of: dict[str, str] = {}

    def partnership(self) -> Partnership:
        """Raises Unavailable while the file is missing or faulty."""
        return self._file.current()

    def audiences(self) -> tuple[View, ...]:
        """The audiences of today."""
        partnership, day = self.partnership(), today()
        if self._views is None or self._views[0] != day or self._views[1] is not partnership:
            self._views = (day, partnership, views(partnership, day))
            self._view_of = {agency: view.id for view in self._views[2] for agency in view.agencies}
        return self._views[2]

    def view_of(self, agency: str) -> str:
        """The id of the agency's audience of today; "" for one that has none."""
        self.audiences()
        return self._view_of.get(agency, "")

    async def are_readable(self) -> bool:
        self.partnership()
        return True

    def has_agency(self, agency: str) -> bool:
        return any(member.id == agency for member in self.partnership().agencies)

    def require_agency(self, agency: str) -> None:
        if not self.has_agency(agency):
            raise Forbidden("Your agency is not in this partnership.")

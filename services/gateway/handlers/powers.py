"""Under which legal gateways an agency's views hold records of others, as the sharing rules stand today."""

from datetime import date

from services.gateway.handlers.rules import Rules
from shared.runtime.clock import today
from shared.sharing import Partnership, decide


class Powers:
    """Worked out once a day, and whenever the rules change."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._of: tuple[date, Partnership] | None = None
        self._found: dict[str, tuple[str, ...]] = {}

    def of(self, agency: str) -> tuple[str, ...]:
        """Ids of legal gateways, sorted. Raises Unavailable while the rules cannot be read."""
        now = today(), self._rules.partnership()
        if self._of is None or self._of[0] != now[0] or self._of[1] is not now[1]:
            self._of, self._found = now, {}
        if agency not in self._found:
            self._found[agency] = self._work_out(agency, *now)
        return self._found[agency]

    def _work_out(self, agency: str, day: date, partnership: Partnership) -> tuple[str, ...]:
        seen = [view.visible for view in self._rules.audiences() if agency in view.agencies]
        grants = (
            decide(agency, partnership.stream_purpose, owner, category, day, partnership)
            for visible in seen
            for owner, category in visible
        )
        return tuple(sorted({gateway.id for grant in grants if grant for gateway in grant.under}))

    @property
    def purpose(self) -> str:
        """The purpose of those views, for a caller whose token states none."""
        return self._rules.partnership().stream_purpose

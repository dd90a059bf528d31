"""Under which legal gateways an agency's views hold records of others, as the sharing rules stand today."""

from collections.abc import Iterable, Mapping
from datetime import date

from services.gateway.handlers.rules import Rules
from shared.runtime.clock import today
from shared.sharing import Partnership, decide


class Powers:
    """Worked out once a day, and whenever the rules change."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._of: tuple[date, Partnership] | None = None
        self._found: dict[str, Mapping[str, frozenset[str]]] = {}

    def of(self, agency: str, owners: Iterable[str] | None = None) -> tuple[str, ...]:
        """Ids of legal gateways, sorted: of those by which `owners` share with `agency`, or everybody does if it is not
        known whose records they are. Raises Unavailable while the rules cannot be read."""
        now = today(), self._rules.partnership()
        if self._of is None or self._of[0] != now[0] or self._of[1] is not now[1]:
            self._of, self._found = now, {}
        if agency not in self._found:
            self._found[agency] = self._work_out(agency, *now)
        by_owner = self._found[agency]
        return tuple(sorted(frozenset[str]().union(*(by_owner.get(one, ()) for one in owners or by_owner))))

    def _work_out(self, agency: str, day: date, partnership: Partnership) -> Mapping[str, frozenset[str]]:
        """By owner."""
        found: dict[str, frozenset[str]] = {}
        for view in self._rules.audiences():
            for owner, category in view.visible if agency in view.agencies else ():
                grant = decide(agency, partnership.stream_purpose, owner, category, day, partnership)
                under = (gateway.id for gateway in grant.under) if grant else ()
                found[owner] = found.get(owner, frozenset()).union(under)
        return found

    @property
    def purpose(self) -> str:
        """The purpose of those views, for a caller whose token states none."""
        return self._rules.partnership().stream_purpose

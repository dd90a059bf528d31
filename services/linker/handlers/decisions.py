"""Taking down what a person decides about two records, and what follows from it, in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.linker.domain.decide import Decision, Verdict, decide
from services.linker.domain.views import Policies
from services.linker.handlers.filling import standing_views
from services.linker.handlers.restate import restate
from services.linker.store import decisions, findings, graph, holdings
from services.linker.store.holdings import audience_number
from shared.runtime import clock
from shared.runtime.errors import Conflict, Forbidden, NotFound, Unavailable
from shared.runtime.session import Session
from shared.sharing import DECISIONS, View

_SHORTLY = {"Retry-After": "2"}


@dataclass(frozen=True, slots=True)
class Decider:
    """A person of an agency, and what that agency sees."""

    agency: str
    person: str
    view: View


@dataclass(frozen=True, slots=True)
class Taken:
    """`new` is False where the same was decided before."""

    decision: Decision
    new: bool


def take(
    session: Session, policies: Policies, who: Decider, pair: tuple[str, str], verdict: Verdict, reason: str
) -> Taken:
    """Raises NotFound unless `who` sees both records, Unavailable during a rebuild."""
    graph.lock(session)
    return _make(session, policies, who, pair, _numbers(session, who, pair), verdict, reason)


def withdraw(session: Session, policies: Policies, who: Decider, decision_id: str, reason: str) -> Taken:
    """Take a decision back. Raises NotFound for one that `who` does not see, Forbidden for another agency's, Conflict
    for one that no longer counts."""
    graph.lock(session)
    made = decisions.one(session, decision_id)
    if made is None or not who.view.sees(made.agency, DECISIONS):
        raise NotFound
    numbers = _numbers(session, who, made.pair)
    if made.agency != who.agency:
        raise Forbidden("Only the agency that decided can take it back.")
    current = _latest(session, who.agency, numbers)
    if current and current.supersedes == decision_id and current.verdict is Verdict.withdrawn:
        return Taken(current, new=False)
    if current != made or made.verdict is Verdict.withdrawn:
        raise Conflict("It no longer counts: your agency decided again since.")
    return _make(session, policies, who, made.pair, numbers, Verdict.withdrawn, reason)


def _make(
    session: Session,
    policies: Policies,
    who: Decider,
    pair: tuple[str, str],
    numbers: tuple[int, int],
    verdict: Verdict,
    reason: str,
) -> Taken:
    current = _latest(session, who.agency, numbers)
    made = decide(pair, verdict, who.agency, who.person, reason, clock.utc_now(), current)
    if made is current:
        return Taken(made, new=False)
    decisions.put_decision(session, made, numbers)
    _restate(session, policies, made, numbers)
    return Taken(made, new=True)


def _restate(session: Session, policies: Policies, made: Decision, numbers: Iterable[int]) -> None:
    """Only for the audiences that see the decision: to the others nothing may happen, not even that a day's decay is
    told earlier."""
    rows = holdings.audiences(session)
    if any(row.rebuilding for row in rows):
        raise Unavailable("The graph is being rebuilt; try again shortly.", headers=_SHORTLY)
    views = [view for view in standing_views(rows) if view.sees(made.agency, DECISIONS)]
    findings.note(session, restate(session, set(numbers), views, policies, clock.today(), {}))


def _numbers(session: Session, who: Decider, pair: tuple[str, str]) -> tuple[int, int]:
    """Of the two records, in the order of their ids."""
    seen = decisions.seen(session, audience_number(who.view.id), pair)
    if len(seen) < 2:
        raise NotFound
    return seen[min(pair)], seen[max(pair)]


def _latest(session: Session, agency: str, numbers: tuple[int, int]) -> Decision | None:
    made = decisions.on_pair(session, numbers, agency)
    return max(made, key=lambda one: (one.decided_at, one.decision_id), default=None)

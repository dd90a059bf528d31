"""What a visit came to, for the officer whose card led to it: a penalty, or nothing found, a year on as well.

Source: seed Box 2 and A3 ("not yet known"); L-intel. What the officer's agency may be told is decided when it reads.
"""

from collections.abc import Awaitable, Callable, Sequence

from services.referrals.handlers.saying import say_feedback
from services.referrals.handlers.sight import may_have
from services.referrals.store import referrals
from shared.contracts.envelope import Event
from shared.contracts.events.calendar import VisitOutcome
from shared.runtime.db import Tx
from shared.runtime.reread import Reread
from shared.sharing import OUTCOMES, Partnership

STEP = "visit"


def visited(rules: Reread[Partnership]) -> Callable[[Sequence[Event[VisitOutcome]], Tx], Awaitable[None]]:
    """The handler of these events, under the rules as they stand when one comes."""

    async def handle(events: Sequence[Event[VisitOutcome]], tx: Tx) -> None:
        for event in events:
            for referral in event.data.referrals:
                await _note(tx, event, referral, rules.current())

    return handle


async def _note(tx: Tx, event: Event[VisitOutcome], referral: str, partnership: Partnership) -> None:
    """One that the agency was never sent is none that its visit answers."""
    outcome, row = event.data, await referrals.find(tx.connection, referral)
    if row is None or row.to_agency != outcome.visit_agency:
        return
    await referrals.note(
        tx.connection,
        row.id,
        at=event.time,
        agency=outcome.agency,
        person=None,
        step=STEP,
        state=row.state,
        words=said(outcome),
        feedback=None,
    )
    if may_have(row.from_agency, row.purpose, outcome.agency, OUTCOMES, partnership):
        say_feedback(tx, row, outcome.agency, None, late=row.closed_at is not None)


def said(outcome: VisitOutcome) -> str:
    kind, day = outcome.kind.replace("_", " "), outcome.found_on
    since = ", taken back since" if outcome.taken_back else ""
    return f"{kind.capitalize()} ({outcome.regime.replace('-', ' ')}), {day.day} {day:%B %Y}{since}"

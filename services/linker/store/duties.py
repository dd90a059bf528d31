"""What of the linker's tables people wrote: the reasons of their decisions. What they decided stays, erased or not."""

from sqlalchemy import exists

from services.linker.domain.decide import Verdict
from services.linker.store.tables import decision
from shared.contracts.api.duties import ItemKind
from shared.duties.kinds import Kind
from shared.sharing import DECISIONS

_later = decision.alias()

DECISION = Kind(
    name=ItemKind.link_decision,
    category=DECISIONS,
    table=decision,
    id=decision.c.decision_id,
    agency=decision.c.agency,
    touched=decision.c.decided_at,
    words=("reason",),
    left={"reason": "(erased)"},
    noted_by=decision.c.person,
    ongoing=(decision.c.verdict != Verdict.withdrawn.value)
    & ~exists().where(_later.c.supersedes == decision.c.decision_id),
)
KINDS = {DECISION.name: DECISION}

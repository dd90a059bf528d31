"""GET /v1/audit: who saw this, what came under this power, what did this person look at?"""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from services.gateway.api.audited import AUDIT_PATH
from services.gateway.api.caller import Auditor
from services.gateway.domain.cursor import BadCursor, Cursors
from services.gateway.domain.deed import read
from services.gateway.store import audit as log
from shared.contracts.api.audit import AuditEntry, AuditPage
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import SUBJECT_LENGTH
from shared.runtime.db import Database
from shared.runtime.errors import Invalid, Malformed

router = APIRouter(tags=["audit"])

Text = Annotated[str | None, Query(min_length=1, max_length=SUBJECT_LENGTH)]


class AuditDesk:
    """What the route works with. Cursors are sealed: an entry's number would tell how much others do."""

    def __init__(self, database: Database, key: bytes) -> None:
        self.database = database
        self.cursors = Cursors(key, "audit")


def _desk(request: Request) -> AuditDesk:
    desk: AuditDesk = request.app.state.audit
    return desk


def _asked(caller: Auditor, business: Text = None, record: Text = None,
           gateway: Text = None, person: Text = None) -> tuple[str, str]:  # fmt: skip
    """The kind of mention and its value; everything of the agency unless something is named."""
    given = [
        (kind, value)
        for kind, value in (("subject", business), ("subject", record), ("gateway", gateway), ("person", person))
        if value
    ]
    if len(given) > 1:
        raise Invalid(errors=[FieldProblem(field="query", code="one", remedy="Ask by one of the four at a time.")])
    return given[0] if given else ("agency", caller.agency)


@router.get(AUDIT_PATH, summary="Who saw this? What came under this power? What did this person look at?")
async def entries(
    caller: Auditor,
    asked: Annotated[tuple[str, str], Depends(_asked)],
    desk: Annotated[AuditDesk, Depends(_desk)],
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> AuditPage:
    """For auditors and information governance, of what their own agency's people and systems did: by `business`,
    `record`, `gateway` or `person`, or all of it. The log has ids, and no names or contents. This reading is in the log
    too."""
    before = _opened(desk, caller.agency, cursor) if cursor else None
    async with desk.database.read() as connection:
        found = await log.found(connection, caller.agency, *asked, before=before, limit=limit + 1)
    shown = found[:limit]
    more = desk.cursors.seal(caller.agency, {0: shown[-1].seq}) if len(found) > limit else None
    return AuditPage(entries=tuple(AuditEntry(**asdict(read(link.body))) for link in shown), next=more)


def _opened(desk: AuditDesk, agency: str, cursor: str) -> int:
    try:
        return desk.cursors.open(agency, cursor)[0]
    except (BadCursor, KeyError) as error:
        raise Malformed("The cursor is not one of this list; leave it out to begin with the newest.") from error

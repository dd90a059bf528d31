"""GET /v1/audit: who saw this, what came under this power, what did this person look at? And who else was shown this
record of ours?"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from services.gateway.api.audited import AUDIT_PATH
from services.gateway.api.caller import Auditor, CurrentRules
from services.gateway.clients import Feeds
from services.gateway.domain.chain import Link
from services.gateway.domain.cursor import BadCursor, Cursors
from services.gateway.domain.deed import ASKED, SHOWN, read
from services.gateway.domain.told import told
from services.gateway.store import audit as log
from services.gateway.store.audit import Wanted
from shared.contracts.api.audit import AuditEntry, AuditPage, DisclosurePage
from shared.contracts.identifiers import record_id
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import SUBJECT_LENGTH
from shared.runtime.db import Database
from shared.runtime.errors import Invalid, Malformed, NotFound
from shared.runtime.web import problems

router = APIRouter(tags=["audit"])

Text = Annotated[str | None, Query(min_length=1, max_length=SUBJECT_LENGTH)]
FeedName = Annotated[str, Query(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Reference = Annotated[str, Query(min_length=1, max_length=500, description="As your own rows have it")]


class AuditDesk:
    """What the routes work with. Cursors are sealed: an entry's number would tell how much others do."""

    def __init__(self, database: Database, key: bytes, feeds: Feeds) -> None:
        self.database = database
        self.feeds = feeds
        self.entries = Cursors(key, "audit")
        self.disclosures = Cursors(key, "disclosures")


def _desk(request: Request) -> AuditDesk:
    desk: AuditDesk = request.app.state.audit
    return desk


AtDesk = Annotated[AuditDesk, Depends(_desk)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of so many begins."""

    limit: int
    cursor: str | None

    async def page(
        self, desk: AuditDesk, agency: str, cursors: Cursors, wanted: Wanted
    ) -> tuple[Sequence[Link], str | None]:
        """The page, and the cursor of the next. Raises Malformed."""
        before = self._before(agency, cursors)
        await log.index_all(desk.database)
        async with desk.database.read() as connection:
            found = await log.found(connection, wanted, before=before, limit=self.limit + 1)
        shown = found[: self.limit]
        return shown, cursors.seal(agency, {0: shown[-1].seq}) if len(found) > self.limit else None

    def _before(self, agency: str, cursors: Cursors) -> int | None:
        try:
            return cursors.open(agency, self.cursor)[0] if self.cursor else None
        except (BadCursor, KeyError) as error:
            raise Malformed("The cursor is not one of this list; leave it out to begin with the newest.") from error


def _place(
    limit: Annotated[int, Query(ge=1, le=200)] = 50, cursor: Annotated[str | None, Query(max_length=400)] = None
) -> Place:
    return Place(limit, cursor)


AtPlace = Annotated[Place, Depends(_place)]


def _asked(caller: Auditor, business: Text = None, record: Text = None,
           gateway: Text = None, person: Text = None) -> Wanted:  # fmt: skip
    """Everything of the agency unless something is named."""
    named = {"business": business, "record": record, "gateway": gateway, "person": person}
    given = [(name, value) for name, value in named.items() if value]
    if len(given) > 1:
        raise Invalid(errors=[FieldProblem(field="query", code="one", remedy="Ask by one of the four at a time.")])
    name, value = given[0] if given else ("agency", caller.agency)
    return Wanted((caller.agency,), (ASKED, SHOWN) if name in ("business", "record") else (name,), value)


@router.get(AUDIT_PATH, summary="Who saw this? What came under this power? What did this person look at?")
async def entries(
    caller: Auditor, asked: Annotated[Wanted, Depends(_asked)], desk: AtDesk, place: AtPlace
) -> AuditPage:
    """For auditors and information governance, of what their own agency's people and systems did: by `business`,
    `record`, `gateway` or `person`, or all of it. The log has ids, and no names or contents. This reading is in the log
    too."""
    shown, more = await place.page(desk, caller.agency, desk.entries, asked)
    return AuditPage(entries=tuple(AuditEntry(**asdict(read(link.body))) for link in shown), next=more)


@router.get(f"{AUDIT_PATH}/disclosures", responses=problems(404), summary="Who else was shown this record of ours?")
async def disclosures(
    request: Request, caller: Auditor, rules: CurrentRules, feed: FeedName, ref: Reference, desk: AtDesk, place: AtPlace
) -> DisclosurePage:
    """For auditors and information governance, of a record that their own agency sent: each time that an answer to
    somebody of another partner named it. Lists and streams that name only a business of which it is a part are not
    here."""
    if not await desk.feeds.are_of(request.headers["authorization"], feed):
        raise NotFound
    partnership = rules.partnership()
    others = tuple(agency.id for agency in partnership.agencies if agency.id != caller.agency)
    wanted = Wanted(others, (SHOWN,), record_id(feed, ref))
    shown, more = await place.page(desk, caller.agency, desk.disclosures, wanted)
    seen = tuple(told(read(link.body), caller.agency, partnership) for link in shown)
    return DisclosurePage(disclosures=seen, next=more)

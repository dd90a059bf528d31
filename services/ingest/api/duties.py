"""Ingest's part of what an agency owes the people whom its records name."""

from functools import partial

from services.ingest.handlers.requests import decide_request
from services.ingest.handlers.subject_access import subject_access
from services.ingest.store.tables import duties
from shared.contracts.api.duties import DataRequest, NewDataRequest
from shared.duties.api import DutyDesk, duties_router
from shared.runtime.auth import Principal
from shared.runtime.db import Database, Tx
from shared.runtime.reread import Reread
from shared.sharing import Partnership

router = duties_router("ingest")


def desk(database: Database, rules: Reread[Partnership]) -> DutyDesk:
    return DutyDesk(database, rules, duties, subject_access, partial(_decide, database))


async def _decide(
    database: Database, tx: Tx, principal: Principal, asked: NewDataRequest, _partnership: Partnership
) -> DataRequest:
    """Each feed says itself under which law its records are processed."""
    return await decide_request(database, tx, principal, asked)

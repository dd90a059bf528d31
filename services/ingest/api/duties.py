"""Ingest's part of what an agency owes the people whom its records name."""

from functools import partial

from services.ingest.handlers.requests import decide_request
from services.ingest.handlers.subject_access import subject_access
from services.ingest.store.tables import duties
from shared.duties.api import DutyDesk, duties_router
from shared.runtime.db import Database
from shared.runtime.reread import Reread
from shared.sharing import Partnership

router = duties_router("ingest")


def desk(database: Database, rules: Reread[Partnership]) -> DutyDesk:
    return DutyDesk(database, rules, duties, subject_access, partial(decide_request, database))

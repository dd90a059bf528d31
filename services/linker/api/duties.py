"""The linker's part of what an agency owes the people whom its own people wrote of."""

from services.linker.handlers.duties import KEEPER
from shared.duties.api import DutyDesk, desk_of, duties_router
from shared.runtime.db import Database
from shared.runtime.reread import Reread
from shared.sharing import Partnership

router = duties_router("linker")


def desk(database: Database, rules: Reread[Partnership]) -> DutyDesk:
    return desk_of(database, rules, KEEPER)

"""The only place of calendar that builds things."""

from fastapi import FastAPI

from services.calendar.api import ROUTERS, Desk
from services.calendar.clients import Linker, Referrals
from services.calendar.domain.policy import shipped
from services.calendar.settings import CalendarSettings
from services.calendar.store.tables import metadata
from shared.runtime.auth import verifier_for
from shared.runtime.db import Database
from shared.runtime.migrate import is_current
from shared.runtime.reread import Reread
from shared.runtime.web import create_app
from shared.sharing import load_partnership


def database(settings: CalendarSettings) -> Database:
    return Database(settings.database_url, schema=str(metadata.schema))


def api(settings: CalendarSettings, linker: Linker | None = None, referrals: Referrals | None = None) -> FastAPI:
    """`linker` and `referrals` are those at the addresses that the settings name, unless given."""
    db, graph = database(settings), linker or Linker.at(settings.linker_url)
    library = referrals or Referrals.at(settings.referrals_url)
    app = create_app(
        "calendar",
        "Planned visits, deconfliction, joint visits and outcomes.",
        verifier=verifier_for(settings),
        routers=ROUTERS,
        ready={"store": lambda: is_current(db)},
        close=(graph.close, library.close, db.close),
    )
    app.state.desk = Desk(db, Reread(settings.partnership_file, load_partnership), graph, library, shipped())
    return app

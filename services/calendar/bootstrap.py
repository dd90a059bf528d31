"""The only place of calendar that builds things."""

from fastapi import FastAPI

from services.calendar.api import ROUTERS
from services.calendar.settings import CalendarSettings
from services.calendar.store.tables import metadata
from shared.runtime.auth import verifier_for
from shared.runtime.db import Database
from shared.runtime.migrate import is_current
from shared.runtime.web import create_app


def database(settings: CalendarSettings) -> Database:
    return Database(settings.database_url, schema=str(metadata.schema))


def api(settings: CalendarSettings) -> FastAPI:
    db = database(settings)
    return create_app(
        "calendar",
        "Planned visits, deconfliction, joint visits and outcomes.",
        verifier=verifier_for(settings),
        routers=ROUTERS,
        ready={"store": lambda: is_current(db)},
        close=(db.close,),
    )

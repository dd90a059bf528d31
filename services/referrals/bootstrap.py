"""The only place of referrals that builds things."""

from fastapi import FastAPI

from services.referrals.api import ROUTERS
from services.referrals.settings import ReferralsSettings
from services.referrals.store.tables import metadata
from shared.runtime.auth import verifier_for
from shared.runtime.db import Database
from shared.runtime.migrate import is_current
from shared.runtime.web import create_app


def database(settings: ReferralsSettings) -> Database:
    return Database(settings.database_url, schema=str(metadata.schema))


def api(settings: ReferralsSettings) -> FastAPI:
    db = database(settings)
    return create_app(
        "referrals",
        "Concern cards, referrals, feedback and requests for information.",
        verifier=verifier_for(settings),
        routers=ROUTERS,
        ready={"store": lambda: is_current(db)},
        close=(db.close,),
    )

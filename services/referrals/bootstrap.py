"""The only place of referrals that builds things."""

from fastapi import FastAPI

from services.referrals.api import ROUTERS
from services.referrals.api.dependencies import Referrals
from services.referrals.settings import ReferralsSettings
from services.referrals.store.tables import metadata
from shared.runtime.auth import verifier_for
from shared.runtime.db import Database
from shared.runtime.migrate import is_current
from shared.runtime.reread import Reread
from shared.runtime.web import create_app
from shared.sharing import Partnership, load_partnership


def database(settings: ReferralsSettings) -> Database:
    return Database(settings.database_url, schema=str(metadata.schema))


def rules(settings: ReferralsSettings) -> Reread[Partnership]:
    return Reread(settings.partnership_file, load_partnership)


def api(settings: ReferralsSettings) -> FastAPI:
    db = database(settings)
    app = create_app(
        "referrals",
        "Concern cards, referrals, feedback and requests for information.",
        verifier=verifier_for(settings),
        routers=ROUTERS,
        ready={"store": lambda: is_current(db)},
        close=(db.close,),
    )
    app.state.referrals = Referrals(db, rules(settings))
    return app

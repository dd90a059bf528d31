"""Which model is in force: what the store says at the moment, with models read from it once a process."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.assess import RiskPolicies
from services.linker.domain.model import Model, default_model, load_model, shipped_model
from services.linker.domain.model_file import read_model_file
from services.linker.domain.switching import Standing, Switch, emptied
from services.linker.domain.views import Policies
from services.linker.store import models
from shared.runtime import clock
from shared.runtime.session import Session


class Shelf:
    """Published models beside the policies of risk."""

    def __init__(self, risk: RiskPolicies) -> None:
        self.risk = risk
        self._read: dict[str, Model] = {}

    def policies(self, session: Session) -> Policies:
        """Those in force, to be asked for in each transaction: they may change between two."""
        now = standing(session)
        switch = Switch(self._model(session, now.other), now.phase) if now.other and now.phase else None
        return Policies(self._model(session, now.in_force), self.risk, switch)

    async def model(self, connection: AsyncConnection) -> Model:
        """The model in force, as this connection sees it."""
        now = await models.read_standing(connection)
        if now is None:
            return default_model()
        if now.in_force not in self._read:
            self._read[now.in_force] = load_model(await models.read_body(connection, now.in_force) or b"")
        return self._read[now.in_force]

    def _model(self, session: Session, version: str) -> Model:
        if version not in self._read:
            self._read[version] = load_model(models.body(session, version) or b"")
        return self._read[version]


def publish(session: Session, file: bytes) -> str:
    """Its version. Raises ValueError for a file that is no model, or whose version stands for another."""
    version = read_model_file(file).version
    held = models.body(session, version)
    if held is None:
        models.put_model(session, version, file, clock.utc_now())
    elif held != file:
        raise ValueError(f"version: {version} is published already, and is another model; give this one another name")
    return version


def standing(session: Session) -> Standing:
    """On the first call ever, the shipped model is published and in force."""
    found = models.standing(session)
    if found is None:
        found = Standing(publish(session, shipped_model()))
        models.put_standing(session, found)
    return found


def begin_again(session: Session) -> None:
    """The graph was emptied: a switch that is under way begins again."""
    models.forget_moved(session)
    models.put_standing(session, emptied(standing(session)))

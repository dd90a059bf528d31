"""Models other than the shipped one, and going over to them."""

import orjson

from services.linker.domain.model import digest, shipped_model
from services.linker.handlers.models import advance, switch
from services.linker.handlers.shelf import publish
from shared.runtime import clock
from tests.integration.linker.world import World


def model(version: str, *hubs: str, **clustering: float) -> bytes:
    """The shipped one under another name, with these hubs and these numbers of its clustering."""
    raw = orjson.loads(shipped_model())
    raw["version"] = version
    raw["clustering"].update(clustering)
    raw["hub_digests"] = [digest(version, hub) for hub in hubs]
    return orjson.dumps(raw)


STRICT = model("strict", threshold=60.0, upper=60.0, sure=60.0)  # links nothing


async def wanted(world: World, file: bytes) -> str:
    """Its version, published and being switched to."""
    version = await world.database.run(lambda session: publish(session, file))
    await world.database.run(lambda session: switch(session, version))
    return version


async def until_done(world: World) -> None:
    while await advance(world.database, world.resolver.shelf, clock.today()):
        pass

"""What was noted before a migration is done after it."""

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text

from shared.runtime.migrate import config
from tests.integration.linker.test_catching_up import words
from tests.integration.linker.world import ONE_AUDIENCE, World, received, record


async def migrate(world: World, move: Callable[[Config, str], None], version: str) -> None:
    def bring(connection: Connection) -> None:
        alembic = config("linker")
        alembic.attributes["connection"] = connection
        move(alembic, version)

    async with world.database.write_engine.begin() as connection:
        await connection.run_sync(bring)


async def test_words_that_were_behind_before_traits_could_be_are_put_in_place_after(world: World) -> None:
    await world.settle(ONE_AUDIENCE)
    await world.take(received("council", "1", record("Golden Chicken")))
    expected = await words(world)
    await migrate(world, command.downgrade, "0006")
    async with world.database.write_engine.begin() as connection:
        schema = "" if world.database.is_sqlite else "linker."
        await connection.execute(text(f"DELETE FROM {schema}posting WHERE word = 'golden'"))
        await connection.execute(text(f"UPDATE {schema}posting SET word = 'silver' WHERE word = 'chicken'"))
        had = "SELECT source, record FROM {0}posting WHERE word = 'silver'"
        ((source, number),) = (await connection.execute(text(had.format(schema)))).all()
        due = f"""INSERT INTO {schema}wording_due (record, had) VALUES ({number}, '[[{source}, "silver"]]')"""
        await connection.exec_driver_sql(due)
    await migrate(world, command.upgrade, "head")
    await world.catch_up()
    assert await words(world) == expected


async def test_the_id_of_a_mention_is_in_no_index_of_its_own(world: World) -> None:
    async with world.database.read() as connection:
        schema = None if world.database.is_sqlite else "linker"
        found = await connection.run_sync(lambda inner: inspect(inner).get_unique_constraints("mention", schema))
        others = await connection.run_sync(lambda inner: inspect(inner).get_indexes("mention", schema))
    assert [*found, *others] == []

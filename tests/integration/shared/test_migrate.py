"""Each service's store is brought to its newest version, by however many processes at once, and its models agree."""

import asyncio
from collections import Counter
from importlib import import_module
from pkgutil import iter_modules

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Index, MetaData, inspect

from shared.runtime.db import Database
from shared.runtime.migrate import config, is_current, migrate

SERVICES = ("gateway", "ingest", "linker", "referrals", "calendar")


@pytest.fixture(params=SERVICES)
async def store(request, store_url):
    database = Database(store_url, request.param)
    yield database
    await database.close()


async def test_an_empty_store_becomes_current_and_stays_so(store):
    await migrate(store)
    assert await is_current(store)
    await migrate(store)
    assert await is_current(store)


async def test_what_was_made_is_taken_away_to_the_last_table_and_made_again(store):
    await migrate(store)
    async with store.write_engine.begin() as connection:
        await connection.run_sync(downgraded, store.schema)
        assert await connection.run_sync(tables, store) == {"alembic_version"}
    await migrate(store)
    assert await is_current(store)


def downgraded(connection: Connection, service: str) -> None:
    alembic = config(service)
    alembic.attributes["connection"] = connection
    command.downgrade(alembic, "base")


def tables(connection: Connection, store: Database) -> set[str]:
    return set(inspect(connection).get_table_names(None if store.is_sqlite else store.schema))


async def test_several_processes_may_migrate_at_once(store_url):
    databases = [Database(store_url, service) for service in ("referrals", "referrals", "referrals")]
    await asyncio.gather(*(asyncio.to_thread(asyncio.run, migrate_and_close(database)) for database in databases))
    check = Database(store_url, "referrals")
    assert await is_current(check)
    await check.close()


async def migrate_and_close(database: Database) -> None:
    await migrate(database)
    await database.close()


async def test_a_store_that_was_never_migrated_is_not_current(store):
    assert not await is_current(store)


async def test_services_share_a_postgresql_database_without_meeting(store_url):
    if store_url.startswith("sqlite"):
        return
    for service in SERVICES:
        await migrate_and_close(Database(store_url, service))
    for service in SERVICES:
        database = Database(store_url, service)
        assert await is_current(database)
        await database.close()


async def test_the_tables_columns_and_indexes_are_those_of_the_models(store):
    await migrate(store)
    async with store.write_engine.connect() as connection:
        assert not await connection.run_sync(differences, store)


def differences(connection: Connection, store: Database) -> list[str]:
    """What the migrations made and the models do not say, or the other way round; names of indexes apart."""
    if store.is_sqlite:
        there = tables(connection, store) - {"alembic_version"}
        return sorted(there ^ {table.name for table in models(store.schema).tables.values()})
    options = {
        "include_schemas": True,
        "include_name": lambda name, kind, _: kind != "schema" or name == store.schema,
        "version_table_schema": store.schema,
    }
    found = compare_metadata(MigrationContext.configure(connection, opts=options), models(store.schema))
    indexes = Counter(covered(change[1]) for change in found if change[0] in ("add_index", "remove_index"))
    others = [str(change) for change in found if change[0] not in ("add_index", "remove_index")]
    return others + [index for index, times in indexes.items() if times % 2]


def covered(index: Index) -> str:
    columns = [str(column).rpartition(".")[2] for column in index.expressions]
    return f"{index.table.name}({', '.join(columns)})"


def models(service: str) -> MetaData:
    store = import_module(f"services.{service}.store")
    for module in iter_modules(getattr(store, "__path__", ())):
        import_module(f"{store.__name__}.{module.name}")
    found: MetaData = getattr(store, "metadata", None) or import_module(f"services.{service}.store.tables").metadata
    return found

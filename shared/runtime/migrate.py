"""Alembic, one version folder and one version table a service, on SQLite and PostgreSQL.

PostgreSQL: the service's schema is made first, an advisory lock lets one migration run at a time, and a lock timeout
keeps a migration from queueing behind a long query and stopping the service.
"""

import asyncio
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.runtime.db import Database


def config(service: str) -> Config:
    alembic = Config()
    alembic.set_main_option("script_location", f"services.{service}:migrations")
    alembic.set_main_option("path_separator", "os")
    return alembic


async def migrate(database: Database) -> None:
    """Bring the service's store to the newest version; safe to call from several processes at once."""
    service = database.schema
    with _file_lock(database):
        async with database.write_engine.connect() as connection:
            if not database.is_sqlite:
                await connection.execute(text("SELECT pg_advisory_lock(hashtext('joinedup migrate'))"))
                await connection.execute(text("SET lock_timeout = '5s'"))  # not for this lock, which others hold long
                await make_schema(connection, service)
                await connection.commit()
            await connection.run_sync(_upgrade, service)
            await connection.commit()
            if not database.is_sqlite:
                await connection.invalidate()


async def make_schema(connection: AsyncConnection, service: str) -> None:
    """Only if it is missing: a service's own role may use its schema and may not make one."""
    exists = text("SELECT 1 FROM pg_namespace WHERE nspname = :name").bindparams(name=service)
    if (await connection.execute(exists)).first() is None:
        await connection.execute(text(f'CREATE SCHEMA "{service}"'))


async def is_current(database: Database) -> bool:
    """Whether the store has the newest version: what readiness asks."""
    head = ScriptDirectory.from_config(config(database.schema)).get_current_head()
    async with database.read() as connection:
        return bool(await connection.run_sync(_version, database) == head)


def run_env(metadata: MetaData) -> None:
    """The whole of a service's `migrations/env.py`."""
    connection: Connection = context.config.attributes["connection"]
    schema = None if connection.dialect.name == "sqlite" else metadata.schema
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema=schema,
        render_as_batch=schema is None,
        include_schemas=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _upgrade(connection: Connection, service: str) -> None:
    alembic = config(service)
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, "head")


def _version(connection: Connection, database: Database) -> Any:
    opts = {} if database.is_sqlite else {"version_table_schema": database.schema}
    return MigrationContext.configure(connection, opts=opts).get_current_revision()


@contextmanager
def _file_lock(database: Database) -> Iterator[None]:
    if not database.is_sqlite:
        yield
        return
    path = Path(f"{database.url.database}.migrate.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def run(database: Database) -> None:
    """For a process whose role is `migrate`."""

    async def go() -> None:
        try:
            await migrate(database)
        finally:
            await database.close()

    asyncio.run(go())

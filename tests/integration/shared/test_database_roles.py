"""deploy/postgres/roles.sql: each service migrates and uses its own schema, and cannot read another's."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine

from shared.runtime.db import Database
from shared.runtime.migrate import is_current, migrate

ROLES = Path(__file__).parents[3] / "deploy" / "postgres" / "roles.sql"
pytestmark = pytest.mark.postgres


async def with_roles(url: str, suffix: str) -> None:
    """Runs the shipped file; roles are of the whole server, so each test's have names of their own."""
    statements = re.sub(r"--.*", "", ROLES.read_text()).split(";")
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        for statement in filter(str.strip, statements):
            named = re.sub(r"(ROLE|AUTHORIZATION) (\w+)", rf"\1 \2{suffix}", statement)
            await connection.execute(text(re.sub(r":'\w+'", "'secret'", named)))
    await engine.dispose()


def as_role(url: str, role: str, schema: str) -> Database:
    return Database(re.sub(r"//postgres@", f"//{role}:secret@", url), schema)


async def test_a_service_migrates_its_own_schema_with_its_own_role(postgres_url):
    await with_roles(postgres_url, "_a")
    referrals = as_role(postgres_url, "referrals_a", "referrals")
    await migrate(referrals)
    assert await is_current(referrals)
    await referrals.close()


async def test_a_service_cannot_read_or_make_anything_elsewhere(postgres_url):
    await with_roles(postgres_url, "_b")
    referrals = as_role(postgres_url, "referrals_b", "referrals")
    await migrate(referrals)
    calendar = as_role(postgres_url, "calendar_b", "calendar")
    for forbidden in ("SELECT * FROM referrals.inbox", "CREATE TABLE public.mine (x int)", "CREATE SCHEMA mine"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with calendar.transaction() as tx:
                await tx.execute(text(forbidden))
    await referrals.close()
    await calendar.close()

"""deploy/postgres/roles.sql: each service migrates and uses its own schema, and cannot read another's."""

import re
from functools import partial
from pathlib import Path

import pytest
from asyncpg import InsufficientPrivilegeError
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine

from services.gateway.store import audit
from shared.runtime.db import Database
from shared.runtime.eventlog.keys import KeyStore
from shared.runtime.migrate import is_current, migrate
from tests.unit.gateway.test_deed import DEED

ROLES = Path(__file__).parents[3] / "deploy" / "postgres" / "roles.sql"
pytestmark = pytest.mark.postgres


async def with_roles(url: str, suffix: str) -> None:
    """Runs the shipped file; roles are of the whole server, so each test's have names of their own."""
    statements = re.sub(r"--.*", "", ROLES.read_text()).split(";")
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        for statement in filter(str.strip, statements):
            named = re.sub(r"(ROLE|AUTHORIZATION|TO) (\w+)", rf"\1 \2{suffix}", statement)
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


@pytest.mark.parametrize(
    "forbidden",
    [
        "UPDATE gateway.audit_entry SET body = 'x'",
        "DELETE FROM gateway.audit_mention",
        "DELETE FROM gateway.audit_anchor",
        "TRUNCATE gateway.audit_entry",
        "INSERT INTO gateway.audit_removal VALUES (1, 'x', 'x')",
        "ALTER TABLE gateway.audit_entry DISABLE TRIGGER ALL",
        "DROP TABLE gateway.audit_anchor",
    ],
)
async def test_the_gateway_adds_to_the_audit_log_and_can_take_nothing_out(postgres_url, forbidden):
    suffix = f"_{abs(hash(forbidden))}"
    await with_roles(postgres_url, suffix)
    owner = as_role(postgres_url, f"gateway_owner{suffix}", "gateway")
    await migrate(owner)
    gateway = as_role(postgres_url, f"gateway{suffix}", "gateway")
    assert await is_current(gateway)
    await gateway.run(partial(audit.append, deeds=[DEED]))
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        async with gateway.transaction() as tx:
            await tx.execute(text(forbidden))
    await owner.close()
    await gateway.close()


@pytest.mark.parametrize(("owner", "reader"), [("ingest", "linker"), ("referrals", "ingest"), ("calendar", "ingest")])
async def test_whoever_seals_makes_the_keys_and_its_reader_only_reads_them(postgres_url, owner, reader):
    suffix = f"_{owner}_keys"
    await with_roles(postgres_url, suffix)
    urls = {role: str(re.sub(r"//postgres@", f"//{role}{suffix}:secret@", postgres_url)) for role in (owner, reader)}
    ours, theirs = KeyStore(urls[owner], owner), KeyStore(urls[reader], owner)
    await ours.create()
    made = await ours.to_seal(["rec_1"], ())
    assert await theirs.to_open(["rec_1"]) == {("rec_1", 1): made["rec_1"]}
    with pytest.raises(InsufficientPrivilegeError, match="permission denied"):
        await theirs.to_seal(["rec_2"], ())
    for keys in (ours, theirs):
        await keys.close()

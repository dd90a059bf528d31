"""What is kept of tokens and assertions, on SQLite and on PostgreSQL."""

import asyncio
from datetime import timedelta

from services.gateway.store import tokens
from shared.runtime.clock import SKEW, utc_now
from shared.runtime.db import Database

NOW = utc_now()
SOON = NOW + timedelta(minutes=5)


async def given(database: Database, **subjects: str) -> None:
    async with database.transaction() as tx:
        for token, subject in subjects.items():
            await tokens.keep(tx, token, "fire", subject, SOON)


async def revoked(database: Database, at=NOW) -> frozenset[str]:
    async with database.read() as connection:
        return await tokens.revoked(connection, at)


async def use(database: Database, client: str, expires_at=SOON) -> bool:
    async with database.transaction() as tx:
        return await tokens.use(database, tx, client, "one", expires_at)


async def test_of_many_uses_of_an_assertion_at_once_one_is_the_first(database):
    assert sorted(await asyncio.gather(*(use(database, "fire-system") for _ in range(8)))) == [False] * 7 + [True]
    assert await use(database, "police-system")


async def test_an_assertion_is_forgotten_once_it_has_expired_by_every_replicas_clock(database):
    await use(database, "fire-system", NOW)
    await use(database, "police-system", NOW + timedelta(seconds=2))
    async with database.transaction() as tx:
        await tokens.forget_expired(tx, NOW + SKEW + timedelta(seconds=1))
    assert await use(database, "fire-system")
    assert not await use(database, "police-system")


async def test_tokens_are_revoked_one_by_one_or_all_that_somebody_of_an_agency_has(database):
    await given(database, a="ann", b="ann", c="bob", d="cy")
    async with database.transaction() as tx:
        await tokens.revoke(tx, "c", NOW)
        await tokens.revoke(tx, "nothing", NOW)
        await tokens.revoke_all(tx, "fire", "ann", NOW)
        await tokens.revoke_all(tx, "police", "cy", NOW)
    assert await revoked(database) == {"a", "b", "c"}


async def test_a_token_that_has_expired_by_every_services_clock_is_on_no_list(database):
    await given(database, a="ann")
    async with database.transaction() as tx:
        await tokens.revoke(tx, "a", NOW)
    assert await revoked(database, SOON + SKEW) == {"a"}
    assert await revoked(database, SOON + SKEW + timedelta(seconds=1)) == frozenset()

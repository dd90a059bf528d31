"""How many requests were admitted, by all replicas of the gateway together."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import and_, delete, or_, select

from services.gateway.store.tables import request_count
from shared.runtime.db import Database, Tx

_C = request_count.c


class Key(NamedTuple):
    """By which rule, whose requests, in which period of so many seconds."""

    rule: str
    who: str
    seconds: int
    period: int


async def add(database: Database, tx: Tx, found: Mapping[Key, int]) -> None:
    """In one order everywhere, so that no two replicas wait for each other."""
    statement = database.upsert(request_count)
    total = {"requests": _C.requests + statement.excluded.requests}
    statement = statement.on_conflict_do_update(index_elements=list(request_count.primary_key), set_=total)
    await tx.execute(statement, [key._asdict() | {"requests": found[key]} for key in sorted(found)])


async def since(tx: Tx, periods: Mapping[int, int]) -> Counter[Key]:
    """The counts from these periods on: `periods` has the first of each length."""
    live = or_(*(and_(_C.seconds == length, _C.period >= first) for length, first in periods.items()))
    rows = await tx.execute(select(request_count).where(live))
    return Counter({Key(row.rule, row.who, row.seconds, row.period): row.requests for row in rows})


async def forget(tx: Tx, periods: Mapping[int, int]) -> None:
    """The counts before these periods."""
    old = or_(*(and_(_C.seconds == length, _C.period < first) for length, first in periods.items()))
    await tx.execute(delete(request_count).where(old))

"""What people decided: rows that are put once and never changed."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, or_, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.decide import Decision, Verdict
from services.linker.store.tables import decision, member, record
from services.linker.store.writing import put
from shared.runtime.among import among, many, sought
from shared.runtime.clock import LONDON
from shared.runtime.session import Session
from shared.runtime.statement import Statement

_ABOUT = union_all(*(sought(select(decision), number) for number in (decision.c.a_no, decision.c.b_no)))
_CONCERNING = Statement(_ABOUT)


def concerning(session: Session, numbers: Collection[int]) -> dict[Decision, tuple[int, int]]:
    """Every decision on one of these records, with the numbers of both."""
    return {_decision(row): (row.a_no, row.b_no) for row in session.fetch(_CONCERNING, ids=many(numbers))}


_ON_PAIR = Statement(
    select(decision)
    .where(decision.c.a_no == bindparam("a"), decision.c.b_no == bindparam("b"))
    .where(decision.c.agency == bindparam("agency"))
)


def on_pair(session: Session, pair: tuple[int, int], agency: str) -> list[Decision]:
    """What an agency decided on two records, whose numbers come in the order of their ids."""
    return [_decision(row) for row in session.fetch(_ON_PAIR, a=pair[0], b=pair[1], agency=agency)]


_ONE = Statement(select(decision).where(decision.c.decision_id == bindparam("id")))


def one(session: Session, decision_id: str) -> Decision | None:
    return next(map(_decision, session.fetch(_ONE, id=decision_id)), None)


_SEEN = Statement(
    select(record.c.no, record.c.record_id)
    .join(member, member.c.record == record.c.no)
    .where(among(record.c.record_id), member.c.audience == bindparam("audience"))
)


def seen(session: Session, audience: int, record_ids: Collection[str]) -> dict[str, int]:
    """The numbers of those of these records that the audience sees."""
    rows = session.fetch(_SEEN, ids=many(record_ids), audience=audience)
    return {row.record_id: row.no for row in rows}


def put_decision(session: Session, made: Decision, numbers: tuple[int, int]) -> None:
    """`numbers` are of `made.a` and `made.b`."""
    said = (made.verdict.value, made.agency, made.person, made.reason, made.decided_at, made.supersedes)
    put(session, decision, [(made.decision_id, made.a, made.b, *numbers, *said)])


async def decisions_on(
    connection: AsyncConnection, numbers: Collection[int], agencies: Collection[str]
) -> list[Decision]:
    """What these agencies decided on any of these records, newest first."""
    rows = (await connection.execute(_ABOUT, {"ids": many(numbers)})).all()
    found = {_decision(row) for row in rows if row.agency in agencies}
    return sorted(found, key=lambda made: (made.decided_at, made.decision_id), reverse=True)


async def page(
    connection: AsyncConnection,
    audience: int,
    agencies: Collection[str],
    on: Sequence[Collection[int]],
    after: str | None,
    limit: int,
) -> list[Decision]:
    """What these agencies decided on records that the audience sees, newest first, from behind the decision `after`:
    on one of the records, by number, of each of `on`."""
    statement = _visible(audience, agencies, decision)
    for numbers in on:
        statement = statement.where(or_(decision.c.a_no.in_(sorted(numbers)), decision.c.b_no.in_(sorted(numbers))))
    if after:
        last = _visible(audience, agencies, decision.c.decided_at, decision.c.decision_id)
        place = last.where(decision.c.decision_id == after).scalar_subquery()
        statement = statement.where(tuple_(decision.c.decided_at, decision.c.decision_id) < place)
    ordered = statement.order_by(decision.c.decided_at.desc(), decision.c.decision_id.desc()).limit(limit)
    return [_decision(row) for row in (await connection.execute(ordered)).all()]


def _visible(audience: int, agencies: Collection[str], *columns: Any) -> Select[*tuple[Any, ...]]:
    first, second = member.alias(), member.alias()
    return (
        select(*columns)
        .join(first, and_(first.c.record == decision.c.a_no, first.c.audience == audience))
        .join(second, and_(second.c.record == decision.c.b_no, second.c.audience == audience))
        .where(decision.c.agency.in_(sorted(agencies)))
    )


def _decision(row: Row[Any] | Any) -> Decision:
    return Decision(
        decision_id=row.decision_id,
        a=row.a,
        b=row.b,
        verdict=Verdict(row.verdict),
        agency=row.agency,
        person=row.person,
        reason=row.reason,
        decided_at=row.decided_at.astimezone(LONDON),
        supersedes=row.supersedes,
    )

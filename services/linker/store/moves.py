"""Which agencies are still to be told that they see another view than before, and how far that has come."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from services.linker.store.tables import business, member, move, record, retired
from services.linker.store.writing import put, take
from shared.contracts.identifiers import business_id
from shared.runtime.among import among, many
from shared.runtime.session import Session
from shared.runtime.statement import Statement

NOTHING = 0
"""Stands for the view of an agency that saw none."""

_PENDING = Statement(select(move).order_by(move.c.source, move.c.target))


def pending(session: Session) -> Sequence[Any]:
    """(source, target, agencies, done_to) of each, where source and target are the numbers of audiences."""
    return session.fetch(_PENDING)


def put_move(session: Session, source: int, target: int, agencies: Sequence[str], done_to: int = 0) -> None:
    put(session, move, [(source, target, agencies, done_to)])


def take_move(session: Session, source: int, target: int) -> None:
    take(session, move, [(source, target)])


_HOMES = Statement(
    select(member.c.audience, member.c.record, record.c.record_id.label("named_by"))
    .join(record, record.c.no == member.c.business)
    .where(among(member.c.record))
)


def homes(session: Session, audiences_: Collection[int], records: Mapping[str, int]) -> dict[int, dict[str, str]]:
    """By audience, the id of the business that each of these records, numbers by id, is part of."""
    ids = {no: id_ for id_, no in records.items()}
    found: dict[int, dict[str, str]] = {number: {} for number in audiences_}
    for row in session.fetch(_HOMES, ids=many(ids)):
        if row.audience in found:
            found[row.audience][ids[row.record]] = business_id(row.named_by)
    return found


_NUMBERS_AFTER = Statement(
    select(business.c.audience, business.c.no)
    .where(business.c.audience == bindparam("audience"), business.c.no > bindparam("after"))
    .order_by(business.c.no)
    .limit(bindparam("page"))
)


def numbers_after(session: Session, audiences_: Iterable[int], after: int, limit: int) -> list[tuple[int, int]]:
    """(audience, number) of their businesses behind `after`, by number: all those of the next `limit` numbers."""
    found = [
        (row.audience, row.no)
        for number in audiences_
        for row in session.fetch(_NUMBERS_AFTER, audience=number, after=after, page=limit)
    ]
    last = sorted({no for _, no in found})[:limit][-1:]
    return [(number, no) for number, no in found if no <= last[0]]


_OF_AUDIENCE = Statement(
    select(business.c.no, business.c.business_id, business.c.sequence, business.c.risk_sequence)
    .where(business.c.audience == bindparam("audience"))
    .limit(bindparam("page"))
)
_MEMBERS_OF = Statement(
    select(member.c.record).where(among(member.c.business), member.c.audience == bindparam("audience"))
)


def clear_away(session: Session, audience_: int, limit: int) -> bool:
    """Take some of the businesses of an audience that nobody is shown any more; whether there were any."""
    rows = session.fetch(_OF_AUDIENCE, audience=audience_, page=limit)
    held = session.fetch(_MEMBERS_OF, ids=many([row.no for row in rows]), audience=audience_)
    take(session, member, [(row.record, audience_) for row in held])
    take(session, business, [(audience_, row.no) for row in rows])
    put(session, retired, [(audience_, row.business_id, [], row.sequence, row.risk_sequence) for row in rows])
    return bool(rows)

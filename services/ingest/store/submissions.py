"""Submissions: their numbers, the chunks of their files, and the lease of the worker that has one in hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store.tables import submission, submission_chunk
from shared.contracts.api.ingest import SubmissionStatus

_TO_DO = (SubmissionStatus.queued, SubmissionStatus.working)
COUNTED = ("stored", "corrected", "unchanged", "retracted", "rejected", "unidentified")

# Built once: to build a statement costs more than to run it.
_OF_SEQ = submission.c.seq == bindparam("of_seq")
_CREATE = insert(submission).returning(submission.c.seq)
_GET = select(submission).where(_OF_SEQ)
_COUNT = (
    update(submission).where(_OF_SEQ).values({name: bindparam(f"n_{name}") for name in COUNTED}).returning(submission)
)


async def create(connection: AsyncConnection, values: dict[str, Any]) -> int:
    """Its number: submissions of a feed count in this order."""
    return int((await connection.execute(_CREATE, values)).scalar_one())


async def find(connection: AsyncConnection, submission_id: str, agency: str) -> Row[Any] | None:
    """The agency's own submission of this id."""
    statement = select(submission).where(submission.c.id == submission_id, submission.c.agency == agency)
    return (await connection.execute(statement)).one_or_none()


async def get(connection: AsyncConnection, seq: int) -> Row[Any]:
    return (await connection.execute(_GET, {"of_seq": seq})).one()


async def count(connection: AsyncConnection, seq: int, counts: dict[str, int]) -> Row[Any]:
    """Say what became of the rows of a submission that was worked at once; the submission as it is then."""
    parameters = {"of_seq": seq} | {f"n_{name}": counts.get(name, 0) for name in COUNTED}
    changed: Row[Any] = (await connection.execute(_COUNT, parameters)).one()
    return changed


async def seq_of(connection: AsyncConnection, submission_id: str) -> int:
    return int(
        (await connection.execute(select(submission.c.seq).where(submission.c.id == submission_id))).scalar_one()
    )


async def page(
    connection: AsyncConnection, agency: str, feed: str | None, before: str | None, limit: int
) -> Sequence[Row[Any]]:
    """Newest first, from the one after the submission `before`."""
    statement = select(submission).where(submission.c.agency == agency).order_by(submission.c.seq.desc()).limit(limit)
    if feed is not None:
        statement = statement.where(submission.c.feed == feed)
    if before is not None:
        mark = select(submission.c.seq).where(submission.c.id == before, submission.c.agency == agency)
        statement = statement.where(submission.c.seq < mark.scalar_subquery())
    return (await connection.execute(statement)).all()


async def change(connection: AsyncConnection, seq: int, *, expected: SubmissionStatus, **values: Any) -> bool:
    """Change a submission that has the expected status; whether it had."""
    statement = update(submission).where(submission.c.seq == seq, submission.c.status == expected).values(values)
    return bool((await connection.execute(statement)).rowcount)


async def add_chunk(connection: AsyncConnection, seq: int, n: int, data: bytes, now: datetime) -> bool:
    """Whether the submission was still being received."""
    if not await change(connection, seq, expected=SubmissionStatus.receiving, updated_at=now):
        return False
    await connection.execute(insert(submission_chunk).values(submission=seq, n=n, bytes=data))
    return True


async def chunk(connection: AsyncConnection, seq: int, n: int) -> bytes | None:
    statement = select(submission_chunk.c.bytes).where(submission_chunk.c.submission == seq, submission_chunk.c.n == n)
    return (await connection.execute(statement)).scalar_one_or_none()


async def drop_chunks(connection: AsyncConnection, seq: int) -> None:
    await connection.execute(delete(submission_chunk).where(submission_chunk.c.submission == seq))


def _free(owner: str, now: datetime) -> ColumnElement[bool]:
    """Not in the hands of another living worker."""
    lease = submission.c.lease_until
    return or_(lease.is_(None), lease < now, submission.c.lease_owner == owner)


async def any_to_do(connection: AsyncConnection, owner: str, now: datetime) -> bool:
    """Whether `claim` may find something; asked without taking the write lock."""
    statement = select(exists().where(submission.c.status.in_(_TO_DO), _free(owner, now)))
    return bool((await connection.execute(statement)).scalar_one())


async def claim(connection: AsyncConnection, owner: str, now: datetime, until: datetime) -> Row[Any] | None:
    """The oldest submission that nobody else has in hand and that no earlier one of its feed stands before."""
    earlier = submission.alias()
    blocked = exists().where(
        and_(earlier.c.feed == submission.c.feed, earlier.c.seq < submission.c.seq, earlier.c.status.in_(_TO_DO))
    )
    oldest = (
        select(submission.c.seq)
        .where(submission.c.status.in_(_TO_DO), _free(owner, now), ~blocked)
        .order_by(submission.c.seq)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    seq = (await connection.execute(oldest)).scalar_one_or_none()
    if seq is None:
        return None
    taken = {"status": SubmissionStatus.working, "lease_owner": owner, "lease_until": until}
    await connection.execute(update(submission).where(submission.c.seq == seq).values(taken))
    return await get(connection, seq)


async def renew(connection: AsyncConnection, seq: int, owner: str, until: datetime) -> bool:
    """Whether `owner` still has the lease, now until then."""
    statement = update(submission).where(submission.c.seq == seq, submission.c.lease_owner == owner)
    return bool((await connection.execute(statement.values(lease_until=until))).rowcount)


async def save_progress(
    connection: AsyncConnection, seq: int, owner: str, counts: dict[str, int], **values: Any
) -> bool:
    """Add to the counts and set `values`, if `owner` still has the lease; whether it has."""
    added = {submission.c[name]: submission.c[name] + counts.get(name, 0) for name in COUNTED}
    statement = (
        update(submission)
        .where(submission.c.seq == seq, submission.c.lease_owner == owner)
        .values({**added, **{submission.c[name]: value for name, value in values.items()}})
    )
    return bool((await connection.execute(statement)).rowcount)


async def abandoned(connection: AsyncConnection, before: datetime) -> Sequence[int]:
    """Uploads of which nothing has come since `before`."""
    statement = select(submission.c.seq).where(
        submission.c.status == SubmissionStatus.receiving, submission.c.updated_at < before
    )
    return (await connection.execute(statement)).scalars().all()


async def waiting(connection: AsyncConnection, feed: str) -> int:
    """Of the feed, not yet finished; held ones included."""
    unfinished = (*_TO_DO, SubmissionStatus.receiving, SubmissionStatus.held)
    statement = (
        select(func.count())
        .select_from(submission)
        .where(submission.c.feed == feed, submission.c.status.in_(unfinished))
    )
    return int((await connection.execute(statement)).scalar_one())

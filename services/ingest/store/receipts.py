"""Receipt rows, and the quarantine of the rejected ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store.tables import quarantine, receipt_row, submission
from shared.contracts.api.ingest import QuarantineStatus, RowOutcome
from shared.runtime.bulk import BulkInsert


class ReceiptRow(NamedTuple):
    """A row of `receipt_row`."""

    submission: int
    row: int
    source_ref: str | None
    outcome: str
    version: int | None
    issues: str | None


class QuarantineRow(NamedTuple):
    """A row of `quarantine`."""

    submission: int
    row: int
    feed: str
    row_values: str | None
    errors: str
    status: str
    created_at: datetime


_ROWS = BulkInsert(receipt_row)
_BAD = BulkInsert(quarantine)


async def add(connection: AsyncConnection, rows: Sequence[ReceiptRow], bad: Sequence[QuarantineRow]) -> None:
    await _ROWS.run(connection, rows)
    await _BAD.run(connection, bad)


async def page(
    connection: AsyncConnection, submission: int, outcome: RowOutcome | None, after: int, limit: int
) -> Sequence[Row[Any]]:
    """In the order of the rows, from the one after number `after`."""
    statement = (
        select(receipt_row)
        .where(receipt_row.c.submission == submission, receipt_row.c.row > after)
        .order_by(receipt_row.c.row)
        .limit(limit)
    )
    if outcome is not None:
        statement = statement.where(receipt_row.c.outcome == outcome)
    return (await connection.execute(statement)).all()


async def quarantined(
    connection: AsyncConnection, submission: int, status: QuarantineStatus | None, after: int, limit: int
) -> Sequence[Row[Any]]:
    statement = (
        select(quarantine)
        .where(quarantine.c.submission == submission, quarantine.c.row > after)
        .order_by(quarantine.c.row)
        .limit(limit)
    )
    if status is not None:
        statement = statement.where(quarantine.c.status == status)
    return (await connection.execute(statement)).all()


async def resubmittable(connection: AsyncConnection, submission: int, after: int, limit: int) -> Sequence[Row[Any]]:
    """Open rows whose values are known."""
    statement = (
        select(quarantine)
        .where(
            quarantine.c.submission == submission,
            quarantine.c.row > after,
            quarantine.c.status == QuarantineStatus.open,
            quarantine.c.row_values.is_not(None),
        )
        .order_by(quarantine.c.row)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def settle(
    connection: AsyncConnection, submission: int, status: QuarantineStatus, rows: Sequence[int] | None = None
) -> int:
    """Close open rows (all, or the numbered) and forget their values; how many were open."""
    statement = update(quarantine).where(
        quarantine.c.submission == submission, quarantine.c.status == QuarantineStatus.open
    )
    if rows is not None:
        statement = statement.where(quarantine.c.row.in_(list(rows)))
    return (await connection.execute(statement.values(status=status, row_values=None))).rowcount


async def kept_after(connection: AsyncConnection, feed: str, after: tuple[int, int], limit: int) -> Sequence[Row[Any]]:
    """The next rows in quarantine whose values are kept, from behind `after`, a (submission, row), with the id of their
    submission as `of`."""
    place = tuple_(quarantine.c.submission, quarantine.c.row)
    statement = (
        select(quarantine, submission.c.id.label("of"))
        .join(submission, submission.c.seq == quarantine.c.submission)
        .where(quarantine.c.feed == feed, quarantine.c.row_values.is_not(None), place > after)
        .order_by(quarantine.c.submission, quarantine.c.row)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def open_count(connection: AsyncConnection, feed: str) -> int:
    statement = (
        select(func.count())
        .select_from(quarantine)
        .where(quarantine.c.feed == feed, quarantine.c.status == QuarantineStatus.open)
    )
    return int((await connection.execute(statement)).scalar_one())


async def forget(connection: AsyncConnection, feed: str, before: datetime) -> None:
    """Drop quarantined rows that came before then, and the results of the rows of submissions that were finished."""
    await connection.execute(delete(quarantine).where(quarantine.c.feed == feed, quarantine.c.created_at < before))
    old = select(submission.c.seq).where(submission.c.feed == feed, submission.c.finished_at < before)
    await connection.execute(delete(receipt_row).where(receipt_row.c.submission.in_(old)))


async def forget_records(connection: AsyncConnection, feed: str, source_refs: Sequence[str]) -> None:
    """Drop the rows in quarantine that were of these records, and leave their references out of every receipt."""
    of_feed = select(submission.c.seq).where(submission.c.feed == feed)
    theirs = receipt_row.c.submission.in_(of_feed), receipt_row.c.source_ref.in_(list(source_refs))
    rows = select(receipt_row.c.submission, receipt_row.c.row).where(*theirs)
    await connection.execute(delete(quarantine).where(tuple_(quarantine.c.submission, quarantine.c.row).in_(rows)))
    await connection.execute(update(receipt_row).where(*theirs).values(source_ref=None))

"""Items of any kind, read, emptied and put right by what their kind says of their tables."""

import base64
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, delete, exists, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.api.duties import Attached
from shared.duties.kinds import Kind, Part
from shared.duties.tables import DutyTables

_ITEM, _AGENCY, _TOUCHED, _ONGOING, _NOTED_BY = "item_id", "of_agency", "touched", "ongoing", "noted_by"


@dataclass(slots=True)
class Item:
    """One item, whichever rows it is made of."""

    id: str
    touched: datetime | None
    ongoing: bool
    noted_by: str | None
    says: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def add(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if value not in (None, "", [], {}):
                self.says[name].append(value)

    @property
    def said(self) -> dict[str, Any]:
        """By the name of what it says: what that is, or a list where there is more than one."""
        return {name: values[0] if len(values) == 1 else values for name, values in self.says.items()}

    @property
    def texts(self) -> list[str]:
        return [text for values in self.says.values() for value in values for text in _texts(value)]


async def ids_after(connection: AsyncConnection, kind: Kind, agency: str, after: str, limit: int) -> Sequence[str]:
    """The agency's own, in order of id."""
    own = select(kind.id).where(kind.agency == agency, kind.id > after)
    return (await connection.execute(own.distinct().order_by(kind.id).limit(limit))).scalars().all()


async def read(connection: AsyncConnection, kind: Kind, agency: str, ids: Collection[str]) -> list[Item]:
    """With all that they say, without their photographs."""
    found: dict[str, Item] = {}
    rows = await connection.execute(
        select(
            kind.id.label(_ITEM),
            kind.touched.label(_TOUCHED),
            kind.ongoing.label(_ONGOING),
            kind.noted_by.label(_NOTED_BY),
            *(kind.table.c[name] for name in kind.words),
        )
        .where(kind.agency == agency, kind.id.in_(ids))
        .order_by(kind.id)
    )
    for row in rows:
        said = row._mapping
        item = Item(said[_ITEM], _moment(said[_TOUCHED]), bool(said[_ONGOING]), said[_NOTED_BY])
        item = found.setdefault(item.id, item)
        item.noted_by = item.noted_by or said[_NOTED_BY]
        item.add({name: said[name] for name in kind.words})
    for part in kind.parts:
        for row in await _parts(connection, part, agency, ids):
            found[row.item_id].add({f"{part.table.name}.{name}": row._mapping[name] for name in part.words})
    return list(found.values())


async def _parts(connection: AsyncConnection, part: Part, agency: str, ids: Collection[str]) -> Sequence[Row[Any]]:
    if not part.words:
        return ()
    columns = [part.table.c[name] for name in part.words]
    statement = select(part.of.label(_ITEM), *columns).where(*_of(part, agency, ids)).order_by(part.of)
    return (await connection.execute(statement)).all()


async def photographs(connection: AsyncConnection, kind: Kind, item: str) -> tuple[Attached, ...]:
    found: list[Attached] = []
    for part in kind.parts:
        if part.attached:
            columns = [part.table.c[name] for name in part.attached]
            rows = await connection.execute(select(*columns).where(part.of == item).order_by(columns[0]))
            found += [Attached(id=row[0], media_type=row[1], content=base64.b64encode(row[2]).decode()) for row in rows]
    return tuple(found)


async def lock(connection: AsyncConnection, kind: Kind, agency: str, ids: Collection[str]) -> set[str]:
    """Those of them that there are and are the agency's; nobody else changes them until the transaction ends."""
    own = select(kind.id).where(kind.agency == agency, kind.id.in_(sorted(ids))).order_by(kind.id)
    return set((await connection.execute(own.with_for_update(of=kind.table))).scalars())


async def empty(connection: AsyncConnection, kind: Kind, agency: str, ids: Collection[str]) -> None:
    """Leave no more of them than that there were such items; of some, all that is said is in their parts."""
    for part in kind.parts:
        here = _of(part, agency, ids)
        change = delete(part.table) if part.left is None else update(part.table).values(part.left)
        await connection.execute(change.where(*here))
    if kind.left:
        await _change(connection, kind, agency, ids, kind.left)


async def put_right(connection: AsyncConnection, kind: Kind, agency: str, id_: str, words: Mapping[str, str]) -> None:
    await _change(connection, kind, agency, [id_], words)


async def _change(
    connection: AsyncConnection, kind: Kind, agency: str, ids: Collection[str], values: Mapping[str, Any]
) -> None:
    here = (kind.id.in_(sorted(ids)), kind.agency == agency)
    await connection.execute(update(kind.table).where(*here).values(values))


async def outlived(
    connection: AsyncConnection, tables: DutyTables, kind: Kind, before: datetime, limit: int
) -> Sequence[tuple[str, str]]:
    """(agency, item) of what is over, was last touched before then, and is neither held nor destroyed."""
    left = (_none_in(tables.erased, kind), _none_in(tables.hold, kind))
    due = select(kind.agency.label(_AGENCY), kind.id.label(_ITEM)).where(kind.touched < before, ~kind.ongoing, *left)
    return [(row[0], row[1]) for row in await connection.execute(due.distinct().limit(limit))]


def _none_in(table: Table, kind: Kind) -> ColumnElement[bool]:
    same = (table.c.agency == kind.agency, table.c.kind == kind.name.value, table.c.item == kind.id)
    return ~exists(select(literal_column("1")).select_from(table).where(*same).correlate(kind.table))


def _of(part: Part, agency: str, ids: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    mine = (part.agency == agency,) if part.agency is not None else ()
    return (part.of.in_(sorted(ids)), *mine)


def _moment(touched: date | None) -> datetime | None:
    """A day counts from its beginning."""
    if touched is None or isinstance(touched, datetime):
        return touched
    return datetime.combine(touched, time(), UTC)


def _texts(value: Any) -> list[str]:
    """Every string anywhere in it."""
    match value:
        case str():
            return [value]
        case dict():
            return [text for one in value.values() for text in _texts(one)]
        case list() | tuple():
            return [text for one in value for text in _texts(one)]
    return []


def latest(column: ColumnElement[datetime], otherwise: ColumnElement[datetime], *where: Any) -> ColumnElement[datetime]:
    """The newest of the rows for which `where` holds, or `otherwise` where there are none."""
    return func.coalesce(select(func.max(column)).where(*where).scalar_subquery(), otherwise)

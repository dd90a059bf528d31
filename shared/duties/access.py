"""What an agency's people wrote here of a person: for the copy that it owes them."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.api.duties import HeldItem, Hold, Recipient, Subject, SubjectAccess
from shared.duties import items, store
from shared.duties.exemptions import exemptions
from shared.duties.items import Item
from shared.duties.kinds import Keeper, Kind
from shared.duties.retention import term
from shared.duties.subject import Sought
from shared.runtime.auth import Principal
from shared.runtime.clock import today, utc_now
from shared.sharing import Partnership
from shared.sharing import recipients as may_have

_PAGE = 500


async def items_of(
    connection: AsyncConnection, keeper: Keeper, principal: Principal, subject: Subject, partnership: Partnership
) -> SubjectAccess:
    """Reads everything that the agency's people wrote, and locks nothing."""
    sought, found = Sought.of(subject), list[HeldItem]()
    for kind in keeper.kinds.values():
        fitting = [item async for item in _fitting(connection, kind, principal.agency, sought)]
        held = await store.held(
            connection, keeper.tables, principal.agency, kind.name.value, [item.id for item in fitting]
        )
        told = recipients(principal.agency, kind.category, partnership)
        found += [await _held(connection, kind, principal.agency, item, held, told, partnership) for item in fitting]
    return SubjectAccess(
        agency=principal.agency, as_of=utc_now(), purpose=partnership.stream_purpose, items=tuple(found)
    )


async def _fitting(connection: AsyncConnection, kind: Kind, agency: str, sought: Sought) -> AsyncIterator[Item]:
    after = ""
    while ids := await items.ids_after(connection, kind, agency, after, _PAGE):
        for item in await items.read(connection, kind, agency, ids):
            if sought.is_told_in(item.texts):
                yield item
        after = ids[-1]


async def _held(
    connection: AsyncConnection,
    kind: Kind,
    agency: str,
    item: Item,
    held: Mapping[str, Row[Any]],
    told: tuple[Recipient, ...],
    partnership: Partnership,
) -> HeldItem:
    law, kept = partnership.law_of(agency, kind.category, today()), term(kind, partnership, today())
    hold = hold_of(held[item.id]) if item.id in held else None
    return HeldItem(
        kind=kind.name,
        id=item.id,
        category=kind.category,
        law=law,
        noted_by=item.noted_by,
        ongoing=item.ongoing,
        says=item.said,
        attached=await items.photographs(connection, kind, item.id),
        recipients=told,
        keep_until=None if item.ongoing or hold or item.touched is None else item.touched + kept.length,
        kept_by=kept.says,
        hold=hold,
        exemptions=exemptions(kind.name, law, ongoing=item.ongoing),
    )


def hold_of(row: Row[Any]) -> Hold:
    fields = {name: row._mapping[name] for name in Hold.model_fields}
    return Hold(**fields | {"kind": row.kind or None})


def recipients(owner: str, category: str, partnership: Partnership) -> tuple[Recipient, ...]:
    """Who may have what the agency holds of the category today, and under which power."""
    return tuple(
        Recipient(
            agency=one.agency,
            level=one.gateway.grant,
            purposes=one.purposes,
            legal_gateway=one.gateway.id,
            statute=one.gateway.statute,
            section=one.gateway.section,
            conditions=tuple(sorted(one.gateway.asks_first)),
        )
        for one in may_have(owner, category, today(), partnership)
    )

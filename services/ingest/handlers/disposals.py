"""What became of records whose time was over."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store import duties
from shared.contracts.api.duties import Disposal
from shared.contracts.api.ingest import Page
from shared.runtime.auth import Principal


async def disposal_page(
    connection: AsyncConnection, principal: Principal, before: str | None, limit: int
) -> Page[Disposal]:
    """The caller's own, newest first."""
    found = await duties.disposals(connection, principal.agency, before, limit)
    items = tuple(Disposal(**{name: row._mapping[name] for name in Disposal.model_fields}) for row in found)
    return Page(items=items, next=items[-1].id if len(items) == limit else None)

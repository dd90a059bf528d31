"""Coverage, for every partner."""

from fastapi import APIRouter

from services.ingest.api.dependencies import Read, Shared
from services.ingest.handlers import coverage
from shared.contracts.api.ingest import Coverage
from shared.runtime.auth import AnyPartner

router = APIRouter(prefix="/v1/coverage", tags=["coverage"])


@router.get("", summary="Who has submitted what, as far as you may know")
async def get_coverage(principal: AnyPartner, shared: Shared, connection: Read) -> Coverage:
    return await coverage.coverage(connection, principal, shared.partnership)

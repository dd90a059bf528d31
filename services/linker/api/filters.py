"""Which businesses are asked for: the parameters that lists, searches, figures and exports have in common."""

from typing import Annotated

from fastapi import Depends, Query

from services.linker.domain.relate.traits import key_said
from services.linker.store.reading import Filters
from shared.contracts.events.linker import RiskBand

Slug = Annotated[str | None, Query(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Area = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9]{1,10}$", description="UB1, or UB for all of its districts")]
Sector = Annotated[
    str | None, Query(pattern=r"^[A-Za-z ]{1,50}$", description="A word of the type of business, e.g. takeaway")
]
Shares = Annotated[
    str | None, Query(pattern="^[0-9a-f]{16}$", description="That give one value, as the `list` of a hub has it")
]


async def _filters(
    band: Annotated[list[RiskBand] | None, Query(max_length=4, description="Any of these bands")] = None,
    regime: Annotated[Slug, Query(description="With a live concern in this regime")] = None,
    area: Area = None,
    agency: Annotated[Slug, Query(description="With a record of this agency")] = None,
    min_agencies: Annotated[int, Query(ge=1, le=1000)] = 1,
    min_regimes: Annotated[int, Query(ge=0, le=1000, description="Regimes with live concerns")] = 0,
    sector: Sector = None,
    shares: Shares = None,
) -> Filters:
    key = key_said(shares) if shares else None
    return Filters(tuple(band or ()), regime, area, agency, min_agencies, min_regimes, sector, key)


Wanted = Annotated[Filters, Depends(_filters)]

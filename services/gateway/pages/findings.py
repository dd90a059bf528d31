"""Patterns in what the visitor may see, each with its reasons, its records and the rule that found it."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Path, Query, Request, Response

from services.gateway.pages.businesses import Area
from services.gateway.pages.my_cards import Cursor
from services.gateway.pages.routing import pages
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import CurrentVisitor
from shared.contracts.events.linker import FindingType

_A_PAGE = 20
_TYPES = [kind.value for kind in FindingType]

router = pages()


@router.get("/findings")
async def findings(
    request: Request,
    visitor: CurrentVisitor,
    kind: Annotated[str, Query(pattern=f"^({'|'.join(_TYPES)})?$")] = "",
    area: Area = "",
    cursor: Cursor = None,
) -> Response:
    """The latest first."""
    cuts = {"type": kind, "area": area, "cursor": cursor}
    found = await visitor.services.get("/v1/findings", limit=_A_PAGE, **cuts)
    kept = {"kind": kind, "area": area, "cursor": found["next"]}
    following = "/findings?" + urlencode(kept) if found["next"] else None
    shown = {"findings": found["findings"], "following": following}
    return page(request, "findings.html", kinds=_TYPES, kind=kind, area=area, **shown)


@router.get("/findings/{finding_id}")
async def finding(
    request: Request, visitor: CurrentVisitor, finding_id: Annotated[str, Path(pattern=r"^fnd_[a-z2-7]{20}$")]
) -> Response:
    return page(request, "finding.html", finding=await visitor.services.get(f"/v1/findings/{finding_id}"))

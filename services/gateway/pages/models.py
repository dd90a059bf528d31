"""By what records are linked: the models there are, which is in force, and what each weight means."""

from typing import Annotated

from fastapi import Path, Request, Response

from services.gateway.pages.routing import pages
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import CurrentVisitor

_Version = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]

router = pages()


@router.get("/models")
async def models(request: Request, visitor: CurrentVisitor) -> Response:
    """The newest first."""
    return page(request, "models.html", models=(await visitor.services.get("/v1/models"))["models"])


@router.get("/models/{version}")
async def model(request: Request, visitor: CurrentVisitor, version: _Version) -> Response:
    return page(request, "model.html", model=await visitor.services.get(f"/v1/models/{version}"))

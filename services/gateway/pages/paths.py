"""How two businesses hang together: the shortest chain of relations between them."""

from itertools import groupby
from typing import Annotated

from fastapi import Form, Request, Response

from services.gateway.pages.routing import Id, pages
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import CurrentVisitor

_OFFERED = 10

router = pages()


@router.get("/businesses/{business_id}/path")
async def path_to(request: Request, visitor: CurrentVisitor, business_id: Id) -> Response:
    """Which other?"""
    start = await visitor.services.get(f"/v1/businesses/{business_id}")
    return page(request, "path_to.html", start=start, q="", found=None)


@router.post("/businesses/{business_id}/path")
async def find(
    request: Request, visitor: CurrentVisitor, business_id: Id, q: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """The other, by words that stand in no address."""
    start = await visitor.services.get(f"/v1/businesses/{business_id}")
    if not q.strip():
        return page(request, "path_to.html", start=start, q="", found=None)
    found = await visitor.services.get("/v1/search", q=q.strip(), limit=_OFFERED)
    others = [one for one in found["businesses"] if one["business_id"] != business_id]
    return page(request, "path_to.html", start=start, q=q, found=others)


@router.get("/businesses/{business_id}/path/{end_id}")
async def path(request: Request, visitor: CurrentVisitor, business_id: Id, end_id: Id) -> Response:
    found = await visitor.services.get("/v1/network/path", **{"from": business_id, "to": end_id})
    by_id = {node["business_id"]: node for node in found["nodes"]}
    steps = [(ends, list(edges)) for ends, edges in groupby(found["edges"], lambda edge: (edge["a"], edge["b"]))]
    return page(request, "path.html", path=found, by_id=by_id, steps=steps, ends=(business_id, end_id))

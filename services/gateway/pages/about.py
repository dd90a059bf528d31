"""What the pages say of themselves."""

from fastapi import Request, Response

from services.gateway.pages.routing import pages
from services.gateway.pages.showing import page

router = pages()


@router.get("/accessibility")
async def accessibility(request: Request) -> Response:
    return page(request, "accessibility.html")

"""Tasking: the few businesses that a meeting talks about, and what it decides on each."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Path, Request, Response

from services.gateway.pages.asking import Refused
from services.gateway.pages.my_cards import Cursor
from services.gateway.pages.planned import Fields, chosen
from services.gateway.pages.routing import Id, pages, seen
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import CurrentVisitor, Visitor
from shared.contracts.api.calendar.tasking import Because, Decision
from shared.contracts.problem import Problem

_A_PAGE = 20
_DECISION = ("decision", "reason", "lead", "because", "visits_avoided", "review_on")
_BusinessId = Annotated[str, Path(pattern=r"^biz_[a-z2-7]{20}$")]

router = pages()


@router.get("/tasking")
async def lists(request: Request, visitor: CurrentVisitor, cursor: Cursor = None) -> Response:
    """The latest first."""
    found = await visitor.services.get("/v1/tasking/lists", limit=_A_PAGE, cursor=cursor)
    return page(request, "tasking.html", lists=found["lists"], following=found["next"])


@router.post("/tasking")
async def make(request: Request, visitor: CurrentVisitor) -> Response:
    """This week's, from the graph as the visitor's agency sees it."""
    asked = chosen(await _texts(request), "area", "top", "narrow", "wide")
    made = await visitor.services.send("POST", "/v1/tasking/lists", asked)
    return seen(f"/tasking/{made['list_id']}")


@router.get("/tasking/{list_id}")
async def agenda(request: Request, visitor: CurrentVisitor, list_id: Id) -> Response:
    return await _shown(request, visitor, list_id)


@router.post("/tasking/{list_id}/{business_id}")
async def decide(request: Request, visitor: CurrentVisitor, list_id: Id, business_id: _BusinessId) -> Response:
    given = await request.form()
    attend: Sequence[str] = [text for text in given.getlist("agencies") if isinstance(text, str)]
    body = chosen(await _texts(request), *_DECISION) | {"agencies": attend}
    try:
        await visitor.services.send("POST", f"/v1/tasking/lists/{list_id}/entries/{business_id}/decisions", body)
    except Refused as refused:
        return await _shown(request, visitor, list_id, refused.problem)
    return seen(f"/tasking/{list_id}#{business_id}")


async def _texts(request: Request) -> Fields:
    return {name: text.strip() for name, text in (await request.form()).items() if isinstance(text, str)}


async def _shown(request: Request, visitor: Visitor, list_id: str, problem: Problem | None = None) -> Response:
    content: dict[str, Any] = {
        "tasking": await visitor.services.get(f"/v1/tasking/lists/{list_id}"),
        "decisions": [decision.value for decision in Decision],
        "becauses": [because.value for because in Because],
    }
    return page(request, "tasking_list.html", problem.status if problem else 200, problem=problem, **content)

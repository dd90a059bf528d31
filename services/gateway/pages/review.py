"""Two records beside each other: the next that only a person can tell, or any two, and what people decide on them."""

from typing import Annotated, Any

from fastapi import Form, Path, Request, Response

from services.gateway.pages.asking import Refused
from services.gateway.pages.my_cards import Cursor
from services.gateway.pages.routing import pages
from services.gateway.pages.showing import page
from services.gateway.pages.side_by_side import side_by_side
from services.gateway.pages.visitor import CurrentVisitor, Visitor
from shared.contracts.problem import Problem

_A_PAGE = 20
_Record = Annotated[str, Path(pattern=r"^rec_[a-z2-7]{20}$")]
_Decision = Annotated[str, Path(pattern=r"^dec_[a-z2-7]{20}$")]
_Words = Annotated[str, Form()]
_Then = Annotated[str, Form(max_length=600)]
"""Where the queue goes on after this question: a cursor, empty for its beginning."""

router = pages()


@router.get("/review")
async def review(request: Request, visitor: CurrentVisitor, cursor: Cursor = None) -> Response:
    """The question behind `cursor` whose answer is worth most."""
    found = await visitor.services.get("/v1/review-queue", limit=1, cursor=cursor)
    if not found["questions"]:
        return page(request, "reviewed.html", has_skipped=cursor is not None)
    (question,) = found["questions"]
    ends = question["a"]["record_id"], question["b"]["record_id"]
    return await _shown(request, visitor, *ends, because=question["asked_because"], then=found["next"] or "")


@router.get("/compare/{record_id}/{other_id}")
async def compare(request: Request, visitor: CurrentVisitor, record_id: _Record, other_id: _Record) -> Response:
    return await _shown(request, visitor, record_id, other_id)


@router.post("/compare/{record_id}/{other_id}")
async def decide(
    request: Request,
    visitor: CurrentVisitor,
    record_id: _Record,
    other_id: _Record,
    verdict: _Words = "",
    reason: _Words = "",
    then: _Then = "",
) -> Response:
    """What it led to is shown at once: sent again, it is the same decision."""
    said = {"records": [record_id, other_id], "verdict": verdict, "reason": reason.strip()}
    try:
        taken = await visitor.services.send("POST", "/v1/decisions", said)
    except Refused as refused:
        problem = refused.problem
        return await _shown(request, visitor, record_id, other_id, then=then, reason=reason, problem=problem)
    return page(request, "decided.html", taken=taken, then=then)


@router.get("/decisions")
async def decisions(request: Request, visitor: CurrentVisitor, cursor: Cursor = None) -> Response:
    """The newest first."""
    found = await visitor.services.get("/v1/decisions", limit=_A_PAGE, cursor=cursor)
    records = {record["record_id"]: record for record in found["records"]}
    return page(request, "decisions.html", made=found["decisions"], records=records, following=found["next"])


@router.post("/decisions/{decision_id}")
async def take_back(
    request: Request, visitor: CurrentVisitor, decision_id: _Decision, reason: _Words = "", then: _Then = ""
) -> Response:
    path = f"/v1/decisions/{decision_id}/withdrawal"
    taken = await visitor.services.send("POST", path, {"reason": reason.strip()})
    return page(request, "decided.html", taken=taken, then=then)


async def _shown(
    request: Request,
    visitor: Visitor,
    record_id: str,
    other_id: str,
    *,
    because: str | None = None,
    then: str | None = None,
    reason: str = "",
    problem: Problem | None = None,
) -> Response:
    """`then` is None where the two are not a question of the queue."""
    found = await visitor.services.get(f"/v1/records/{record_id}/compare/{other_id}")
    content: dict[str, Any] = {"found": found, "lines": side_by_side(*found["records"])}
    asked = {"because": because, "then": then, "reason": reason, "problem": problem}
    return page(request, "compare.html", problem.status if problem else 200, **content, **asked)

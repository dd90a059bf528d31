"""What other agencies referred to the visitor's, and what is done with it."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Form, Request, Response

from services.gateway.pages.asking import Refused
from services.gateway.pages.my_cards import Cursor
from services.gateway.pages.routing import Id, pages, seen
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import CurrentVisitor, Visitor
from shared.contracts.problem import Problem

_A_PAGE = 30
_Text = Annotated[str, Form()]

router = pages()


@router.get("/inbox")
async def inbox(request: Request, visitor: CurrentVisitor, closed: bool = False, cursor: Cursor = None) -> Response:
    """Open ones by when they are due; closed ones too, if asked for."""
    wanted = {"box": "in", "open": None if closed else "true", "limit": _A_PAGE, "cursor": cursor}
    found = await visitor.services.get("/v1/referrals", **wanted)
    return page(request, "inbox.html", referrals=found["items"], following=_following(found, closed), closed=closed)


def _following(found: dict[str, Any], closed: bool) -> str | None:
    if not found["next"]:
        return None
    return "/inbox?" + urlencode({"cursor": found["next"]} | ({"closed": "true"} if closed else {}))


@router.get("/inbox/{referral_id}")
async def referral(request: Request, visitor: CurrentVisitor, referral_id: Id) -> Response:
    return await _shown(request, visitor, referral_id)


@router.post("/inbox/{referral_id}")
async def take_step(
    request: Request,
    visitor: CurrentVisitor,
    referral_id: Id,
    version: Annotated[int, Form(ge=0)],
    step: _Text,
    words: _Text = "",
    to: _Text = "",
    feedback: _Text = "",
) -> Response:
    """Compare and swap: who read an older version is told what has happened since."""
    said = {"step": step, "words": words.strip(), "to": to, "feedback": feedback}
    body = {name: value for name, value in said.items() if value}
    expected = [(b"if-match", f'"{version}"'.encode())]
    try:
        await visitor.services.send("POST", f"/v1/referrals/{referral_id}/steps", body, expected)
    except Refused as refused:
        return await _shown(request, visitor, referral_id, refused.problem)
    return seen(f"/inbox/{referral_id}")


async def _shown(request: Request, visitor: Visitor, referral_id: str, problem: Problem | None = None) -> Response:
    found = await visitor.services.get(f"/v1/referrals/{referral_id}")
    return page(request, "referral.html", problem.status if problem else 200, referral=found, problem=problem)

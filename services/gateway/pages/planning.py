"""Planning a visit: who has a reason to come, then the form. What it clashes with is told before it is confirmed."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query, Request, Response
from starlette.datastructures import FormData

from services.gateway.pages.asking import Refused
from services.gateway.pages.planned import Fields, chosen, contribution, when
from services.gateway.pages.routing import pages, seen
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import CurrentVisitor, Visitor
from shared.contracts.api.calendar.policies import PolicyKind
from shared.contracts.api.calendar.words import Purpose, Tier
from shared.contracts.problem import Problem
from shared.runtime import clock

BusinessId = Annotated[str | None, Query(pattern=r"^biz_[a-z2-7]{20}$")]
_TERMS = ("purpose", "letter_on", "tier", "contact", "note", "lead")

router = pages()


@router.get("/plan")
async def plan(request: Request, visitor: CurrentVisitor, business_id: BusinessId = None) -> Response:
    """Of a business, or of a place in words."""
    start = {"first": clock.today().isoformat(), "purpose": Purpose.enforcement, "tier": Tier.full}
    return await _form(request, visitor, start | ({"business_id": business_id} if business_id else {}))


@router.post("/plan")
async def send(request: Request, visitor: CurrentVisitor) -> Response:
    given = await request.form()
    form = {name: text.strip() for name, text in given.items() if isinstance(text, str)}
    regimes, invited = _texts(given, "regime"), _texts(given, "invite")
    try:
        made = await visitor.services.send("POST", "/v1/visits", _visit(form, regimes, invited))
    except Refused as refused:
        return await _form(request, visitor, form, regimes, invited, refused.problem)
    return seen(f"/visits/{made['visit_id']}")


def _texts(form: FormData, name: str) -> list[str]:
    return [text for text in form.getlist(name) if isinstance(text, str)]


def _visit(form: Fields, regimes: Sequence[str], invited: Sequence[str]) -> dict[str, Any]:
    lines = {"lines": [form["line"]]} if form.get("line") else {}
    address = lines | chosen(form, "postcode")
    return {
        "place": chosen(form, "business_id", "name") | ({"address": address} if address else {}),
        "when": when(form),
        "terms": chosen(form, *_TERMS) | {"regimes": regimes},
        "contribution": contribution(form),
        "invite": [{"agency": agency} for agency in invited],
    }


async def _form(
    request: Request,
    visitor: Visitor,
    form: Fields,
    regimes: Sequence[str] = (),
    invited: Sequence[str] = (),
    problem: Problem | None = None,
) -> Response:
    business_id = form.get("business_id")
    proposal = await _proposal(visitor, business_id) if business_id else None
    content = {
        "proposal": proposal,
        "form": form,
        "regimes": regimes or _regimes(proposal),
        "invited": invited or _others(proposal, visitor.principal.agency),
        "every_regime": await _every_regime(visitor),
        "tiers": [tier.value for tier in Tier],
        "purposes": [purpose.value for purpose in Purpose],
    }
    return page(request, "plan.html", problem.status if problem else 200, problem=problem, **content)


async def _every_regime(visitor: Visitor) -> list[str]:
    """Those that the partnership's policies know."""
    contents = [policy["content"] for policy in (await visitor.services.get("/v1/calendar/policies"))["policies"]]
    (regimes,) = (one["regimes"] for one in contents if one["kind"] == PolicyKind.regimes)
    return sorted(regimes)


async def _proposal(visitor: Visitor, business_id: str) -> dict[str, Any]:
    found: dict[str, Any] = await visitor.services.send("POST", "/v1/visits/compose", {"business_id": business_id})
    return found


def _regimes(proposal: dict[str, Any] | None) -> list[str]:
    attendees = proposal["attendees"] if proposal else ()
    return sorted({reason["regime"] for one in attendees for reason in one["reasons"]})


def _others(proposal: dict[str, Any] | None, agency: str) -> list[str]:
    return [one["agency"] for one in proposal["attendees"] if one["agency"] != agency] if proposal else []

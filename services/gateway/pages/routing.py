"""What every page has in common: forms come from here, strangers are sent to sign in, refusals are pages too."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from services.gateway.handlers.oauth import Refused as NotSignedIn
from services.gateway.handlers.refusals import Refusals
from services.gateway.pages.asking import Moved, Refused
from services.gateway.pages.home import require_own_form
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import Visitor
from shared.contracts.problem import PROBLEM_JSON, Problem
from shared.runtime.errors import AppError, Invalid, Unauthenticated
from shared.runtime.remedies import field_problem
from shared.runtime.web import OWNERS_HEADER

Id = Annotated[str, Path(pattern=r"^[a-z]{3}_[a-z0-9]{20,32}$")]


class PageRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            response: Response
            try:
                require_own_form(request)
                response = await answer(request)
            except Moved as moved:  # a business, by an id that it had before a merger
                response = seen(moved.where.removeprefix("/v1"))
            except NotSignedIn as error:
                response = await _not_signed_in(request, error)
            except (AppError, Refused, RequestValidationError) as error:
                response = await _refusal(request, error)
            return _with_owners(request, response)

        return answered


def pages() -> APIRouter:
    """A router for pages. They are no part of the API's description."""
    return APIRouter(route_class=PageRoute, include_in_schema=False)


def wants_json(request: Request) -> bool:
    """Whether one of our scripts asks, rather than a person."""
    return request.headers.get("accept", "").startswith("application/json")


def seen(where: str) -> RedirectResponse:
    """After a form: the browser goes on to `where` with a GET."""
    return RedirectResponse(where, 303)


async def _refusal(request: Request, error: AppError | Refused | RequestValidationError) -> Response:
    problem = _problem(error)
    if wants_json(request):
        return Response(problem.model_dump_json(exclude_none=True), problem.status, media_type=PROBLEM_JSON)
    if isinstance(error, Unauthenticated):
        return await _stranger(request, problem)
    return page(request, "refusal.html", problem.status, problem=problem)


async def _stranger(request: Request, problem: Problem) -> Response:
    """Whose session has ended signs in, and keeps what they wrote."""
    if request.method == "GET":
        return seen("/sign-in?" + urlencode({"then": request.url.path}))
    fields = [(name, text) for name, text in (await request.form()).multi_items() if isinstance(text, str)]
    return page(request, "held.html", problem.status, problem=problem, fields=fields)


def _problem(error: AppError | Refused | RequestValidationError) -> Problem:
    if isinstance(error, Refused):
        return error.problem
    if isinstance(error, RequestValidationError):
        error = Invalid(errors=[field_problem(fault) for fault in error.errors()])
    return error.problem()


async def _not_signed_in(request: Request, refused: NotSignedIn) -> Response:
    refusals: Refusals = request.app.state.refusals
    response = page(request, "not_signed_in.html", refused.status, reason=refused.description)
    await refusals.record(refused, request.method, request.url.path)
    return response


def _with_owners(request: Request, response: Response) -> Response:
    """For the audit log: whose records the page was made from."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    if visitor and visitor.services.owners is not None:
        response.headers[OWNERS_HEADER] = " ".join(sorted(visitor.services.owners))
    return response

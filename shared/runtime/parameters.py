"""Parameters of an address that its route does not know."""

from fastapi import Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute

from shared.contracts.problem import FieldProblem
from shared.runtime.errors import Invalid

_REMEDY = "Remove the parameters that the description of this address does not list; they would narrow nothing."


def refuse_unknown(request: Request) -> None:
    """Raises Invalid: who asks for ?on=2020-01-01 where it is called as_of would take the answer for that day's.

    Does nothing where no route answers the request, but another service to which it goes on.
    """
    route = request.scope.get("route")
    if not request.query_params or not isinstance(route, APIRoute):
        return
    known = {one.alias for one in get_flat_params(route.dependant) if isinstance(one.field_info, params.Query)}
    if not request.query_params.keys() <= known:
        raise Invalid(errors=[FieldProblem(field="query", code="extra_forbidden", remedy=_REMEDY)])

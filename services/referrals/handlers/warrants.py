"""Putting together what an agency has for a warrant, from what the caller may read. Nothing is kept."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.request_kinds import by_id
from services.referrals.domain.warrants import Case, Heard, checks, policy_on
from services.referrals.handlers import request_views, sanitised
from shared.contracts.api.referrals.requests import FieldType, NamedPerson, RequestSaid
from shared.contracts.api.referrals.warrants import WarrantQuestion, WarrantReadiness
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Principal
from shared.runtime.clock import today
from shared.runtime.errors import Invalid
from shared.sharing import Partnership


async def readiness(
    connection: AsyncConnection, principal: Principal, partnership: Partnership, given: WarrantQuestion
) -> WarrantReadiness:
    """Raises NotFound for a request or intelligence that the caller may not read."""
    if any(partnership.agency(one) is None for one in (*given.joined, *filter(None, [given.executing]))):
        problem = FieldProblem(field="body.joined", code="unknown", remedy="Name agencies of this partnership.")
        raise Invalid(errors=[problem])
    case = await _case(connection, principal, partnership, given)
    policy = policy_on(today())
    found = tuple(checks(case, policy, today()))
    return WarrantReadiness(ready=all(one.met for one in found), checks=found, policy=policy)


async def _case(
    connection: AsyncConnection, principal: Principal, partnership: Partnership, given: WarrantQuestion
) -> Case:
    request = await request_views.one(connection, principal, partnership, given.request) if given.request else None
    versions = [
        await sanitised.row(connection, principal, partnership, id_) for id_ in dict.fromkeys(given.intelligence)
    ]
    return Case(
        people=[given.offender] if given.offender else _named(request) if request else [],
        premises=given.premises or (request.premises if request else None),
        request=f"/v1/requests/{request.id}" if request else None,
        heard=[
            Heard(f"/v1/intelligence/sanitised/{one.id}", one.received_on, sanitised.grading(one)) for one in versions
        ],
        executing=given.executing,
        joined=given.joined,
    )


def _named(request: RequestSaid) -> list[NamedPerson]:
    """The people in the fields of the answer, as far as the caller may read it."""
    people = [field.id for field in by_id(request.kind).answer if field.type is FieldType.people]
    listed = [(request.answer or {}).get(field) or [] for field in people]
    return [NamedPerson.model_validate(one) for each in listed if isinstance(each, list) for one in each]

"""What an agency owes people, asked of every service that keeps something of them, in the name of who asks here."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter

from services.gateway.clients import Headers, Upstreams
from services.gateway.domain.deed import SHOWN, read
from services.gateway.domain.duties import SERVICES, all_of, by_request, put_together, shared_out, why
from services.gateway.domain.routes import Service
from services.gateway.domain.told import told
from services.gateway.handlers.rules import Rules
from services.gateway.store import audit as log
from services.gateway.store.audit import Wanted
from shared.contracts.api.audit import Disclosure
from shared.contracts.api.duties import DataRequest, Disposal, Hold, NewDataRequest, Part, Said, Subject, SubjectAccess
from shared.contracts.api.ingest import Page
from shared.contracts.problem import PROBLEM_JSON, Problem
from shared.runtime.auth import Principal
from shared.runtime.clock import timed_id
from shared.runtime.db import Database
from shared.runtime.errors import AppError, Conflict, Forbidden, Invalid, NotFound, TooMany, TooSlow, Unavailable

_FAILED, _OURS = 400, 500
_NEWEST = 50
_REFUSALS: Mapping[int, type[AppError]] = {one.status: one for one in (Forbidden, NotFound, Conflict, Invalid, TooMany)}
Model = TypeVar("Model", bound=BaseModel)
Answer = bytes | Problem | None
"""What a service said; why it refused; None where it did not answer."""


class Duties:
    def __init__(self, upstreams: Upstreams, database: Database, rules: Rules) -> None:
        self._upstreams = upstreams
        self._database = database
        self._rules = rules

    async def subject_access(self, caller: Principal, headers: Headers, subject: Subject) -> SubjectAccess:
        """Raises Unavailable where no service answers, and what they raise."""
        body = subject.model_dump_json().encode()
        answers = await self._ask_all("POST", "subject-access", headers, dict.fromkeys(SERVICES, body))
        found = all_of({service: _as(SubjectAccess, answer) for service, answer in answers.items()})
        if found is None:
            raise _first_refusal(answers) or Unavailable("No service answered: ask again.")
        return await self._with_disclosures(caller.agency, found)

    async def decide(self, headers: Headers, asked: NewDataRequest) -> DataRequest:
        """Raises what the services refuse where none of them did its part, and Unavailable where none answered."""
        named = asked.model_copy(update={"request_id": asked.request_id or timed_id("req")})
        bodies = {service: one.model_dump_json().encode() for service, one in shared_out(named).items()}
        answers = await self._ask_all("POST", "data-requests", headers, bodies)
        done = {service: part for service, answer in answers.items() if (part := _as(DataRequest, answer))}
        if done:
            return put_together(done, _undone(answers))
        remedy = f"No service answered. Ask again with request_id {named.request_id}: nothing is done twice."
        raise _first_refusal(answers) or Unavailable(remedy)

    async def request(self, headers: Headers, id_: str) -> DataRequest:
        """Raises NotFound, and Unavailable where a service does not answer."""
        answers = await self._ask_all("GET", f"data-requests/{id_}", headers, dict.fromkeys(SERVICES))
        parts = {service: part for service, answer in answers.items() if (part := _as(DataRequest, answer))}
        _whole(one for one in answers.values() if not (isinstance(one, Problem) and one.status == NotFound.status))
        if not parts:
            raise NotFound
        return put_together(parts)

    async def requests(self, headers: Headers, cursor: str | None, limit: int) -> Page[DataRequest]:
        pages = await self._pages(DataRequest, "data-requests", headers, cursor, limit)
        return _page(by_request(pages), limit)

    async def disposals(self, headers: Headers, cursor: str | None, limit: int) -> Page[Disposal]:
        pages = await self._pages(Disposal, "disposals", headers, cursor, limit)
        return _page(
            sorted((one for page in pages.values() for one in page), key=lambda one: one.id, reverse=True), limit
        )

    async def holds(self, headers: Headers) -> tuple[Hold, ...]:
        """Those to be reviewed first first."""
        answers = await self._ask_all("GET", "holds", headers, dict.fromkeys(SERVICES))
        found = [one for answer in _whole(answers.values()) for one in TypeAdapter(list[Hold]).validate_json(answer)]
        return tuple(sorted(found, key=lambda one: (one.review_on, one.kind or "", one.item)))

    async def _pages(
        self, model: Any, name: str, headers: Headers, cursor: str | None, limit: int
    ) -> dict[Service, Sequence[Any]]:
        """A page of each service from the same place: what is newest of all is among them."""
        query = f"?limit={limit}" + (f"&cursor={cursor}" if cursor else "")
        answers = await self._ask_all("GET", name + query, headers, dict.fromkeys(SERVICES))
        read_ = [Page[model].model_validate_json(one).items for one in _whole(answers.values())]
        return dict(zip(answers, read_, strict=True))

    async def _ask_all(
        self, method: str, name: str, headers: Headers, bodies: Mapping[Service, bytes | None]
    ) -> dict[Service, Answer]:
        """Each service with its body, all at once."""
        asked = (self._ask(method, name, headers, service, body) for service, body in bodies.items())
        return dict(zip(bodies, await asyncio.gather(*asked), strict=True))

    async def _ask(self, method: str, name: str, headers: Headers, service: Service, body: bytes | None) -> Answer:
        told_type = [(b"content-type", b"application/json")] if body else []
        path = f"/v1/duties/{service}/{name}"
        try:
            answer = await self._upstreams[service].ask(method, path, [*headers, *told_type], body)
        except (Unavailable, TooSlow):
            return None
        if answer.is_success:
            return answer.content
        is_refusal = _FAILED <= answer.status_code < _OURS
        if is_refusal and answer.headers.get("content-type", "").startswith(PROBLEM_JSON):
            return Problem.model_validate_json(answer.content)
        return None

    async def _with_disclosures(self, owner: str, found: SubjectAccess) -> SubjectAccess:
        """Each thing with who was given it, as the audit log says."""
        records = [
            one.model_copy(update={"given": await self._given(owner, one.record_id, one.category)})
            for one in found.records
        ]
        items = [
            one.model_copy(update={"given": await self._given(owner, one.id, one.category)}) for one in found.items
        ]
        return found.model_copy(update={"records": tuple(records), "items": tuple(items)})

    async def _given(self, owner: str, id_: str, category: str) -> tuple[Disclosure, ...]:
        """The newest of them."""
        partnership = self._rules.partnership()
        others = tuple(agency.id for agency in partnership.agencies if agency.id != owner)
        await log.index_all(self._database)
        async with self._database.read() as connection:
            links = await log.found(connection, Wanted(others, (SHOWN,), id_), before=None, limit=_NEWEST)
        return tuple(told(read(link.body), owner, partnership, category) for link in links)


def _as(model: type[Model], answer: Answer) -> Model | None:
    return model.model_validate_json(answer) if isinstance(answer, bytes) else None


def _undone(answers: Mapping[Service, Answer]) -> list[Part]:
    return [
        Part(service=service, said=Said.refused, why=why(answer))
        if isinstance(answer, Problem)
        else Part(service=service, said=Said.no_answer, why="Ask again with this request_id: nothing is done twice.")
        for service, answer in answers.items()
        if not isinstance(answer, bytes)
    ]


def _first_refusal(answers: Mapping[Service, Answer]) -> AppError | None:
    refused = (one for one in answers.values() if isinstance(one, Problem))
    return next((_error(one) for one in refused), None)


def _error(problem: Problem) -> AppError:
    return _REFUSALS.get(problem.status, Unavailable)(problem.detail, errors=problem.errors)


def _whole(answers: Iterable[Answer]) -> list[bytes]:
    """Raises Unavailable unless every one of them is said, or what one of them refuses."""
    found = list(answers)
    if refused := next((one for one in found if isinstance(one, Problem)), None):
        raise _error(refused)
    if None in found:
        raise Unavailable("A service is not answering, and without it this would not be whole: ask again.")
    return [one for one in found if isinstance(one, bytes)]


def _page(found: Sequence[Any], limit: int) -> Page[Any]:
    shown = tuple(found[:limit])
    return Page(items=shown, next=shown[-1].id if len(found) >= limit else None)

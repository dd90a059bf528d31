"""One request about people, shared out among the services, and their answers put together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from services.gateway.domain.routes import Service
from shared.contracts.api.duties import (
    Answered,
    DataRequest,
    Disposal,
    ItemKind,
    NewDataRequest,
    Part,
    Said,
    SubjectAccess,
)
from shared.contracts.problem import Problem

KEEPERS = (Service.referrals, Service.calendar, Service.linker)
SERVICES = (Service.ingest, *KEEPERS)
_IN_CALENDAR = frozenset(
    {
        ItemKind.visit,
        ItemKind.attendance,
        ItemKind.outcome,
        ItemKind.tasking_decision,
        ItemKind.operation,
        ItemKind.operation_consent,
        ItemKind.operation_need,
        ItemKind.primary_authority,
        ItemKind.override,
    }
)
_OF_RECORDS = ("feed", "source_refs", "row")
_OF_ITEMS = ("items", "words")
Listed = TypeVar("Listed", DataRequest, Disposal)


def keeper_of(kind: ItemKind) -> Service:
    if kind is ItemKind.link_decision:
        return Service.linker
    return Service.calendar if kind in _IN_CALENDAR else Service.referrals


def shared_out(asked: NewDataRequest) -> dict[Service, NewDataRequest]:
    """By service, what is asked of it; nothing of those that keep none of it."""
    given = asked.model_dump()
    found: dict[Service, NewDataRequest] = {}
    if asked.source_refs:
        found[Service.ingest] = NewDataRequest(**{name: one for name, one in given.items() if name not in _OF_ITEMS})
    for service in KEEPERS:
        items = [item for item in asked.items if keeper_of(item.kind) is service]
        if items:
            rest = {name: one for name, one in given.items() if name not in _OF_RECORDS}
            found[service] = NewDataRequest(**rest | {"items": items})
    return found


def put_together(parts: Mapping[Service, DataRequest], also: Iterable[Part] = ()) -> DataRequest:
    """One request of at least one part, and what came of the others."""
    every = list(parts.values())
    first = every[0]
    grounds = {ground.id: ground for part in every for ground in part.grounds}
    done = [Part(service=service, said=Said.done) for service in parts]
    return first.model_copy(
        update={
            "feed": next((part.feed for part in every if part.feed), None),
            "record_ids": tuple(id_ for part in every for id_ in part.record_ids),
            "items": tuple(item for part in every for item in part.items),
            "grounds": tuple(grounds.values()),
            "parts": (*done, *also),
        }
    )


def by_request(pages: Mapping[Service, Sequence[DataRequest]]) -> list[DataRequest]:
    """The requests of which there are parts in these pages, newest first: ids are in order of time."""
    found: dict[str, dict[Service, DataRequest]] = {}
    for service, page in pages.items():
        for one in page:
            found.setdefault(one.id, {})[service] = one
    return [put_together(found[id_]) for id_ in sorted(found, reverse=True)]


def why(problem: Problem) -> str:
    """In plain English, why a service did not do its part."""
    remedies = " ".join(f"{error.field}: {error.remedy}" for error in problem.errors)
    return " ".join(filter(None, (problem.detail or problem.title, remedies)))


def all_of(answers: Mapping[Service, SubjectAccess | None]) -> SubjectAccess | None:
    """Everything that was found, and which services were reached; None where none was."""
    reached = [answer for answer in answers.values() if answer]
    if not reached:
        return None
    return reached[0].model_copy(
        update={
            "records": tuple(one for answer in reached for one in answer.records),
            "rows": tuple(one for answer in reached for one in answer.rows),
            "items": tuple(one for answer in reached for one in answer.items),
            "services": tuple(Answered(service=name, answered=bool(answer)) for name, answer in answers.items()),
        }
    )

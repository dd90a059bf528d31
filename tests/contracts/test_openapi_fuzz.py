"""Requests by the hundred made from each service's OpenAPI: none fails inside, every answer is a documented one."""

import asyncio
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from joinedup import specs
from services.calendar import clients as calendar
from services.referrals.clients import linker as referrals
from shared.runtime.clock import today
from shared.runtime.db import Database
from shared.sharing import load_partnership
from tests.integration.linker.world import World, received, record
from tests.support.stores import sqlite_store
from tests.support.tokens import Issuer

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]
EXAMPLES = 15
ASKS_A_SERVICE = {
    "/v1/audit/disclosures",
    "/v1/sign-outs",
    "/v1/subject-access",
    "/v1/data-requests",
    "/v1/data-requests/{request_id}",
    "/v1/disposals",
    "/v1/holds",
}
"""Answered with 503 here, where no other service is running; test_disclosures.py, test_sign_outs.py and test_duties.py
have them."""


@cache
def issuer() -> Issuer:
    return Issuer(Path(mkdtemp()))


@cache
def running(service: str):
    """The service's application over a migrated SQLite store and an embedded log of its own; the linker's store holds
    a business, since a view that is not worked out yet is answered with 503, and it is the one that others ask."""
    folder = Path(mkdtemp())
    app = specs.application(service, folder, auth_jwks=str(issuer().jwks_path))
    if service == "calendar":
        graph = calendar.Linker("http://linker", httpx.ASGITransport(running("linker")))
        app.state.desk = replace(app.state.desk, linker=graph)
    if service == "referrals":
        graph = referrals.Linker("http://linker", httpx.ASGITransport(running("linker")))
        app.state.referrals = replace(app.state.referrals, linker=graph)
    store = Database(sqlite_store(folder, service), service)
    if service == "linker":
        asyncio.run(_link(World(store), (folder / "partnership.yaml").read_text()))
    return app


async def _link(world: World, rules: str) -> None:
    partnership = load_partnership(rules)
    await world.settle(partnership, today())
    event = received("council", "1", record(severity=4))
    whose = {"agency": specs.AGENCY, "category": partnership.categories[0]}
    await world.take(event.model_copy(update={"data": event.data.model_copy(update=whose)}))
    await world.database.close()


@pytest.mark.slow
@pytest.mark.parametrize("service", specs.SERVICES)
def test_every_answer_is_documented_and_none_is_a_server_error(service):
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", running(service))
    every = [result.ok() for result in schema.get_all_operations()]
    operations = [operation for operation in every if not (is_stream(operation) or operation.path in ASKS_A_SERVICE)]
    assert operations
    for operation in operations:
        fuzz(operation)


def is_stream(operation) -> bool:
    """A stream has no end to wait for; the gateway's own tests read it."""
    answers = operation.definition.raw["responses"].values()
    return any("text/event-stream" in answer.get("content", ()) for answer in answers)


def fuzz(operation) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
    )
    @given(case=operation.as_strategy())
    def run(case) -> None:
        case.call_and_validate(headers=issuer().headers(specs.AGENCY), checks=CHECKS)

    run()

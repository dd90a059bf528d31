"""What every service's application promises: a commit before the answer, problems without echo, health that is true."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

from joinedup import specs
from shared.runtime.auth import Analyst, Keys, TokenVerifier
from shared.runtime.db import Database, Tx
from shared.runtime.errors import Conflict, TooMany
from shared.runtime.web import create_app
from tests.support.tiny import note, notes, take
from tests.support.tokens import AUDIENCE, ISSUER, Issuer

SECRET = "Jane-Doe-1980-01-01"
PROBLEM = "application/problem+json"
router = APIRouter()


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern="^[a-z]+$")
    number: int = 0


async def _tx(request: Request) -> AsyncIterator[Tx]:
    database: Database = request.app.state.database
    async with database.transaction() as tx:
        yield tx


CurrentTx = Annotated[Tx, Depends(_tx, scope="function")]


@router.post("/notes", status_code=202)
async def make_note(body: Note, _caller: Analyst, tx: CurrentTx) -> dict[str, str]:
    await take(tx, body.id)
    return {"made": body.id}


@router.post("/fails/{how}")
async def fail(how: str, request: Request) -> None:
    body = (await request.body()).decode()
    match how:
        case "conflict":
            raise Conflict("It is there already.")
        case "busy":
            raise TooMany(headers={"Retry-After": "3"})
        case "bug":
            raise RuntimeError(body)
        case "store":
            raise OperationalError(body, {"name": body}, ConnectionError(body))


@pytest.fixture
def issuer(tmp_path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture
def app(database, issuer):
    verifier = TokenVerifier(ISSUER, AUDIENCE, Keys(str(issuer.jwks_path)))
    ready = {"store": lambda: _true(), "other": lambda: _is_ready(app)}
    app = create_app("tiny", "Tiny.", verifier=verifier, routers=[router], ready=ready)
    app.state.database, app.state.other = database, True
    return app


async def _true() -> bool:
    return True


async def _is_ready(app) -> bool:
    if app.state.other == "broken":
        raise ConnectionError(SECRET)
    return bool(app.state.other)


@pytest.fixture
async def client(app) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tiny") as client:
        yield client


@pytest.fixture
def analyst(issuer) -> dict[str, str]:
    return issuer.headers("fire", ["analyst"])


async def test_what_was_answered_was_committed_before(app, database, client, analyst):
    """Looked at from inside the answer's first byte: since FastAPI 0.118 the default is to commit after it."""
    seen: list[list[str]] = []

    async def look(scope, receive, send):
        async def looking(message):
            if message["type"] == "http.response.start":
                seen.append(await notes(database))
            await send(message)

        await app(scope, receive, looking)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(look), base_url="http://tiny") as client:
        answer = await client.post("/notes", json={"id": "a"}, headers=analyst)
    assert (answer.status_code, seen) == (202, [["a"]])


async def test_a_failed_commit_is_never_answered_with_success(app, database, client, analyst, monkeypatch):
    async def fail_to_commit(self) -> None:
        raise OperationalError("COMMIT", {}, OSError("disk full"))

    def fail_to_store(*_) -> None:
        raise OperationalError("INSERT", {}, OSError("disk full"))

    with monkeypatch.context() as patched:
        patched.setattr("sqlalchemy.ext.asyncio.AsyncTransaction.commit", fail_to_commit)
        patched.setattr("shared.runtime.session.Session.store", fail_to_store)
        answer = await client.post("/notes", json={"id": "a"}, headers=analyst)
    assert answer.status_code in (500, 503)
    assert answer.headers["content-type"] == PROBLEM
    assert await notes(database) == []


async def test_a_constraint_that_fails_at_the_end_is_answered_as_a_failure(app, database, client, analyst):
    async with database.transaction() as tx:
        await tx.execute(insert(note).values(id="a"))
    answer = await client.post("/notes", json={"id": "a"}, headers=analyst)
    assert answer.status_code == 500
    assert await notes(database) == ["a"]


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [("conflict", 409, "conflict"), ("busy", 429, "too-many"), ("bug", 500, "internal"), ("store", 503, "unavailable")],
)
async def test_every_failure_is_a_problem_that_repeats_nothing(client, caplog, capfd, how, status, code):
    with caplog.at_level(logging.DEBUG):
        answer = await client.post(f"/fails/{how}", content=SECRET)
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert (problem["status"], problem["type"]) == (status, f"urn:joinedup:problem:{code}")
    assert problem["title"]
    assert answer.headers.get("retry-after") == ("3" if how == "busy" else None)
    assert SECRET not in answer.text + caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"id": SECRET}, 422, "body.id"),
        ({}, 422, "body.id"),
        ({"id": "a", "number": SECRET}, 422, "body.number"),
        ({"id": "a", SECRET: SECRET}, 422, "body"),
        ([SECRET], 422, "body"),
        (SECRET, 422, "body"),
        (f'{{"id": "{SECRET}', 400, None),
        (f'{{"id": "{SECRET}\\u0000"}}', 400, None),
    ],
)
async def test_a_faulty_body_names_field_and_remedy_and_repeats_nothing(client, analyst, body, status, field):
    sent = {"content": body} if status == 400 else {"json": body}
    answer = await client.post("/notes", headers=analyst | {"Content-Type": "application/json"}, **sent)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert SECRET not in answer.text
    if field:
        (error,) = answer.json()["errors"]
        assert error["field"] == field
        assert error["remedy"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/none", 404), ("GET", "/notes", 405), ("GET", "/notes?a=%00", 400), ("GET", "/none/%00", 400)],
)
async def test_what_the_framework_refuses_is_a_problem_as_well(client, method, path, status):
    answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"], answer.json()["status"]) == (status, PROBLEM, status)


async def test_ready_means_that_every_part_is(app, client):
    assert (await client.get("/readyz")).status_code == 200
    for state in (False, "broken"):
        app.state.other = state
        answer = await client.get("/readyz")
        assert (answer.status_code, "other" in answer.text, "store" in answer.text) == (503, True, False)
        assert SECRET not in answer.text
    assert (await client.get("/healthz")).status_code == 200


async def test_metrics_are_in_prometheus_form(client):
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "# TYPE" in answer.text


async def test_the_description_documents_problems_and_no_validation_error_of_the_framework(app):
    document = app.openapi()
    assert {"400", "401", "403", "422", "503"} <= document["paths"]["/notes"]["post"]["responses"].keys()
    assert "Problem" in document["components"]["schemas"]
    assert "HTTPValidationError" not in str(document)


async def test_background_tasks_stop_before_what_they_use_is_closed(issuer):
    happened: list[str] = []

    async def work(stop: asyncio.Event) -> None:
        await stop.wait()
        happened.append("stopped")

    async def close() -> None:
        happened.append("closed")

    verifier = TokenVerifier(ISSUER, AUDIENCE, Keys(""))
    app = create_app("tiny", "Tiny.", verifier=verifier, routers=(), ready={}, background=[work], close=[close])
    async with app.router.lifespan_context(app):
        await asyncio.sleep(0)
        assert happened == []
    assert happened == ["stopped", "closed"]


POSTS = [
    (service, method.upper(), path)
    for service in specs.SERVICES
    for path, item in json.loads((specs.SPECS / f"{service}.openapi.json").read_bytes())["paths"].items()
    for method in item
    if method in ("post", "put", "patch")
]


@pytest.mark.parametrize(("service", "method", "path"), POSTS, ids=lambda part: part.strip("/"))
async def test_no_route_of_any_service_repeats_what_was_sent(tmp_path, issuer, capfd, caplog, service, method, path):
    """The stores are not even there: an unforeseen failure must not repeat it either."""
    app = specs.application(service, tmp_path, auth_jwks=str(issuer.jwks_path))
    headers = issuer.headers(specs.AGENCY)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        for sent in _bodies():
            answer = await client.request(method, path.replace("{", "").replace("}", ""), **sent)
            assert answer.status_code >= 400
            assert SECRET not in answer.text
    assert SECRET not in caplog.text + "".join(capfd.readouterr())


def _bodies() -> Iterator[dict[str, object]]:
    fields = {"id": SECRET, "agency": SECRET, "roles": SECRET, "names": [SECRET], "records": [{"a": SECRET}]}
    yield {"json": fields}
    yield {"json": [fields] * 3}
    for kind in ("application/json", "application/yaml", "text/csv", "application/x-ndjson"):
        for text in (SECRET, f'{{"id": "{SECRET}", "agency": "{SECRET}", "a": [', f"id: {SECRET}\nagency: [{SECRET}"):
            yield {"content": text.encode(), "headers": {"Content-Type": kind}}

"""permissions.yaml against every route of every service: each role gets the answer that stands there."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from starlette.testclient import TestClient

from joinedup import specs
from services.gateway.domain.routes import service_for
from shared.contracts.roles import Role
from shared.runtime import migrate
from shared.runtime.db import Database
from tests.support.tokens import Issuer

TABLE = yaml.safe_load(Path(__file__).with_name("permissions.yaml").read_text())
ANYBODY = "anybody"
STREAMS = {"/v1/events/risk-changes"}
HEALTH = {"GET /healthz", "GET /readyz"}
NO_ROLE = "This needs the role of"


@pytest.fixture
def issuer(tmp_path) -> Issuer:
    return Issuer(tmp_path)


@contextmanager
def running(service: str, folder: Path, issuer: Issuer) -> Iterator[TestClient]:
    """The service over an empty store and log of its own."""
    app = specs.application(service, folder, auth_jwks=str(issuer.jwks_path))
    migrate.run(Database(f"sqlite:///{folder}/{service}.db", schema=service))
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def routes(service: str, folder: Path) -> Iterator[str]:
    """`GET /v1/feeds` and so on, as the service describes them."""
    for path, item in specs.application(service, folder).openapi()["paths"].items():
        yield from (f"{method.upper()} {path}" for method in item)


def ask(client: TestClient, route: str, headers: Mapping[str, str]):
    """Without a body and for ids that are none: who may is decided before what. The cursor of a stream is none, or it
    would have no end."""
    method, path = route.split()
    asked = {"after": "none"} if path in STREAMS else None
    return client.request(method, re.sub(r"{[^}]+}", "x", path), headers=headers, params=asked)


def refuses_the_role(answer) -> bool:
    return answer.status_code == 403 and answer.json().get("detail", "").startswith(NO_ROLE)


@pytest.mark.parametrize("service", specs.SERVICES)
def test_the_table_has_every_route_and_no_other(service, tmp_path):
    assert set(TABLE[service]) == set(routes(service, tmp_path)) - HEALTH, "a route without a line is open to nobody"


@pytest.mark.parametrize("service", specs.SERVICES)
def test_every_route_answers_every_role_as_the_table_says(service, tmp_path, issuer):
    guarded = {route: allowed for route, allowed in TABLE[service].items() if allowed != ANYBODY}
    wrong = []
    with running(service, tmp_path, issuer) as client:
        for route, allowed in guarded.items():
            assert set(allowed) <= set(Role), route
            for role in Role:
                answer = ask(client, route, issuer.headers(specs.AGENCY, [role]))
                assert answer.status_code not in (401, 500), (route, role)
                if refuses_the_role(answer) == (role in allowed):
                    wrong.append((route, role.value, answer.status_code))
    assert not wrong


@pytest.mark.parametrize("service", specs.SERVICES)
def test_only_what_is_open_to_anybody_answers_without_a_token_or_without_a_role(service, tmp_path, issuer):
    with running(service, tmp_path, issuer) as client:
        for route, allowed in TABLE[service].items():
            is_open = allowed == ANYBODY
            assert (ask(client, route, {}).status_code in (401, 403)) != is_open, route
            assert refuses_the_role(ask(client, route, issuer.headers(specs.AGENCY, []))) != is_open, route


@pytest.mark.parametrize("service", specs.SERVICES)
def test_at_the_public_address_no_route_answers_an_agency_that_is_no_partner(service, tmp_path, issuer):
    with running("gateway", tmp_path, issuer) as public:
        for route, allowed in TABLE[service].items():
            if allowed != ANYBODY:
                answer = ask(public, route, issuer.headers("stranger"))
                assert (route, answer.status_code) == (route, 403)
                assert not refuses_the_role(answer)


@pytest.mark.parametrize("service", [service for service in specs.SERVICES if service != "gateway"])
def test_every_route_of_a_service_is_reached_at_the_public_address(service):
    assert {service_for(route.split()[1]) for route in TABLE[service]} <= {service}


@pytest.mark.parametrize("service", specs.SERVICES)
def test_a_parameter_that_a_route_does_not_know_is_refused_and_not_ignored(service, tmp_path, issuer):
    answers = {}
    with running(service, tmp_path, issuer) as client:
        for route in (route for route, allowed in TABLE[service].items() if allowed != ANYBODY):
            method, path = route.split()
            address = re.sub(r"{[^}]+}", "x", path)
            answer = client.request(method, address, headers=issuer.headers(specs.AGENCY, Role), params={"odd": "1"})
            answers[route] = answer.status_code, [error["field"] for error in answer.json().get("errors", ())]
    assert answers == dict.fromkeys(answers, (422, ["query"]))

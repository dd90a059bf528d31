"""Default deny: every route of every service asks who is calling, unless it is named here with its reason."""

import re

import pytest
from starlette.testclient import TestClient

from joinedup import specs

OPEN = {
    "/healthz": "asked by the supervisor, tells nothing",
    "/readyz": "asked by the supervisor, names parts of the system only",
    "/.well-known/jwks.json": "public keys",
    "/oauth/token": "the sign-in itself",
    "/oauth/revoke": "whoever has a token may end it, and a wrong one ends nothing",
    "/oauth/revocations": "random ids of tokens that no longer work",
    "/dev/token": "the development sign-in itself; exists on loopback only",
    "/": "names the API and nothing else",
}


@pytest.mark.parametrize("service", specs.SERVICES)
def test_every_route_is_refused_without_a_token_unless_named(service, tmp_path):
    app = specs.application(service, tmp_path)
    client = TestClient(app, raise_server_exceptions=False)
    guarded = [(method, path) for path, item in app.openapi()["paths"].items() if path not in OPEN for method in item]
    answers = {
        (method, path): client.request(method.upper(), re.sub(r"{[^}]+}", "x", path)).status_code
        for method, path in guarded
    }
    let_through = {route: status for route, status in answers.items() if status != 401}
    assert not let_through, "take one of shared.runtime.auth's types as a parameter"


@pytest.mark.parametrize("service", specs.SERVICES)
def test_every_route_is_in_the_description(service, tmp_path):
    """A route outside the description would escape the test above; only the description and the metrics may."""
    app = specs.application(service, tmp_path)
    hidden = {path for path in _paths(app.router) if path not in app.openapi()["paths"]}
    assert hidden <= {"/v1/openapi.json", "/metrics"}


def _paths(router):
    for route in router.routes:
        if inner := getattr(route, "original_router", None):
            yield from _paths(inner)
        else:
            yield getattr(route, "path_format", route.path)

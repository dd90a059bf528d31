"""Default deny: every route of every service asks who is calling, unless it is named here with its reason."""

import re

import pytest
from starlette.testclient import TestClient

from joinedup import specs
from services.gateway.pages.routing import PageRoute

OPEN = {
    "/healthz": "asked by the supervisor, tells nothing",
    "/readyz": "asked by the supervisor, names parts of the system only",
    "/.well-known/jwks.json": "public keys",
    "/oauth/token": "the sign-in itself",
    "/oauth/revoke": "whoever has a token may end it, and a wrong one ends nothing",
    "/oauth/revocations": "random ids of tokens that no longer work",
    "/dev/token": "the development sign-in itself; exists on loopback only",
    "/": "names the API and nothing else",
    "/v1/calendar/ics/{token}.ics": "calendars cannot sign in: the address is the secret, and its holder can revoke it",
}

OPEN_PAGES = {
    "/sign-in": "the sign-in itself",
    "/sign-in/{issuer}": "the sign-in itself",
    "/sign-in/{issuer}/done": "the sign-in itself",
    "/accessibility": "names nobody and nothing",
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
    """A route outside the description would escape the test above; only the description, metrics and pages may."""
    app = specs.application(service, tmp_path)
    routes = {getattr(route, "path_format", route.path): route for route in _routes(app.router)}
    hidden = routes.keys() - app.openapi()["paths"].keys()
    pages = {path for path, route in routes.items() if isinstance(route, PageRoute)}
    assert hidden - pages <= {"/v1/openapi.json", "/metrics", "/static", "/static/{path}"}


def test_every_page_sends_a_stranger_to_sign_in_unless_named(tmp_path):
    app = specs.application("gateway", tmp_path)
    client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    pages = [route for route in _routes(app.router) if isinstance(route, PageRoute) and route.path not in OPEN_PAGES]
    assert len(pages) > 3
    for route in pages:
        path = re.sub(r"{[^}]+}", "x", route.path)
        for method in route.methods:
            answer = client.request(method, path, headers={"Sec-Fetch-Site": "same-origin"})
            sent_away = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?then=")
            assert sent_away if method == "GET" else answer.status_code == 401, (method, route.path)


def _routes(router):
    for route in router.routes:
        if inner := getattr(route, "original_router", None):
            yield from _routes(inner)
        else:
            yield route

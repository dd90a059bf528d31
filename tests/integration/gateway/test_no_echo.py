"""Nothing that is sent comes back in an error, nor stands in a log."""

from collections.abc import Iterator

import pytest

from tests.integration.gateway.served import Process, http

SECRET = "Jane-Doe-1980-01-01"
BODIES = [
    {"json": {"agency": SECRET, "roles": [SECRET], SECRET: SECRET}},
    {"json": SECRET},
    {"content": f'{{"agency": "{SECRET}'.encode(), "headers": {"Content-Type": "application/json"}},
    {"content": SECRET.encode() * 1000},
    {"files": {SECRET: (SECRET, SECRET.encode())}},
]
POSTS = [
    "/dev/token",
    "/v1/feeds",
    "/v1/feeds/f/records",
    "/v1/feeds/f/files",
    "/v1/referrals",
    "/v1/visits",
    "/v1/sharing/dry-run",
    "/x",
]
GETS = [
    f"/v1/{SECRET}",
    f"/v1/businesses?q={SECRET}",
    f"/v1/feeds/../{SECRET}",
    f"/v1/events/risk-changes?band={SECRET}&area={SECRET}&from={SECRET}",
    f"/v1/events/risk-changes?after={SECRET}",
]


@pytest.fixture
def process(tmp_path) -> Iterator[Process]:
    process = Process(tmp_path, profile="demo")
    yield process
    process.kill9()


def test_what_is_sent_is_in_no_error_and_in_no_log(tmp_path, process):
    token = http.post(f"{process.url}/dev/token", json={"agency": "fire", "roles": ["analyst"]}).json()
    callers = ({}, {"Authorization": f"Bearer {token['access_token']}"}, {"Authorization": f"Bearer {SECRET}"})
    answers = [
        http.post(process.url + path, **body | {"headers": body.get("headers", {}) | caller})
        for path in POSTS
        for body in BODIES
        for caller in callers
    ]
    answers += [http.get(process.url + path, headers=caller) for path in GETS for caller in callers]
    for answer in answers:
        assert answer.status_code >= 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert SECRET not in answer.text
        assert SECRET not in str(answer.headers)
    process.terminate()
    assert SECRET not in (tmp_path / "gateway-api.out").read_text()

"""What is passed on, what is not, and what the caller is told when a service fails."""

import asyncio
import hashlib
import socket
import time
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from urllib.parse import urlsplit

import httpx
import pytest

from services.gateway.domain.routes import ROUTES
from tests.integration.gateway.served import Process, gateway, http, served
from tests.integration.gateway.upstream import SECRET, upstream
from tests.support.processes import free_port, wait_until
from tests.support.tokens import Issuer

MIB = 1024 * 1024
PROBLEM = "application/problem+json"


@pytest.fixture
def behind() -> Iterator[SimpleNamespace]:
    app = upstream()
    with served(app) as url:
        yield SimpleNamespace(app=app, url=url, settings={f"{name}_url": url for name in _services()})


@pytest.fixture
def url(tmp_path, issuer, behind) -> Iterator[str]:
    with gateway(
        tmp_path,
        auth_jwks=str(issuer.jwks_path),
        body_limit_bytes=100_000,
        photo_limit_bytes=200_000,
        upload_limit_bytes=MIB,
        upstream_timeout_seconds=1,
        **behind.settings,
    ) as url:
        yield url


@pytest.fixture
async def client(url, issuer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, headers=issuer.headers("fire"), timeout=20) as client:
        yield client


async def test_a_file_of_50_mb_passes_through_in_bounded_memory(tmp_path, issuer, behind):
    process = Process(tmp_path, auth_jwks=str(issuer.jwks_path), **behind.settings)
    chunk, count = bytes(range(256)) * 256, 800
    async with httpx.AsyncClient(headers=issuer.headers("fire"), timeout=60) as client:
        await client.post(f"{process.url}/v1/feeds/f/files", content=b"warm up")
        before = process.peak_mib()
        answer = await client.post(f"{process.url}/v1/feeds/f/files", content=repeated(chunk, count))
        grown = process.peak_mib() - before
    process.kill9()
    assert answer.json() == {"size": len(chunk) * count, "sha256": hashlib.sha256(chunk * count).hexdigest()}
    assert grown < 10, f"{grown:.0f} MiB"


async def test_an_answer_of_50_mb_passes_through_in_bounded_memory_to_a_slow_reader(tmp_path, issuer, behind):
    process = Process(tmp_path, auth_jwks=str(issuer.jwks_path), **behind.settings)
    size = 0
    async with httpx.AsyncClient(headers=issuer.headers("fire"), timeout=60) as client:
        await client.get(f"{process.url}/v1/graph", params={"size": 65536})  # warm up
        before = process.peak_mib()
        async with client.stream("GET", f"{process.url}/v1/graph", params={"size": 50 * MIB}) as answer:
            await asyncio.sleep(0.5)
            async for part in answer.aiter_raw():
                size += len(part)
        grown = process.peak_mib() - before
    process.kill9()
    assert size == 50 * MIB
    assert grown < 16, f"{grown:.0f} MiB"


async def repeated(chunk: bytes, count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield chunk


async def test_an_upload_that_the_caller_breaks_off_is_broken_off_for_the_service_too(url, issuer, behind):
    """Otherwise half a file would look like a whole one."""
    lines = [
        "POST /v1/feeds/f/files HTTP/1.1",
        "Host: x",
        f"Authorization: {issuer.headers('fire')['Authorization']}",
        "Transfer-Encoding: chunked",
        "",
        "5",
        "hello",
        "",
    ]
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port)) as connection:
        connection.sendall("\r\n".join(lines).encode())
        await asyncio.sleep(0.3)
    await asyncio.to_thread(wait_until, lambda: behind.app.state.broken_off == 1, 5, "The breaking off")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.prefix)
async def test_each_prefix_and_all_below_it_reach_the_service(client, route):
    for path in (route.prefix, f"{route.prefix}/some/thing"):
        if route.prefix != "/v1/graph" or path != route.prefix:
            answer = await client.put(path, content=b"body")
            assert (answer.status_code, answer.json()["path"], answer.json()["size"]) == (200, path, 4)


@pytest.mark.parametrize(
    "target",
    [
        "/v1/feeds/food/records/LN%2F0123",
        "/v1/feeds/food/records/a%20b+c;d:e@f!g'(h)*,%C3%A9%25",
        "/v1/businesses?q=Fish%20%26+Chips&cursor=a%2Fb==&q=%C3%A9",
        "/v1/businesses/",
        "/v1/businesses/a//b",
    ],
)
async def test_path_and_query_arrive_byte_for_byte(url, issuer, target):
    answer = raw(url, "GET", target, issuer.headers("fire"))
    path, _, query = target.partition("?")
    assert f'"path":"{path}","query":"{query}"' in answer


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/v1/feeds/../../healthz", 400),
        ("/v1/feeds/%2e%2e/x", 400),
        ("/v1/feeds/%2E./x", 400),
        ("/v1/feeds/x%2f..%2f..%2fmetrics", 400),
        ("/v1/feeds/./x", 400),
        ("/v1/feeds\\..\\metrics", 400),
        ("/v1/feeds/x%5C..", 400),
        ("/v1/feeds/x%0d%0aHost:%20evil", 400),
        ("/v1/feeds/%00", 400),
        ("/v1/feeds%2Fx", 404),
        ("/v1/%66eeds/x", 404),
        ("/v1/feedsx", 404),
        ("//v1/feeds", 404),
        ("/V1/feeds", 404),
        ("/v1/feeds%252F..", 404),
        ("/v1/nothing", 404),
        ("/openapi.json", 404),
    ],
)
async def test_no_path_leads_anywhere_but_where_it_says(url, issuer, target, status):
    answer = raw(url, "GET", target, issuer.headers("fire"))
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert PROBLEM in answer


async def test_only_listed_headers_reach_the_service(client):
    sent = {
        "Idempotency-Key": "k1",
        "If-Match": '"1"',
        "Cookie": "session=1",
        "X-Forwarded-For": "10.1.1.1",
        "X-Agency": "police",
        "Connection": "keep-alive, X-Hop",
        "X-Hop": "1",
        "TE": "trailers",
        "Proxy-Authorization": "Basic x",
        "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01",
    }
    got = (await client.get("/v1/businesses", headers=sent)).json()["headers"]
    assert got["authorization"] == client.headers["authorization"]
    assert (got["idempotency-key"], got["if-match"]) == ("k1", '"1"')
    assert got["traceparent"].split("-")[1] == "a" * 32
    assert not {"cookie", "x-forwarded-for", "x-agency", "x-hop", "te", "proxy-authorization"} & got.keys()


@pytest.mark.parametrize(
    ("location", "public"),
    [
        ("/v1/submissions/s1?full=1", "/v1/submissions/s1?full=1"),
        ("{here}/v1/submissions/s1", "/v1/submissions/s1"),
        ("http://elsewhere.example/v1/x", None),
        ("//elsewhere.example/v1/x", None),
        ("javascript:alert(1)", None),
    ],
)
async def test_a_location_stays_on_the_public_address_and_inner_headers_stay_inside(client, location, public):
    answer = await client.post("/v1/submissions", params={"to": location})
    assert answer.status_code == 202
    assert answer.headers.get("location") == public
    assert answer.headers["etag"] == '"1"'
    assert not {"set-cookie", "server", "x-internal"} & answer.headers.keys()
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_service_that_is_down_gives_503_and_when_to_try_again(tmp_path, issuer):
    with gateway(tmp_path, auth_jwks=str(issuer.jwks_path), linker_url=f"http://127.0.0.1:{free_port()}") as url:
        answer = http.get(f"{url}/v1/businesses", headers=issuer.headers("fire"))
    assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
    assert int(answer.headers["retry-after"]) > 0


async def test_a_service_that_is_restarted_is_found_again(tmp_path, issuer, behind):
    with gateway(tmp_path, auth_jwks=str(issuer.jwks_path), **behind.settings) as url:
        headers = issuer.headers("fire")
        assert http.get(f"{url}/v1/businesses", headers=headers).status_code == 200
        assert http.get(f"{url}/v1/businesses/problem", headers=headers).status_code == 503
        assert http.get(f"{url}/v1/businesses", headers=headers).status_code == 200


async def test_a_service_that_does_not_answer_in_time_gives_504(client):
    begun = time.monotonic()
    answer = await client.get("/v1/businesses/slow")
    assert (answer.status_code, answer.headers["content-type"]) == (504, PROBLEM)
    assert time.monotonic() - begun < 4


async def test_a_problem_of_the_service_is_passed_on_and_any_other_failure_is_replaced(client):
    problem = await client.get("/v1/businesses/problem")
    assert (problem.status_code, problem.json(), problem.headers["retry-after"]) == (503, {"title": "known"}, "7")
    failure = await client.get("/v1/businesses/fails")
    assert (failure.status_code, failure.headers["content-type"]) == (502, PROBLEM)
    assert SECRET not in failure.text


LIMITS = [("/v1/feeds/f/records", 100_000), ("/v1/cards/c/photos/p", 200_000), ("/v1/feeds/f/files", MIB)]


@pytest.mark.parametrize("told", [True, False], ids=["length told", "length not told"])
@pytest.mark.parametrize(("path", "limit"), LIMITS)
async def test_a_body_beyond_the_limit_is_refused(client, path, limit, told):
    for size, status in ((limit, 200), (limit + 1, 413)):
        body = b"x" * size
        answer = await client.post(path, content=body if told else pieces(body))
        assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM


async def pieces(body: bytes) -> AsyncIterator[bytes]:
    for place in range(0, len(body), 16_384):
        yield body[place : place + 16_384]


async def test_a_refusal_before_the_body_was_read_is_passed_on(client):
    answer = await client.post("/v1/feeds/refused/now/files", content=pieces(b"x" * 90_000))
    assert answer.status_code == 409


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE"])
async def test_other_methods_are_refused(client, method):
    answer = await client.request(method, "/v1/businesses")
    assert (answer.status_code, answer.headers["content-type"]) == (405, PROBLEM)
    assert "access-control-allow-origin" not in answer.headers


async def test_the_description_covers_the_whole_public_surface(client):
    document = (await client.get("/v1/openapi.json", headers={"Authorization": ""})).json()
    assert {"/v1/me", "/v1/events/risk-changes", "/v1/feeds/{feed}/files", "/v1/graph"} <= document["paths"].keys()
    assert "/{path}" not in document["paths"]
    assert "x-unavailable" not in document


async def test_the_description_says_which_services_it_could_not_ask(tmp_path, issuer):
    with gateway(tmp_path, auth_jwks=str(issuer.jwks_path), linker_url="http://127.0.0.1:1") as url:
        document = http.get(f"{url}/v1/openapi.json").json()
    assert "linker" in document["x-unavailable"]
    assert "/v1/me" in document["paths"]


def raw(url: str, method: str, target: str, headers: dict[str, str]) -> str:
    """The answer to a request whose target goes out exactly as given."""
    lines = [f"{method} {target} HTTP/1.1", "Host: x", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=5) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer.decode()


def _services() -> set[str]:
    return {str(route.service) for route in ROUTES}


@pytest.mark.parametrize(
    ("start", "more"),
    [
        ("GET / HTTP/1.1\r\nHost: x\r\nX: ", b"a" * MIB),
        ("GET / HTTP/1.1\r\nHost: x\r\n", b"X-Y: z\r\n" * 100_000),
        ("GET /", b"a" * MIB),
        ("POST /v1/feeds HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"a" * MIB),
    ],
    ids=["header", "headers", "path", "trailer"],
)
def test_a_head_without_end_is_cut_off_from_whomever_it_comes(process: Process, start: str, more: bytes) -> None:
    before = process.peak_mib()
    with socket.create_connection(("127.0.0.1", urlsplit(process.url).port or 0)) as connection:
        connection.sendall(start.encode())
        with pytest.raises(OSError, match=r"reset|pipe"):
            for _ in range(50):
                connection.sendall(more)
    assert process.peak_mib() - before < 10
    assert http.get(f"{process.url}/healthz").is_success


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    folder = tmp_path_factory.mktemp("process")
    process = Process(folder, auth_jwks=str(Issuer(folder).jwks_path))
    yield process
    process.kill9()

"""Pulls: a file fetched on time from a real server, once, and never from inside the network."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine

from services.ingest import bootstrap
from services.ingest.clients import Fetcher, PullFailed
from tests.integration.ingest.served import Ingest, csv_of, food_spec, row


class FileServer:
    """Serves `content` with an ETag, and remembers what it was asked."""

    def __init__(self) -> None:
        self.content = b""
        self.status = 200
        self.mark = ""
        self.asked: list[str | None] = []
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                served.answer(self)

            def log_message(self, *_arguments: object) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/export.csv"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        mark = self.mark or f'"{hash(self.content)}"'
        self.asked.append(request.headers["If-None-Match"])
        same = request.headers["If-None-Match"] == mark
        request.send_response(304 if same and self.status == 200 else self.status)
        request.send_header("ETag", mark)
        body = b"" if same else self.content
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


@pytest.fixture
def server() -> Iterator[FileServer]:
    serving = FileServer()
    yield serving
    serving.server.shutdown()
    serving.server.server_close()


def pulled(server: FileServer) -> dict[str, object]:
    return food_spec(pull={"url": server.url, "every_hours": 6})


async def test_a_due_file_is_pulled_and_then_left_until_it_is_due_again(ingest: Ingest, server: FileServer) -> None:
    server.content = csv_of([row(n) for n in range(12)])
    await ingest.declare(pulled(server))
    await ingest.worker.keep_up()
    await ingest.worker.keep_up()
    await ingest.work()
    assert len(server.asked) == 1
    [receipt] = (await ingest.call("GET", "/v1/submissions")).json()["items"]
    assert (receipt["kind"], receipt["status"], receipt["counts"]["stored"]) == ("pull", "done", 12)


async def test_a_file_that_has_not_changed_is_not_fetched_again_but_counts_as_fresh(
    ingest: Ingest, server: FileServer
) -> None:
    server.content = csv_of([row(1)])
    await ingest.declare(pulled(server))
    await ingest.worker.keep_up()
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=7)):
        await ingest.worker.keep_up()
        status = (await ingest.call("GET", "/v1/feeds/food-ratings/status")).json()
    assert (len(server.asked), bool(server.asked[1])) == (2, True)
    assert status["age_hours"] < 1
    assert len((await ingest.call("GET", "/v1/submissions")).json()["items"]) == 1


async def test_a_failed_pull_is_in_the_feeds_status_and_is_tried_again_soon(ingest: Ingest, server: FileServer) -> None:
    server.status, server.content = 500, csv_of([row(1)])
    await ingest.declare(pulled(server))
    await ingest.worker.keep_up()
    status = (await ingest.call("GET", "/v1/feeds/food-ratings/status")).json()
    assert status["pull_problem"]["code"] == "bad_answer"
    server.status = 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        await ingest.worker.keep_up()
        status = (await ingest.call("GET", "/v1/feeds/food-ratings/status")).json()
    assert status["pull_problem"] is None
    await ingest.work()
    assert await ingest.said() == [("received", "F1", 1)]


async def test_a_file_beyond_the_limit_is_given_up(ingest: Ingest, server: FileServer) -> None:
    server.content = csv_of([row(n) for n in range(2000)])
    await ingest.declare(pulled(server))
    small = ingest.settings.model_copy(update={"max_upload_bytes": 1000})
    fetcher = Fetcher(allow_private=True, timeout=5)
    await bootstrap.worker(small, ingest.database, fetcher).keep_up()
    await fetcher.close()
    status = (await ingest.call("GET", "/v1/feeds/food-ratings/status")).json()
    assert status["pull_problem"]["code"] == "too_large"
    [receipt] = (await ingest.call("GET", "/v1/submissions")).json()["items"]
    assert receipt["status"] == "failed"


@pytest.mark.parametrize("url", [f"http://{64 * 'a'}.example/", "http://a..example/"])
async def test_a_name_that_no_resolver_takes_is_a_failed_pull_and_no_more(url: str) -> None:
    fetcher = Fetcher(allow_private=False, timeout=2)
    with pytest.raises(PullFailed) as refused:
        async with fetcher.get(url, None, None):
            pass
    await fetcher.close()
    assert refused.value.problem.code == "name_unknown"


async def test_a_mark_longer_than_any_store_takes_is_not_kept(ingest: Ingest, server: FileServer) -> None:
    server.content, server.mark = csv_of([row(1)]), 9000 * "x"
    await ingest.declare(pulled(server))
    await ingest.worker.keep_up()
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=7)):
        await ingest.worker.keep_up()
    assert server.asked == [None, None]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://0.0.0.0:{port}/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "http://2130706433:{port}/",
        "http://[64:ff9b::10.0.0.1]/",  # NAT64
        "http://[2002:a00:1::]/",  # 6to4
        "http://[::10.0.0.1]/",
        "http://[fec0::1]/",
    ],
)
async def test_addresses_inside_the_network_are_never_dialled(server: FileServer, url: str) -> None:
    fetcher = Fetcher(allow_private=False, timeout=2)
    with pytest.raises(PullFailed) as refused:
        async with fetcher.get(url.format(port=server.server.server_port), None, None):
            pass
    await fetcher.close()
    assert refused.value.problem.code == "address_not_public"
    assert server.asked == []

"""An agency's own system, over real HTTP: takes what it is sent, or fails in every way that there is."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson


@dataclass(frozen=True)
class Call:
    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def notice(self) -> dict[str, Any]:
        return dict(orjson.loads(self.body))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100


class Receiver:
    """`statuses` are answered one after the other, and `status` after them; `slow` is how long each answer takes."""

    def __init__(self, port: int = 0) -> None:
        self.calls: list[Call] = []
        self.statuses: list[int] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.slow = 0.0
        self.on_call: Callable[[], None] = lambda: None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.answer(self)

            def log_message(self, *_arguments: object) -> None:
                """Keep quiet."""

        self._server = _Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/events"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers["content-length"])
        body = request.rfile.read(length)
        if len(body) < length:
            return  # whoever sent it died
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.calls.append(Call(request.path, headers, body, time.monotonic()))
        self.on_call()
        time.sleep(self.slow)
        request.send_response(self.statuses.pop(0) if self.statuses else self.status)
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.end_headers()

    @property
    def ids(self) -> list[str]:
        return [call.id for call in self.calls]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

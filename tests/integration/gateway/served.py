"""Real gateways for tests: under uvicorn in a thread, or as a process that can be killed."""

import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from services.gateway import bootstrap
from services.gateway.settings import GatewaySettings
from shared.runtime.serve import Server
from tests.support.processes import free_port, kill9, start, wait_until
from tests.support.stores import sqlite_store

http = httpx.Client(timeout=30, trust_env=False)
"""For all tests: making a client takes longer than most of them."""

PARTNERSHIP = """\
id: test
title: Test
agencies: [{id: fire, title: Fire}, {id: police, title: Police}, {id: licensing, title: Licensing}]
categories: [presence]
stream_purpose: compliance
legal_gateways:
- {id: fire-and-licensing, from: [licensing], to: [fire], categories: [presence], purposes: [compliance], grant: full,
   statute: Test Act, section: "1", starts: 2020-01-01, status: active, legal_review: {by: a lawyer, day: 2020-01-01},
   signatures: [{agency: licensing, by: its head, day: 2020-01-01}]}
"""


@contextmanager
def served(app: FastAPI, port: int = 0) -> Iterator[str]:
    """The URL of `app`, running in a thread."""
    port = port or free_port()
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="warning", server_header=False, timeout_graceful_shutdown=5
    )
    server = Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive(), 20, "The start of the application")
    assert server.started
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


def settings(folder: Path, **given: object) -> GatewaySettings:
    partnership = folder / "partnership.yaml"
    if not partnership.exists():
        partnership.write_text(PARTNERSHIP)
    if not (folder / "gateway.db").exists():
        sqlite_store(folder, "gateway")
    fixed = {
        "database_url": f"sqlite:///{folder}/gateway.db",
        "log_url": f"embedded://{folder}/log.db",
        "partnership_file": partnership,
        "data_dir": folder,
    }
    return GatewaySettings(**(fixed | given))  # type: ignore[arg-type]


@contextmanager
def gateway(folder: Path, **given: object) -> Iterator[str]:
    made = settings(folder, **given)
    with served(bootstrap.api(made), made.port) as url:
        wait_until(lambda: http.get(f"{url}/readyz").is_success, 20, "Readiness")
        yield url


class Process:
    """`python -m services.gateway` in a role, `api` on a port of its own that a restart keeps."""

    def __init__(self, folder: Path, role: str = "api", **given: object) -> None:
        made = settings(folder, **given)
        self._role = role
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        values = {name: str(value) for name, value in made.model_dump(include={*made.model_fields_set}).items()}
        self._env = {f"GATEWAY_{name.upper()}": value for name, value in (values | {"port": str(self.port)}).items()}
        self._output = folder / f"gateway-{role}.out"
        self.start()

    def start(self) -> None:
        with self._output.open("ab") as output:
            command = [sys.executable, "-m", "services.gateway", self._role]
            self.process = start(command, env=_with(self._env), output=output)
        if self._role == "api":
            wait_until(self._is_ready, 30, f"Readiness; {self._output.read_text()}")

    def kill9(self) -> None:
        kill9(self.process)

    def terminate(self) -> float:
        """Seconds from SIGTERM to the end."""
        begun = time.monotonic()
        self.process.terminate()
        self.process.wait(20)
        return time.monotonic() - begun

    def peak_mib(self) -> float:
        """The most memory it ever had resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self._output.read_text()
        try:
            return http.get(f"{self.url}/readyz").is_success
        except httpx.TransportError:
            return False


def _with(extra: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, **extra}

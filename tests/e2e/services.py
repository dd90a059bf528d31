"""Joined Up as an operator runs it: `joinedup up` as a process of its own, on a folder or on servers."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.processes import ROOT, wait_until

_START_SECONDS = 150.0
_AGAIN_SECONDS = 90.0


class Services:
    """`joinedup up` on `data`. `servers`: JOINEDUP_LOG_URL and JOINEDUP_DATABASE_URL, or nothing."""

    def __init__(self, data: Path, partnership: Path, servers: Mapping[str, str]) -> None:
        self._data = data
        self._partnership = partnership
        self._servers = servers
        self.url = ""

    def __enter__(self) -> "Services":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._data.mkdir(parents=True, exist_ok=True)
        output = self._data / "up.log"
        with output.open("wb") as file:
            command = self._command("up", "--port", "0")
            self._up = subprocess.Popen(command, stdout=file, stderr=file, env=self._environment(), cwd=ROOT)
        wait_until(lambda: b"Ready at" in output.read_bytes() or not self.running, _START_SECONDS, "The start")
        assert self.running, output.read_text()
        self.url = self._noted()["url"]

    def stop(self) -> float:
        """As Ctrl-C does; the seconds it took."""
        began = time.monotonic()
        self._up.send_signal(signal.SIGINT)
        self._up.wait(60)
        return time.monotonic() - began

    def kill_supervisor(self) -> None:
        self._up.kill()
        self._up.wait()

    def kill(self, name: str) -> None:
        """kill -9 one process; returns once another has taken its place."""
        pid = self.pids[name]
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: self.pids.get(name, pid) != pid, _AGAIN_SECONDS, f"Another {name}")

    def start_again(self) -> subprocess.CompletedProcess[str]:
        """What a second start on the same data says."""
        command = self._command("up", "--port", "0")
        return subprocess.run(command, capture_output=True, text=True, env=self._environment(), cwd=ROOT, check=False)

    def rebuild(self) -> None:
        subprocess.run(self._command("rebuild", "linker"), env=self._environment(), cwd=ROOT, check=True)

    @property
    def running(self) -> bool:
        return self._up.poll() is None

    @property
    def pids(self) -> dict[str, int]:
        return dict(self._noted()["pids"])

    @property
    def metrics(self) -> dict[str, str]:
        """Where each process says what it measures."""
        return dict(self._noted()["metrics"])

    def _noted(self) -> dict[str, Any]:
        noted: dict[str, Any] = json.loads((self._data / "processes.json").read_bytes())
        return noted

    def _command(self, *words: str) -> list[str]:
        where = ("--data-dir", str(self._data), "--partnership", str(self._partnership))
        return [sys.executable, "-m", "joinedup", *words, *where]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self._servers}


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False

"""Processes and ports for tests: children that die with the test run, and free ports on this machine."""

import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG = 1
_spawner = ThreadPoolExecutor(1)  # the signal comes when the thread that started the child ends, so one that stays


class Missing(Exception):
    """Something that a test needs is not on this machine; the text says what, and how to get it."""


def free_port() -> int:
    """A port on 127.0.0.1 that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(
    command: Sequence[str | Path],
    *,
    output: int | IO[bytes] | None = None,
    user: int | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
) -> subprocess.Popen[bytes]:
    """Start a child that the kernel kills if this process dies, so that nothing is left behind."""
    return _spawner.submit(
        subprocess.Popen,
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output not in (None, subprocess.PIPE) else None,
        user=user,
        group=user,
        extra_groups=[] if user is not None else None,
        env=env,
        cwd=cwd,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    ).result()


def start_module(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """`python -m module …` from the project's root, its standard output a pipe."""
    return start([sys.executable, "-m", module, *arguments], output=subprocess.PIPE)


def kill9(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.05)


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

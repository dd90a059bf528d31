"""Processes of services that start in an instant: forked from one that has loaded what they all need.

Loading the libraries takes each process of its own more than a second of a core, and there are nine. What runs in a
child is `python -m services.NAME ROLE` in every other respect. The standard library's fork server does the work.
"""

import asyncio
import atexit
import multiprocessing
import os
import runpy
import signal
import sys
from contextlib import suppress
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from joinedup.settings import take_on
from joinedup.stack import ROLES, Process

Child = ForkServerProcess

_UNKNOWN = 255  # the fork server died first: whether its child still lives is not known

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([*(f"services.{service}.bootstrap" for service in ROLES), "shared.runtime.serve"])


def warm() -> None:
    """Begin to load, so that it is done when the first process is wanted. Ctrl-C is for the supervisor alone."""
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    forkserver.ensure_running()
    signal.signal(signal.SIGINT, handler)


async def start(process: Process, log: Path, group: int) -> Child:
    """A child in the process group `group` that writes to `log`."""
    child = _context.Process(target=_run, args=(process, log, group), name=process.name, daemon=True)
    await asyncio.to_thread(child.start)
    return child


async def ended(child: Child) -> int:
    """Its exit code once it has ended, negative for a signal."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(child.sentinel, over.set)
    try:
        await over.wait()
    finally:
        loop.remove_reader(child.sentinel)
    child.join()
    if child.pid and child.exitcode == _UNKNOWN:
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
    return child.exitcode or 0


def _run(process: Process, log: Path, group: int) -> None:
    os.setpgid(0, group)
    with log.open("ab") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
    take_on(process.settings)
    sys.argv = [process.name, process.role]
    try:
        runpy.run_module(f"services.{process.service}", run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()  # a forked child would skip them, and with them the last spans

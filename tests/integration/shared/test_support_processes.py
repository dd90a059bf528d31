"""The tests' own child processes: they outlast the thread that asked for them, and not the test run."""

import subprocess
import sys
import time
from threading import Thread

from tests.support.processes import ROOT, kill9, start, wait_until

ORPHAN = """
from tests.support.processes import start
print(start(["sleep", "60"]).pid, flush=True)
"""


def test_a_child_outlives_the_thread_that_started_it() -> None:
    children: list[subprocess.Popen[bytes]] = []
    thread = Thread(target=lambda: children.append(start(["sleep", "60"])))
    thread.start()
    thread.join()
    time.sleep(0.3)
    try:
        assert children[0].poll() is None
    finally:
        kill9(children[0])


def test_a_child_dies_with_the_process_that_started_it() -> None:
    parent = subprocess.run([sys.executable, "-c", ORPHAN], cwd=ROOT, capture_output=True, text=True, check=True)
    wait_until(lambda: not is_running(int(parent.stdout)), 5.0, "The end of the child")


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False

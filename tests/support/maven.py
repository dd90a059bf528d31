"""Servers in Java for tests, fetched once by Maven into a cache folder that all test processes share."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.support.processes import Missing

_CACHE = Path.home() / ".cache" / "joinedup"


def fetched(what: str, pom: Path, prepare: Callable[[Path], None] = lambda _: None) -> Path:
    """The folder into which Maven put the dependencies of `pom`, and `prepare` what it makes of them. Filled by
    the first process that asks, while the others wait. Raises Missing."""
    _require_java(what)
    folder = _CACHE / f"{pom.parent.name}-{hashlib.sha256(pom.read_bytes()).hexdigest()[:12]}"
    _CACHE.mkdir(parents=True, exist_ok=True)
    with (_CACHE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            partial = _downloaded(what, pom, folder)
            prepare(partial)
            partial.rename(folder)
    return folder


def _require_java(what: str) -> None:
    if shutil.which("java") is None:
        raise Missing(f"{what}: install Java 17 or later (apt-get install openjdk-17-jre-headless)")
    answer = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', answer)
    if version is None or int(version[1]) < 17:
        raise Missing(f"{what}: needs Java 17 or later on the PATH")


def _downloaded(what: str, pom: Path, folder: Path) -> Path:
    if shutil.which("mvn") is None:
        raise Missing(f"{what}: install Maven, which fetches it (apt-get install maven)")
    partial = folder.with_name(f"{folder.name}.{os.getpid()}")
    command = ["mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={partial}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(partial, ignore_errors=True)
        raise Missing(f"{what}: Maven could not fetch it: {done.stdout[-500:]}")
    return partial

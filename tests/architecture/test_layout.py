"""The layout is the architecture: the same names in every service, and no name that shadows the standard library."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.name for path in (ROOT / "services").iterdir() if (path / "__init__.py").exists())
KNOWN = {
    "__init__", "__main__", "bootstrap", "settings", "api", "consumer", "handlers", "store", "clients", "domain",
    "migrations", "catalogue", "worker", "pages",
}  # fmt: skip


def test_the_five_services_are_there():
    assert SERVICES == ["calendar", "gateway", "ingest", "linker", "referrals"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_only_files_with_the_known_names(service):
    entries = {path.stem for path in (ROOT / "services" / service).iterdir() if not path.name.startswith("__pycache__")}
    assert entries <= KNOWN


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_says_what_it_owns_consumes_and_publishes(service):
    text = (ROOT / "services" / service / "__init__.py").read_text()
    assert all(word in text.lower() for word in ("owns", "consumes", "publishes"))


def test_every_folder_of_tests_is_a_package():
    """Half-way would let tests/unit/calendar shadow the standard library's calendar."""
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert not [str(folder) for folder in folders if not (folder / "__init__.py").exists()]


def test_httpx_and_our_calendar_import_side_by_side():
    code = "import httpx, calendar, services.calendar; assert calendar.timegm"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_no_file_names_a_registry_or_a_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    hosts = (
        "pypi" + ".org",
        "files." + "pythonhosted",
        "registry." + "npmjs",
        "repo1." + "maven",
        "deb." + "debian.org",
    )
    found = [
        (name, host)
        for name in listed
        if (ROOT / name).is_file() and (ROOT / name).stat().st_size < 2_000_000
        for host in hosts
        if host in (ROOT / name).read_text(errors="ignore")
    ]
    assert not found

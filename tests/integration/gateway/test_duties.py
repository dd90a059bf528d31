"""One request about a person reaches every service, and says honestly which of them did its part."""

import csv
import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from joinedup import specs
from tests.integration.gateway.served import PARTNERSHIP, gateway, http, served
from tests.support.processes import free_port
from tests.support.stores import sqlite_store
from tests.support.tokens import Issuer

NAME = "Ivy Quillfeather"
FEED = {
    "id": "fire-shops", "title": "Shops", "agency": "fire", "regime": "fire", "category": "presence", "mode": "delta",
    "format": {"kind": "csv"}, "retention_days": 30, "expected_every_hours": 24,
    "mapping": {"source_ref": "id", "names": [{"column": "name", "kind": "trading"}]},
}  # fmt: skip
ERASURE = {"right": "erasure", "asked_by": "data_subject", "outcome": "granted", "ground": "no-longer-necessary"}


@contextmanager
def service(name: str, folder: Path, issuer: Issuer, port: int = 0) -> Iterator[str]:
    """A real one, over an empty store."""
    where = folder / name
    where.mkdir(exist_ok=True)
    app = specs.application(name, where, auth_jwks=str(issuer.jwks_path))
    (where / "partnership.yaml").write_text(PARTNERSHIP)
    sqlite_store(where, name)
    with served(app, port) as url:
        yield url


@dataclass
class Town:
    """A gateway before ingest, referrals and linker; the calendar is away until it is started at its port."""

    url: str
    issuer: Issuer
    folder: Path
    calendar_port: int

    def ask(self, method: str, path: str, body: Any = None, role: str = "information_governance", **headers: str):
        signed = self.issuer.headers("fire", (role,)) | headers
        return http.request(method, f"{self.url}{path}", json=body, headers=signed)

    def intelligence(self) -> str:
        body = {"text": f"=cmd {NAME} was seen.", "received_on": "2026-11-20"}
        return str(self.ask("POST", "/v1/intelligence", body, "analyst").raise_for_status().json()["id"])

    def access(self, **headers: str) -> httpx.Response:
        return self.ask("POST", "/v1/subject-access", {"name": NAME}, **headers).raise_for_status()

    def with_calendar(self) -> Any:
        return service("calendar", self.folder, self.issuer, self.calendar_port)


@pytest.fixture
def town(tmp_path: Path, issuer: Issuer) -> Iterator[Town]:
    away = free_port()
    with ExitStack() as stack:
        there = ("ingest", "referrals", "linker")
        urls = {f"{name}_url": stack.enter_context(service(name, tmp_path, issuer)) for name in there}
        with gateway(tmp_path, auth_jwks=str(issuer.jwks_path), calendar_url=f"http://127.0.0.1:{away}", **urls) as url:
            made = Town(url, issuer, tmp_path, away)
            made.ask("POST", "/v1/feeds", FEED, "agency_admin").raise_for_status()
            row = {"id": "1", "name": f"{NAME} Bakery"}
            made.ask("POST", "/v1/feeds/fire-shops/records", row, "agency_system").raise_for_status()
            yield made


def test_what_was_done_is_said_and_what_was_not_is_done_by_the_same_request_again(town: Town) -> None:
    report = town.intelligence()
    found = town.access().json()
    assert [one["source_ref"] for one in found["records"]] == ["1"]
    assert [one["id"] for one in found["items"]] == [report]
    reached = {one["service"]: one["answered"] for one in found["services"]}
    assert reached == {"ingest": True, "referrals": True, "calendar": False, "linker": True}
    items = [{"kind": "intelligence", "id": report}, {"kind": "visit", "id": f"vis_{'0' * 32}"}]
    asked = ERASURE | {"feed": "fire-shops", "source_refs": ["1"], "items": items}
    made = town.ask("POST", "/v1/data-requests", asked)
    assert made.status_code == 201
    said = {one["service"]: one["said"] for one in made.json()["parts"]}
    assert said == {"ingest": "done", "referrals": "done", "calendar": "no_answer"}
    assert town.ask("GET", "/v1/data-requests").status_code == 503, "without the calendar it would not be whole"
    with town.with_calendar():
        again = town.ask("POST", "/v1/data-requests", asked | {"request_id": made.json()["id"]}).json()
        assert {one["service"]: one["said"] for one in again["parts"]} == said | {"calendar": "refused"}
        assert again["decided_at"] == made.json()["decided_at"]
        found = town.access().json()
        assert (found["records"], found["items"], all(one["answered"] for one in found["services"])) == ([], [], True)
        (listed,) = town.ask("GET", "/v1/data-requests?limit=5").json()["items"]
        assert (listed["id"], len(listed["record_ids"]), listed["items"]) == (again["id"], 1, [items[0]])
        assert town.ask("GET", made.headers["location"]).json() == listed
        never = town.ask("POST", "/v1/data-requests", ERASURE | {"items": items[1:]})
        assert never.status_code == 404
        assert town.ask("GET", f"/v1/data-requests/req_{'0' * 32}").status_code == 404


def test_as_a_table_it_has_a_line_for_each_version_and_item_runs_no_formula_and_says_what_is_missing(
    town: Town,
) -> None:
    report = town.intelligence()
    answer = town.access(Accept="text/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(one["kind"], one["source_ref"] or one["record_id"]) for one in lines] == [
        *(("record", "1"), ("intelligence", report)),
        ("NOT WHOLE", ""),
    ]
    assert (lines[0]["names"], "calendar" in lines[2]["everything"]) == (f"{NAME} Bakery", True)
    assert not any(cell.startswith("=") for line in lines for cell in line.values())

"""One running system that lives through the story."""

import itertools
import sqlite3
from contextlib import closing
from itertools import starmap
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.two_worlds import cards, partners
from tests.e2e.two_worlds.planning import plan_unseen
from tests.e2e.two_worlds.story import (
    HIDDEN,
    HIDDEN_RULINGS,
    SHOP,
    VIEWER,
    VISIBLE,
    VISIBLE_RULINGS,
    Ruling,
    Step,
    step,
)
from tests.support.processes import wait_until

ROLES = ("agency_system", "analyst", "officer", "tasking_chair", "operator", "auditor", "information_governance")
FORM = {"format": {"kind": "json"}, "mode": "delta", "retention_days": 2190, "expected_every_hours": 744}
MAPPING = {
    "source_ref": "Ref",
    "names": [{"column": "Name"}],
    "address": {"lines": ["Address"], "town": "Town", "postcode": "Postcode"},
    "phones": ["Phone"],
    "people": [{"name": ["Landlord"], "role": {"constant": "landlord"}}],
    "observation": {
        "rating": "Rating",
        "outcomes": {"bad": 4, "poor": 3, "good": "nothing_found"},
        "observed_on": "Seen",
        "closed_on": "Closed",
    },
}


READ = (("linker", "ingest.records"), ("gateway", "linker.risk"), ("gateway", "linker.findings"), *cards.READ)
"""Who reads what, by group and topic."""


def trace_of(number: int, *, hidden: bool) -> str:
    return f"{0xBAD if hidden else 0xACE:x}".ljust(24, "0") + f"{number:08x}"


class World:
    """One running system, and the clients that fill it."""

    def __init__(self, url: str, data: Path) -> None:
        self._data = data
        self._numbers = itertools.count(1)
        self.http = httpx.Client(base_url=url, timeout=60)

    def as_(self, agency: str, *roles: str) -> dict[str, str]:
        answer = self.http.post("/dev/token", json={"agency": agency, "roles": roles or ROLES})
        return {"Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}

    def is_described(self) -> bool:
        """Whether each service has told the gateway what it answers; gamma asks, since beta reads what beta asked."""
        return "x-unavailable" not in self.http.get("/v1/openapi.json", headers=self.as_("gamma")).json()

    def live_through(self, *, hidden: bool) -> None:
        """What is visible happens one by one, so that both worlds tell of it in the same steps."""
        self.subscribe()
        for number, (visible, unseen) in enumerate(zip(VISIBLE, HIDDEN, strict=True)):
            for other in unseen if hidden else ():
                self.take(other, trace_of(next(self._numbers), hidden=True))
            wait_until(self.is_quiet, 30, "Quiet")
            for ruling in HIDDEN_RULINGS.get(number, ()) if hidden else ():
                self._decide(ruling)
            self.take(visible, trace_of(number, hidden=False))
            wait_until(self.is_quiet, 30, "Quiet")
            for ruling in VISIBLE_RULINGS.get(number, ()):
                self._decide(ruling)
        cards.visible(self, trace_of(0, hidden=False))
        wait_until(self.is_quiet, 30, "Quiet")
        if hidden:
            cards.hidden(self, trace_of(next(self._numbers), hidden=True))
            self.take(HIDDEN[0][0], trace_of(next(self._numbers), hidden=True))
            self.take(step("gamma", "open", "late", SHOP, 12), trace_of(next(self._numbers), hidden=True))
            self._restrict(step("gamma", "open", "late"))
            wait_until(self.is_quiet, 30, "Quiet")
            plan_unseen(self)
        partners.meet(self, hidden=hidden)

    def subscribe(self) -> None:
        """The viewer's own systems want to be told of everything. The one that is called is switched off, or what is
        said of it would depend on how often it was tried."""
        me, off = self.as_(VIEWER), {"url": "http://127.0.0.1:9/", "enabled": False}
        self.http.put("/v1/collection", json={}, headers=me).raise_for_status()
        self.webhook = self.http.post("/v1/webhooks", json=off, headers=me).raise_for_status().json()["id"]

    def _restrict(self, what: Step) -> None:
        asked = {
            "right": "restriction",
            "asked_by": "data_subject",
            "outcome": "granted",
            "ground": "objection-pending",
        }
        body = asked | {"feed": what.feed, "source_refs": [what.ref]}
        self.http.post("/v1/data-requests", json=body, headers=self.as_(what.agency)).raise_for_status()

    def take(self, what: Step, trace: str) -> None:
        headers = self.as_(what.agency) | {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
        spec: dict[str, Any] = {
            "id": what.feed,
            "title": what.feed,
            "agency": what.agency,
            "regime": f"regime-{what.feed}",
        }
        spec |= {"category": what.category, "mapping": MAPPING, **FORM}
        where = f"/v1/feeds/{what.feed}"
        self.http.put(where, json=spec, headers=headers).raise_for_status()
        if len(what.row) == 1:
            answer = self.http.delete(f"{where}/records/{what.ref}", headers=headers)
        else:
            answer = self.http.post(f"{where}/records", json=what.row, headers=headers)
            assert answer.json()["rows"][0]["outcome"] in ("stored", "corrected"), answer.text
        answer.raise_for_status()

    def _decide(self, what: Ruling) -> None:
        headers = self.as_(what.agency)
        where, body = "/v1/decisions", {"records": what.ids, "verdict": what.verdict, "reason": f"{what.agency} knows"}
        if what.back:
            made = (
                self.http.get(f"{where}?record={what.ids[0]}", headers=headers).raise_for_status().json()["decisions"]
            )
            pair = sorted(what.ids)
            mine = next(d for d in made if d["agency"] == what.agency and [d["a"], d["b"]] == pair and d["in_force"])
            where, body = f"{where}/{mine['decision_id']}/withdrawal", {"reason": "not so"}
        self.http.post(where, json=body, headers=headers).raise_for_status()
        wait_until(self.is_quiet, 30, "Quiet")

    def is_quiet(self) -> bool:
        """The linker has committed all that is in the log, has put words in place and looked for findings, nothing
        waits in an outbox, and the gateway has taken what it tells agencies' systems."""
        waiting = [
            self._ask(file, f"SELECT count(*) FROM {table}")
            for file, table in (
                ("linker.db", "behind"),
                ("linker.db", "finding_due"),
                ("ingest.db", "outbox"),
                ("linker.db", "outbox"),
                cards.WAITS,
            )
        ]
        return not any(waiting) and not any(starmap(self._behind, READ))

    def _behind(self, group: str, topic: str) -> int:
        """How much of the topic the group has not committed."""
        found: int | None = self._ask(
            "log.db",
            "SELECT sum(p.next - coalesce(g.committed, 0)) FROM partition p LEFT JOIN progress g"
            f" ON g.partition = p.id AND g.consumer_group = '{group}' WHERE p.topic = '{topic}'",
        )
        return found or 0

    def _ask(self, file: str, query: str) -> Any:
        with closing(sqlite3.connect(f"file:{self._data / file}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute(query).fetchone()[0]

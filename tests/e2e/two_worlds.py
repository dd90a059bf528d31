"""Two worlds that differ only in what is hidden from `beta`, and everything that beta can ask of them."""

import itertools
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from services.linker.domain.decide import Verdict, decide
from services.linker.domain.model import default_model
from shared.contracts.identifiers import business_id, record_id
from tests.support.processes import wait_until

VIEWER = "beta"
ROLES = ("agency_system", "analyst", "officer", "tasking_chair", "operator", "auditor")
MARK = "Zzyzx"  # begins every name that beta must never read
_MODEL = default_model().version

PARTNERSHIP = """
id: two-worlds
title: Two worlds
agencies: [{id: alpha, title: Alpha}, {id: beta, title: Beta}, {id: gamma, title: Gamma}]
categories: [open, closed]
stream_purpose: joint-compliance
legal_gateways:
""" + "".join(
    f"  - {{id: {id_}, from: [{owner}], to: [{viewer}], categories: [{category}], purposes: [{purpose}],\n"
    f"     grant: {grant}, statute: none, section: '1', starts: {starts}, status: {status}{more},\n"
    f"     legal_review: {{by: a lawyer, day: 2020-01-01}},\n"
    f"     signatures: [{{agency: {owner}, by: its head, day: 2020-01-01}}]}}\n"
    for id_, owner, viewer, category, purpose, grant, starts, status, more in (
        ("the-one-power", "alpha", "beta", "open, decisions", "joint-compliance", "full", "2020-01-01", "active", ""),
        ("to-gamma", "alpha", "gamma", "open, closed", "joint-compliance", "full", "2020-01-01", "active", ""),
        ("draft", "gamma", "beta", "open, closed", "joint-compliance", "full", "2020-01-01", "draft", ""),
        ("in-review", "gamma", "beta", "open", "joint-compliance", "full", "2020-01-01", "legal_review", ""),
        ("run-out", "gamma", "beta", "open", "joint-compliance", "full", "2020-01-01", "active", ", ends: 2021-01-01"),
        ("expired", "gamma", "beta", "open", "joint-compliance", "full", "2020-01-01", "expired", ""),
        ("revoked", "gamma", "beta", "open", "joint-compliance", "full", "2020-01-01", "revoked", ""),
        ("future", "gamma", "beta", "open", "joint-compliance", "full", "2999-01-01", "active", ""),
        ("elsewhere", "gamma", "beta", "open", "other-purpose", "full", "2020-01-01", "active", ""),
        ("known-only", "alpha", "beta", "closed", "joint-compliance", "known", "2020-01-01", "active", ", contact: x"),
        ("backwards", "beta", "gamma", "open, decisions", "joint-compliance", "full", "2020-01-01", "active", ""),
    )
)

_FORM = {"format": {"kind": "json"}, "mode": "delta", "retention_days": 2190, "expected_every_hours": 744}
_MAPPING = {
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


@dataclass(frozen=True)
class Step:
    """A row that `agency` sends (or deletes, where it has nothing but its reference)."""

    agency: str
    category: str
    row: Mapping[str, str]

    @property
    def feed(self) -> str:
        return f"{self.agency}-{self.category}"

    @property
    def ref(self) -> str:
        return self.row["Ref"]

    @property
    def business(self) -> str:
        """The id of the business whose smallest record this is."""
        return business_id(record_id(self.feed, self.ref))


def step(agency: str, category: str, ref: str, name: str = "", number: int = 0, **more: str) -> Step:
    if not name:
        return Step(agency, category, {"Ref": ref})
    place = {"Address": f"{number} Station Road", "Town": "Ealing", "Postcode": "W5 3NU"}
    return Step(agency, category, {"Ref": ref, "Name": name, **place, "Seen": "2026-10-01", **more})


SHOP, CAFE, BARBER = "Golden Chicken Shop", "Blue Door Cafe", "Razor Sharp Barbers"
VISIBLE = (
    step("alpha", "open", "v1", SHOP, 12, Rating="poor"),
    step("beta", "open", "v2", SHOP, 12, Rating="poor", Landlord="Station Estates Ltd"),
    step("alpha", "open", "v3", CAFE, 40),
    step("beta", "open", "v4", CAFE, 40, Rating="bad", Phone="020 7946 0999"),
    step("alpha", "open", "v5", BARBER, 77, Rating="bad"),
    step("alpha", "open", "v6", "Blue Door Bakery", 42, Phone="020 7946 0111"),
    step("beta", "open", "v4", CAFE, 40, Rating="good", Seen="2026-10-20"),
    step("alpha", "open", "v5"),
    step("beta", "open", "v7", BARBER, 77, Rating="poor", Phone="020 7946 0111", Landlord="Station Estates Ltd"),
    step("alpha", "open", "v5", BARBER, 77, Rating="bad", Seen="2026-10-12"),
)
HIDDEN = (
    (step("gamma", "open", "h1", f"{MARK} {SHOP}", 12, Rating="bad"), step("gamma", "closed", "v1", SHOP, 12)),
    (step("alpha", "closed", "h2", SHOP, 12, Rating="bad"), step("alpha", "closed", "h3", SHOP, 12, Rating="good")),
    (step("gamma", "open", "h4", f"{CAFE} {SHOP}", 40, Phone="020 7946 0111"),),
    (step("alpha", "closed", "h5", f"{MARK} Blue Door", 40, Phone="020 7946 0111", Rating="bad"),),
    (step("gamma", "open", "h6", BARBER, 77, Rating="bad"), step("gamma", "open", "h1", SHOP, 12, Closed="2026-10-02")),
    (step("gamma", "open", "h7", "Blue Door Bakery and Cafe", 41, Phone="020 7946 0999"),),
    (step("alpha", "closed", "h2"), step("gamma", "closed", "h8", CAFE, 40, Rating="bad", Seen="2026-11-01")),
    (step("gamma", "open", "h6"), step("alpha", "closed", "h9", BARBER, 77, Rating="poor")),
    tuple(step("gamma", "open", f"n{n}", f"{MARK} Number {n}", n, Rating="bad") for n in range(1, 8)),
    (
        step("gamma", "open", "h4"),
        step("gamma", "open", "h7", BARBER, 77, Rating="bad", Seen="2026-11-02", Landlord="Station Estates Ltd"),
    ),
)


@dataclass(frozen=True)
class Ruling:
    """What `agency` decides on two records, (feed, reference) each; `back` takes back what it decided before."""

    agency: str
    records: tuple[tuple[str, str], tuple[str, str]]
    verdict: str
    back: bool = False

    @property
    def ids(self) -> tuple[str, str]:
        first, second = (record_id(*record) for record in self.records)
        return first, second

    @property
    def decision_id(self) -> str:
        """The id of the decision, if it is the agency's first on these records."""
        who = self.agency, f"development:{self.agency}", f"{self.agency} knows"
        return decide(self.ids, Verdict(self.verdict), *who, datetime(2026, 1, 1, tzinfo=UTC), None).decision_id


V1, V2, V3, V4 = ("alpha-open", "v1"), ("beta-open", "v2"), ("alpha-open", "v3"), ("beta-open", "v4")
V5, V7, H2, H1 = ("alpha-open", "v5"), ("beta-open", "v7"), ("alpha-closed", "h2"), ("gamma-open", "h1")
# After how many steps what is decided, of what beta may see (its own decisions and alpha's, on records that it sees),
# and of what it may not: gamma's decisions, also on beta's own records, and alpha's on records hidden from beta.
VISIBLE_RULINGS = {
    4: (Ruling("alpha", (V1, V3), "same"),),
    6: (Ruling("beta", (V3, V4), "different"), Ruling("beta", (V1, V2), "unsure")),
    9: (Ruling("alpha", (V1, V3), "same", back=True), Ruling("beta", (V5, V7), "different")),
}
HIDDEN_RULINGS = {
    3: (Ruling("gamma", (V1, V2), "different"), Ruling("alpha", (V1, H2), "same")),
    5: (Ruling("gamma", (V2, V4), "same"), Ruling("alpha", (V3, H2), "same")),
    8: (Ruling("gamma", (V1, V2), "different", back=True), Ruling("gamma", (V1, H1), "same")),
}


# What beta may try without changing anything: to decide on what it does not see, to decide again as it did, to take
# back what is not its own.
NEVER = ("gamma-open", "never")
TRIED = (
    *(Ruling("beta", pair, "same") for pair in ((V1, H1), (V1, H2), (H1, H2), (V1, NEVER))),
    VISIBLE_RULINGS[6][0],
    *(replace(ruling, back=True) for ruling in (*HIDDEN_RULINGS[3], *HIDDEN_RULINGS[5], VISIBLE_RULINGS[4][0])),
)


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

    def live_through(self, *, hidden: bool) -> None:
        """What is visible happens one by one, so that both worlds tell of it in the same steps."""
        for number, (visible, unseen) in enumerate(zip(VISIBLE, HIDDEN, strict=True)):
            for other in unseen if hidden else ():
                self._take(other, trace_of(next(self._numbers), hidden=True))
            wait_until(self.is_quiet, 30, "Quiet")
            for ruling in HIDDEN_RULINGS.get(number, ()) if hidden else ():
                self._decide(ruling)
            self._take(visible, trace_of(number, hidden=False))
            wait_until(self.is_quiet, 30, "Quiet")
            for ruling in VISIBLE_RULINGS.get(number, ()):
                self._decide(ruling)
        if hidden:
            self._take(HIDDEN[0][0], trace_of(next(self._numbers), hidden=True))
            self._take(step("gamma", "open", "late", SHOP, 12), trace_of(next(self._numbers), hidden=True))
            wait_until(self.is_quiet, 30, "Quiet")

    def _take(self, what: Step, trace: str) -> None:
        headers = self.as_(what.agency) | {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
        spec: dict[str, Any] = {
            "id": what.feed,
            "title": what.feed,
            "agency": what.agency,
            "regime": f"regime-{what.feed}",
        }
        spec |= {"category": what.category, "mapping": _MAPPING, **_FORM}
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
        """The linker has committed all that is in the log, has put words in place and looked for findings, and nothing
        waits in an outbox."""
        behind = self._ask(
            "log.db",
            "SELECT sum(p.next - coalesce(g.committed, 0)) FROM partition p LEFT JOIN progress g"
            " ON g.partition = p.id AND g.consumer_group = 'linker' WHERE p.topic = 'ingest.records'",
        )
        waiting = [
            self._ask(file, f"SELECT count(*) FROM {table}")
            for file, table in (
                ("linker.db", "wording_due"),
                ("linker.db", "finding_due"),
                ("ingest.db", "outbox"),
                ("linker.db", "outbox"),
            )
        ]
        return not any(waiting) and behind == 0

    def _ask(self, file: str, query: str) -> Any:
        with closing(sqlite3.connect(f"file:{self._data / file}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute(query).fetchone()[0]


@dataclass(frozen=True)
class Answer:
    """What beta was told, without the clock, trace ids and what is sealed or fresh each time."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str


_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)")
_FRESH = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (_TIME.pattern, "TIME"),
        (r"urn:joinedup:trace:[0-9a-f]{32}", "TRACE"),
        (r"(?<=-[0-9a-f]{32}-)[0-9a-f]{16}(?=-0[01])", "SPAN"),
        (r"evt_[0-9a-f]{32}\b(?!\.)", "EVENT"),
        (r'(?<="age_hours":)[\d.e-]+', "AGE"),
        (r'(?<="trace_id":")[0-9a-f]{32}', "TRACE"),
    )
)
_SUBMISSION = re.compile(r"sub_[0-9a-f]{32}")


class Witness:
    """Beta, who asks everything."""

    def __init__(self, world: World) -> None:
        self._http = world.http
        self._headers = world.as_(VIEWER)
        self._known: dict[str, str] = {}
        self.answers: dict[str, Answer] = {}
        self.raw: list[str] = []

    def ask(self, path: str, **headers: str) -> httpx.Response:
        answer = self._http.get(path, headers=self._headers | headers)
        return self._keep(path, self._plain(path) + (f" {sorted(headers)}" if headers else ""), answer)

    def attempt(self, ruling: Ruling) -> None:
        path, body = "/v1/decisions", {"records": ruling.ids, "verdict": ruling.verdict, "reason": "beta knows"}
        if ruling.back:
            path, body = f"{path}/{ruling.decision_id}/withdrawal", {"reason": "beta knows better"}
        answer = self._http.post(path, json=body, headers=self._headers)
        self._keep(path, f"POST {path} {ruling.ids}", answer)

    def _keep(self, path: str, name: str, answer: httpx.Response) -> httpx.Response:
        self.raw.append(f"{answer.headers} {answer.text}")
        body = self._plain(answer.text)
        clocks = {"date", "content-length"} if '"age_hours":AGE' in body else {"date"}
        if "etag" in answer.headers and _TIME.search(answer.text):
            self._known[answer.headers["etag"]] = f"ETAG of {self._plain(path)}, which gives a time"
        said = {k: self._known.get(v, v) for k, v in answer.headers.items() if k not in clocks}
        kept = tuple(sorted((k, self._plain(v)) for k, v in said.items()))
        self.answers[name] = Answer(answer.status_code, kept, body)
        return answer

    def ask_everything(self) -> None:
        for path in _own_paths():
            self.ask(path)
        paged = (
            "businesses?limit=1",
            "businesses?limit=2&min_agencies=1",
            "submissions?limit=1",
            "search?q=shop+blue&limit=1",
        )
        for path in (
            f"/v1/{path}" for path in (*paged, "decisions?limit=1", "review-queue?limit=1", "findings?limit=1")
        ):
            self._page_through(path)
        seen = self.ask("/v1/businesses?limit=200").json()["businesses"]
        lines = self.ask("/v1/graph").text.splitlines()
        ids = [business["business_id"] for business in seen] + [json.loads(line)["business_id"] for line in lines]
        for id_ in dict.fromkeys(ids + [step.business for step in _everything()]):
            self.ask(f"/v1/businesses/{id_}")
            self.ask(f"/v1/businesses/{id_}/why")
            self.ask(f"/v1/businesses/{id_}/history")
            for query in RISK_ON:
                self.ask(f"/v1/businesses/{id_}/risk{query}")
            self.ask(f"/v1/decisions?business={id_}")
            self.ask(f"/v1/businesses/{id_}/relations")
            self.ask(f"/v1/businesses/{id_}/network?degrees=3&limit=5")
            self.ask(f"/v1/network/path?from={ids[0]}&to={id_}")
            self.ask(f"/v1/findings?business={id_}")
        for found in self.ask("/v1/findings?limit=200").json()["findings"]:
            self.ask(f"/v1/findings/{found['finding_id']}")
        for record, other in itertools.combinations(RECORDS, 2):
            self.ask(f"/v1/records/{record}/compare/{other}")
        for record in RECORDS:
            self.ask(f"/v1/decisions?record={record}")
        for path in ("/v1/statistics", "/v1/businesses", f"/v1/businesses/{ids[0]}", f"/v1/businesses/{ids[0]}/why"):
            self.ask(path, **{"If-None-Match": self.ask(path).headers["etag"]})
        for ruling in TRIED:
            self.attempt(ruling)
        for submission in self.ask("/v1/submissions?limit=1000").json()["items"]:
            for rest in ("", "/rows", "/quarantine"):
                self.ask(f"/v1/submissions/{submission['id']}{rest}")

    def listen(self, seconds: float, **query: Any) -> list[tuple[str, str]]:
        """The stream from its start until nothing more comes: (data, length of the cursor) of each event."""
        events, id_ = [], ""
        try:
            with self._http.stream(
                "GET",
                "/v1/events/risk-changes",
                params={"from": "start"} | query,
                headers=self._headers,
                timeout=seconds,
            ) as response:
                self.answers[f"stream {query}"] = Answer(
                    response.status_code, tuple(sorted((k, v) for k, v in response.headers.items() if k != "date")), ""
                )
                for line in response.iter_lines():
                    if line.startswith("id: "):
                        id_ = line
                    elif line.startswith("data: "):
                        self.raw.append(line)
                        events.append((self._plain(line), str(len(id_))))
        except httpx.ReadTimeout:
            pass
        return events

    def _page_through(self, path: str) -> None:
        cursor = ""
        for _ in range(100):
            page = self.ask(path + (f"&cursor={quote(cursor)}" if cursor else "")).json()
            if not page["next"]:
                return
            cursor = page["next"]
        raise AssertionError("the pages do not end")

    def _plain(self, text: str) -> str:
        for pattern, said in _FRESH:
            text = pattern.sub(said, text)
        return _SUBMISSION.sub(lambda found: self._known.setdefault(found[0], f"SUB{len(self._known)}"), text)


def _everything() -> Iterator[Step]:
    yield from VISIBLE
    for steps in HIDDEN:
        yield from steps


RECORDS = tuple(record_id(*record) for record in (V1, V2, V3, V4, V5, V7, H1, H2, NEVER))


RISK_ON = (
    "",
    "?as_of=2026-10-11",
    "?as_of=2026-10-15&regime=regime-alpha-open",
    "?regime=regime-gamma-open",
    "?as_of=x",
)


_AGENCIES = ("alpha", "beta", "gamma", "never")


def _own_paths() -> Sequence[str]:
    listed = ["band=high", "band=none&band=low", "regime=regime-alpha-open", "regime=regime-gamma-open", "area=W5"]
    listed += [
        "area=W",
        "agency=alpha",
        "agency=gamma",
        "min_agencies=2",
        "min_agencies=3",
        "min_regimes=1",
        "sector=cafe",
    ]
    listed += ["cursor=nonsense", "limit=0"]
    # What beta may see, what only hidden records say, what is near either, and what nobody wrote.
    searched = ["blue", "chicken+shop", "W5+3NU", "02079460999", "460999", "bakery", "barbr", "baker", "razor", "v4"]
    searched += [MARK, MARK[:3], f"{MARK}+shop", "number", "numbr", "blue+bakery+cafe", "h1", "h2", "9", "41", "never"]
    searched += [
        "02079460111",
        "",
        "%25",
        "_",
        "blue&area=W5",
        "blue&sector=cafe",
        "blue&cursor=nonsense",
        "shop&limit=1",
    ]
    feeds = [f"{agency}-{category}" for agency in ("alpha", "beta", "gamma") for category in ("open", "closed")]
    refs = ("v1", "v2", "h1", "h2", "never")
    return (
        *("/", "/healthz", "/readyz", "/v1/me", "/v1/openapi.json", "/v1/coverage", "/v1/feed-templates", "/v1/feeds"),
        *("/v1/findings", "/v1/finding-rules", "/v1/findings?type=multi_regime", "/v1/findings?area=W&type=network"),
        *(f"/v1/findings/fnd_{'a' * 20}", "/v1/findings?cursor=nonsense", "/v1/network/path"),
        *("/v1/models", f"/v1/models/{_MODEL}", f"/v1/models/{_MODEL}/hubs", "/v1/models/none", "/v1/models/none/hubs"),
        *("/v1/exports/businesses.csv", "/v1/exports/businesses.ftm.json", "/v1/exports/businesses.csv?agency=gamma"),
        *(f"/v1/gaps?known_to={a}&not_to={b}" for a in _AGENCIES for b in _AGENCIES),
        *("/v1/gaps?known_to=alpha&not_to=beta&not_regime=regime-alpha-open&seen_since=2026-10-05", "/v1/gaps"),
        *(
            "/v1/statistics",
            "/v1/graph",
            "/v1/businesses",
            "/v1/decisions",
            "/v1/review-queue",
            "/v1/submissions",
            "/v1/referrals",
            "/v1/visits",
            "/v1/no",
        ),
        *(f"/v1/businesses?{query}" for query in listed),
        *(f"/v1/search?q={query}" for query in searched),
        *(f"/v1/{path}" for path in ("funnel", "funnel?wide=1&narrow=1&top=3", "funnel?area=W5", "funnel?narrow=1")),
        *(
            f"/v1/{path}"
            for path in ("statistics?area=W5", "statistics?sector=cafe", "risk-policy", "risk-policy?on=x")
        ),
        *(f"/v1/feeds/{feed}{rest}" for feed in (*feeds, "never") for rest in ("", "/versions", "/status")),
        *(f"/v1/feeds/{feed}/records/{ref}" for feed in (*feeds, "never") for ref in refs),
        *(f"/v1/submissions?feed={feed}" for feed in (*feeds, "never")),
        *(f"/v1/businesses/biz_{'a' * 20}{rest}" for rest in ("", "/why")),
        *("/v1/businesses/nonsense", f"/v1/submissions/sub_{'0' * 32}", "/v1/events/risk-changes?after=nonsense"),
    )

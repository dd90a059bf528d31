"""Beta, who asks everything, and what it was told."""

import itertools
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from tests.e2e.two_worlds import partners
from tests.e2e.two_worlds.described import every_get
from tests.e2e.two_worlds.planning import plan
from tests.e2e.two_worlds.questions import AGENCIES, RECORDS, RISK_ON, SUBJECTS, everything, own_paths
from tests.e2e.two_worlds.story import TRIED, VIEWER, Ruling
from tests.e2e.two_worlds.world import World


@dataclass(frozen=True)
class Answer:
    """What beta was told, without the clock, trace ids and what is sealed or fresh each time."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str


_SHOWN = re.compile(r'(?<="shown":\[)[^\]]+')
"""Ids in an entry of the audit log are in order, and in which order fresh ones are is chance."""
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
        (r"aud_[0-9a-f]{32}\b", "ENTRY"),
        (r"\b(?:tsk|tde|ope)_(?!0{32})[0-9a-f]{32}\b", "MADE"),
        (r'(?<="next":")[\w-]{211}(?=")', "SEALED"),
    )
)
_FRESH_ID = re.compile(r"(?:sub|whk|ref|ofc|con|rfi|int|san|agd|itm|act|tsk|tde|ope|vis|out|pau|cal)_[0-9a-f]{32}")


class Witness:
    """Beta, who asks everything."""

    def __init__(self, world: World) -> None:
        self._http = world.http
        self._headers = world.as_(VIEWER)
        self._known: dict[str, str] = {}
        self.webhook = world.webhook
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

    def consult(self, owner: str, viewer: str, category: str) -> None:
        path, body = "/v1/sharing/dry-run", {"owner": owner, "viewer": viewer, "category": category}
        answer = self._http.post(path, json=body | {"purpose": "joint-compliance"}, headers=self._headers)
        self._keep(path, f"{path} {owner} {viewer} {category}", answer)

    def seek(self, subject: dict[str, object]) -> None:
        path = "/v1/subject-access"
        answer = self._http.post(path, json=subject, headers=self._headers)
        self.raw.append(answer.text)
        self._keep(path, f"POST {path} {subject}", _whatever_others_do(answer))

    def propose(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(path, json=body, headers=self._headers)
        return dict(self._keep(path, f"POST {self._plain(path)} {self._plain(str(body))}", answer).json())

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
        for path in own_paths():
            self.ask(path)
        paged = (
            "businesses?limit=1",
            "businesses?limit=2&min_agencies=1",
            "submissions?limit=1",
            "search?q=shop+blue&limit=1",
            "collection/new?limit=1",
            f"webhooks/{self.webhook}/deliveries?limit=2",
        )
        for path in (
            f"/v1/{path}" for path in (*paged, "decisions?limit=1", "review-queue?limit=1", "findings?limit=1")
        ):
            self._page_through(path)
        seen = self.ask("/v1/businesses?limit=200").json()["businesses"]
        lines = self.ask("/v1/graph").text.splitlines()
        ids = [business["business_id"] for business in seen] + [json.loads(line)["business_id"] for line in lines]
        for id_ in dict.fromkeys(ids + [step.business for step in everything()]):
            self.ask(f"/v1/businesses/{id_}")
            self.ask(f"/v1/businesses/{id_}/why")
            self.ask(f"/v1/businesses/{id_}/history")
            for query in RISK_ON:
                self.ask(f"/v1/businesses/{id_}/risk{query}")
            self.ask(f"/v1/decisions?business={id_}")
            self.ask(f"/v1/businesses/{id_}/relations")
            self.ask(f"/v1/businesses/{id_}/traits?degrees=1")
            self.ask(f"/v1/businesses/{id_}/network?degrees=3&limit=5")
            self.ask(f"/v1/network/path?from={ids[0]}&to={id_}")
            self.ask(f"/v1/findings?business={id_}")
        plan(self, list(dict.fromkeys(ids)))
        for found in self.ask("/v1/findings?limit=200").json()["findings"]:
            self.ask(f"/v1/findings/{found['finding_id']}")
        for record, other in itertools.combinations(RECORDS, 2):
            self.ask(f"/v1/records/{record}/compare/{other}")
        for record in RECORDS:
            self.ask(f"/v1/decisions?record={record}")
        for path in ("/v1/statistics", "/v1/businesses", f"/v1/businesses/{ids[0]}", f"/v1/businesses/{ids[0]}/why"):
            self.ask(path, **{"If-None-Match": self.ask(path).headers["etag"]})
        for path in every_get(self.ask("/v1/openapi.json").json()["paths"], {"business_id": ids[:2]}):
            if path not in self.answers:
                self.ask(path)
        for ruling in TRIED:
            self.attempt(ruling)
        for owner, viewer in itertools.permutations(AGENCIES, 2):
            for category in ("open", "closed", "decisions", "never"):
                self.consult(owner, viewer, category)
        for subject in SUBJECTS:
            self.seek(subject)
        partners.look(self)
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
        text = _FRESH_ID.sub(lambda found: self._known.setdefault(found[0], f"SUB{len(self._known)}"), text)
        return _SHOWN.sub(lambda found: ",".join(sorted(found[0].split(","))), text)


def _whatever_others_do(answer: httpx.Response) -> httpx.Response:
    """Subject access without who was given it: beta may know that of its own, as of its audit log."""
    if answer.status_code != httpx.codes.OK:
        return answer
    told = answer.json()
    for one in (*told["records"], *told["items"]):
        del one["given"]
    headers = [(name, value) for name, value in answer.headers.items() if name != "content-length"]
    return httpx.Response(answer.status_code, headers=headers, json=told)

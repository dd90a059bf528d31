"""Promise 3, on the public address of a whole running system: what is hidden from an agency changes nothing it is told.

Every GET of the public description is asked in two worlds that differ only in hidden records; answers, headers, ids,
page cursors, entity tags, errors and the stream must be the same, byte for byte, but for the clock and trace ids.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.linker import bootstrap as linker
from tests.e2e.two_worlds.story import (
    CAFE,
    HIDDEN,
    HIDDEN_RULINGS,
    MARK,
    PARTNERSHIP,
    SHOP,
    TRIED,
    VIEWER,
    VISIBLE,
)
from tests.e2e.two_worlds.witness import Witness
from tests.e2e.two_worlds.world import World, trace_of
from tests.support.processes import wait_until
from tests.support.whole import whole

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

_FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"band": "high"},
    {"regime": "regime-gamma-open"},
    {"regime": "regime-alpha-open"},
    {"area": "W5"},
)


@dataclass(frozen=True)
class Seen:
    """What beta saw of one world, and what the hidden side of it saw."""

    witness: Witness
    streams: dict[str, list[tuple[str, str]]]
    others: dict[str, str]


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, Seen]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(linker, "_LOOK_AGAIN_SECONDS", 0.1)
        found = [_seen(tmp_path_factory.mktemp("world"), hidden=hidden) for hidden in (False, True)]
    return found[0], found[1]


def _seen(folder: Path, *, hidden: bool) -> Seen:
    (folder / "partnership.yaml").write_text(PARTNERSHIP)
    with whole(folder, folder / "partnership.yaml") as url:
        world = World(url, folder)
        wait_until(world.is_described, 60, "The whole description")
        world.live_through(hidden=hidden)
        witness = Witness(world)
        witness.ask_everything()
        streams = {json.dumps(query): witness.listen(1.0, **query) for query in _FILTERS}
        statistics = "/v1/statistics"
        others = {a: world.http.get(statistics, headers=world.as_(a)).text for a in ("alpha", "gamma")}
        others["requests"] = world.http.get("/v1/data-requests", headers=world.as_("gamma")).text
        others["decisions"] = world.http.get("/v1/decisions", headers=world.as_("gamma")).text
    return Seen(witness, streams, others)


def test_the_hidden_side_of_the_worlds_does_differ(worlds: tuple[Seen, Seen]) -> None:
    bare, full = worlds
    assert bare.others["alpha"] != full.others["alpha"]
    assert bare.others["gamma"] != full.others["gamma"]
    assert '"restriction"' in full.others["requests"]
    assert HIDDEN_RULINGS[3][0].decision_id in full.others["decisions"]


def test_every_answer_is_the_same_whatever_is_hidden(worlds: tuple[Seen, Seen]) -> None:
    bare, full = (seen.witness.answers for seen in worlds)
    assert sorted(bare) == sorted(full)
    differing = [f"{path}\n- {bare[path]}\n+ {full[path]}" for path in bare if bare[path] != full[path]]
    assert not differing, "\n".join(differing)
    assert {answer.status for answer in bare.values()} >= {200, 304, 404, 422}


def test_every_public_get_was_asked(worlds: tuple[Seen, Seen]) -> None:
    answers = worlds[0].witness.answers
    described = json.loads(answers["/v1/openapi.json"].body)["paths"]
    gets = {path for path, item in described.items() if "get" in item}
    asked = [name.partition("?")[0].partition(" ")[0] for name in answers] + ["/v1/events/risk-changes"]
    unasked = [path for path in gets if not any(_pattern(path).fullmatch(name) for name in asked)]
    assert [path for path in unasked if not path.startswith(("/metrics", "/.well-known"))] == []


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^/]+\\\}", "[^/]+", re.escape(path)))


@pytest.mark.parametrize("query", _FILTERS, ids=str)
def test_the_stream_tells_the_same_events_in_the_same_order(worlds: tuple[Seen, Seen], query: dict[str, str]) -> None:
    bare, full = (seen.streams[json.dumps(query)] for seen in worlds)
    assert bare == full
    if not query:
        assert len(bare) >= len({step.ref for step in VISIBLE}) // 2


def test_a_hidden_id_cannot_be_told_from_one_that_never_was(worlds: tuple[Seen, Seen]) -> None:
    answers = worlds[1].witness.answers
    for rest in ("", "/why"):
        never = answers[f"/v1/businesses/biz_{'a' * 20}{rest}"]
        hidden = {step.business for steps in HIDDEN for step in steps} - {step.business for step in VISIBLE}
        assert {answers[f"/v1/businesses/{id_}{rest}"] for id_ in hidden} == {never}
    for rest in ("", "/versions", "/status", "/records/h1"):
        found = {answers[f"/v1/feeds/{feed}{rest}"] for feed in ("gamma-open", "alpha-closed", "alpha-open", "never")}
        assert len(found) == 1


def test_beta_decides_on_and_takes_back_nothing_that_it_does_not_see(worlds: tuple[Seen, Seen]) -> None:
    answers = worlds[1].witness.answers
    tried = [answer for name, answer in answers.items() if name.startswith("POST /v1/decisions")]
    assert sorted(answer.status for answer in tried) == [200, 403, *[404] * (len(TRIED) - 2)]
    assert len({answer.body for answer in tried if answer.status == 404}) == 1


def test_beta_is_told_what_it_may_share_and_nothing_of_what_others_may(worlds: tuple[Seen, Seen]) -> None:
    answers = worlds[1].witness.answers
    told = {name.split(" ", 1)[1]: answers[name] for name in answers if name.startswith("/v1/sharing/dry-run ")}
    assert {answer.status for asked, answer in told.items() if "beta" not in asked.split()[:2]} == {403}
    assert json.loads(told["alpha beta open"].body)["verdict"] == "yes"
    assert json.loads(told["alpha beta closed"].body)["now"]["level"] == "known"
    assert json.loads(told["gamma beta open"].body)["verdict"] == "no"
    assert "the-one-power" not in told["gamma beta open"].body


def test_what_beta_is_told_of_relations_and_findings_is_not_nothing(worlds: tuple[Seen, Seen]) -> None:
    answers = worlds[1].witness.answers
    opened = [answers[path] for path in answers if path.endswith("/relations") and answers[path].status == 200]
    told = [json.loads(answer.body) for answer in opened]
    assert {relation["type"] for body in told for relation in body["relations"]} >= {"phone", "landlord"}
    assert json.loads(answers["/v1/findings"].body)["findings"]
    assert json.loads(answers["/v1/gaps?known_to=alpha&not_to=beta"].body)["businesses"]


def test_what_betas_own_systems_are_told_is_not_nothing(worlds: tuple[Seen, Seen]) -> None:
    answers = worlds[1].witness.answers
    told = json.loads(answers["/v1/collection/new?limit=500"].body)["events"]
    assert {event["type"] for event in told} >= {"risk.changed", "finding.raised"}
    [listed] = [answers[path] for path in answers if path.endswith("/deliveries?limit=2")]
    assert len(json.loads(listed.body)["deliveries"]) == 2


def test_what_beta_is_told_of_cards_is_not_nothing(worlds: tuple[Seen, Seen]) -> None:
    answers = worlds[1].witness.answers
    got = json.loads(answers["/v1/referrals?box=in"].body)["items"]
    assert sorted((one["from_agency"], one["name"]) for one in got) == [("alpha", SHOP), ("beta", CAFE)]
    events = json.loads(answers["/v1/collection/new?limit=500"].body)["events"]
    assert "referral.received" in {event["type"] for event in events}


def test_what_beta_finds_of_a_person_is_its_own_and_not_nothing(worlds: tuple[Seen, Seen]) -> None:
    answers = worlds[1].witness.answers
    told = [answer for name, answer in answers.items() if name.startswith("POST /v1/subject-access")]
    assert {answer.status for answer in told} == {200, 422}
    feeds = {record["feed"] for answer in told if answer.status == 200 for record in json.loads(answer.body)["records"]}
    assert feeds == {"beta-open"}


def test_nothing_that_was_told_holds_a_hidden_name_or_trace(worlds: tuple[Seen, Seen]) -> None:
    said = "\n".join(worlds[1].witness.raw)
    assert MARK not in said.replace(f"q={MARK}", "")
    assert trace_of(0, hidden=True)[:24] not in said
    traces = set(re.findall(r'"traceparent":"00-([0-9a-f]{32})-', said))
    assert traces <= {trace_of(number, hidden=False) for number in range(len(VISIBLE))}
    assert traces


def test_rules_that_are_not_in_force_or_not_in_full_open_nothing(worlds: tuple[Seen, Seen]) -> None:
    answers = worlds[1].witness.answers
    feeds = {json.loads(line)["feed"] for line in answers["/v1/graph"].body.splitlines()}
    assert feeds == {"alpha-open", "beta-open"}
    covered = json.loads(re.sub(r'(?<="age_hours":)AGE', "0", answers["/v1/coverage"].body))["feeds"]
    assert {feed["feed"] for feed in covered} == {"alpha-open", "beta-open"}
    assert json.loads(answers["/v1/me"].body)["agency"] == VIEWER

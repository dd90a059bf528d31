"""A world that lives through turns, and what beta is told of it: every GET of the description, and the stream."""

import json
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from string import Formatter
from typing import Any

import httpx

from tests.e2e.any_worlds.acts import Act, Asked, Ruled, Sent, Turn
from tests.e2e.two_worlds.described import every_get
from tests.e2e.two_worlds.questions import own_paths
from tests.e2e.two_worlds.story import PARTNERSHIP, VIEWER
from tests.e2e.two_worlds.witness import Answer, Witness
from tests.e2e.two_worlds.world import World, trace_of
from tests.support.processes import wait_until
from tests.support.whole import whole


class Life:
    """What beta was told, and, where there was something hidden, the addresses at which gamma finds what it made."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.stream: dict[str, list[tuple[str, str]]] = {}
        self.raw = ""
        self.hidden: list[str] = []
        self.others = ""


def lived(folder: Path, turns: Sequence[Turn], *, hidden: bool) -> Life:
    folder.mkdir()
    rules = folder / "partnership.yaml"
    rules.write_text(PARTNERSHIP)
    life, numbers = Life(), count()
    with whole(folder, rules) as url:
        world = World(url, folder)
        wait_until(world.is_described, 60, "The whole description")
        world.subscribe()
        for number, turn in enumerate(turns):
            for act in turn.hidden if hidden else ():
                life.hidden += _do(world, rules, act, trace_of(next(numbers), hidden=True))
            wait_until(world.is_quiet, 30, "Quiet")
            _do(world, rules, turn.visible, trace_of(number, hidden=False))
            wait_until(world.is_quiet, 30, "Quiet")
        witness = Witness(world)
        _ask(witness)
        life.stream = _by_business(witness.listen(0.5))
        life.answers = witness.answers
        life.raw = "\n".join([*witness.raw, _ask_for_hidden(world, life.hidden)])
        life.others = world.http.get("/v1/statistics", headers=world.as_("gamma")).text
        world.http.close()
    return life


def _by_business(events: list[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """In order for each: of several, nothing is promised (docs/adr/0003)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for data, length in events:
        id_ = json.loads(data.removeprefix("data: "))["business_id"]
        found.setdefault(id_, []).append((data, length))
    return found


def _do(world: World, rules: Path, act: Act, trace: str) -> list[str]:
    """The address of what it made, if that has one."""
    match act:
        case Sent():
            _send(world, act, trace)
        case Ruled():
            fresh = rules.with_suffix(".new")
            fresh.write_text(act.partnership)
            fresh.replace(rules)
        case Asked():
            return _asked(world, act)
    return []


def _send(world: World, act: Sent, trace: str) -> None:
    try:
        world.take(act.step, trace)
    except httpx.HTTPStatusError as error:  # it deletes what never was
        if error.response.status_code != httpx.codes.NOT_FOUND:
            raise


def _asked(world: World, act: Asked) -> list[str]:
    made = _post(world, act)
    body: dict[str, Any] = made.json() if made.is_success else {}
    addresses = _addresses(act.path, body)
    known = _known(addresses, body)
    for one in act.then:
        if known.keys() >= {name for _, name, _, _ in Formatter().parse(one.path) if name}:
            _post(world, replace(one, path=one.path.format_map(known)))
    return addresses


def _known(addresses: Sequence[str], body: dict[str, Any]) -> dict[str, str]:
    """For the address of what follows."""
    first = {"made": addresses, "business": body.get("agenda", ()), "referral": body.get("has_it", ())}
    known = {name: found[0] for name, found in first.items() if found}
    return {name: one if isinstance(one, str) else one[f"{name}_id"] for name, one in known.items()}


def _post(world: World, act: Asked) -> httpx.Response:
    """Once its agency's view is worked out, where the rules have just changed."""
    headers, deadline = world.as_(act.agency) | {"If-Match": '"1"'}, time.monotonic() + 30
    while True:
        made = world.http.post(act.path, json=act.content, headers=headers)
        if not made.is_server_error:
            return made
        assert made.status_code == httpx.codes.SERVICE_UNAVAILABLE, made.text
        assert time.monotonic() < deadline, made.text
        time.sleep(0.1)


def _addresses(path: str, body: dict[str, Any]) -> list[str]:
    ids = [body[name] for name in ("id", "card_id", "visit_id", "list_id") if isinstance(body.get(name), str)]
    return [f"{path}/{id_}" for id_ in ids] + [f"/v1/referrals/{one['referral_id']}" for one in body.get("has_it", ())]


def _ask(witness: Witness) -> None:
    for path in own_paths()[::3]:
        witness.ask(path)
    described = witness.ask("/v1/openapi.json").json()["paths"]
    seen = witness.ask("/v1/businesses?limit=200").json()["businesses"]
    ids = [one["business_id"] for one in seen]
    records = [row["record_id"] for row in map(json.loads, witness.ask("/v1/graph").text.splitlines())]
    pools = {"business_id": ids, "record_id": records, "other_id": records[::-1], "feed": ["beta-open", "gamma-open"]}
    for target in every_get(described, pools):
        witness.ask(target)
    for id_ in ids:
        witness.ask(f"/v1/businesses/{id_}", **{"If-None-Match": '"never"'})


def _ask_for_hidden(world: World, addresses: Sequence[str]) -> str:
    """It is answered as what never was; all that was said."""
    said, headers = "", world.as_(VIEWER)
    for address in addresses:
        never = address.rpartition("/")[0] + "/" + _like(address.rpartition("/")[2])
        real, made_up = (world.http.get(path, headers=headers) for path in (address, never))
        assert _plain(real) == _plain(made_up), f"{address} is not answered as what never was"
        said += real.text
    return said


def _like(id_: str) -> str:
    """An id of the same shape that nothing has."""
    kind, _, rest = id_.rpartition("_")
    return f"{kind}_{'a' * len(rest)}" if kind else re.sub("[0-9a-f]", "0", id_)


def _plain(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, re.sub(r"[0-9a-f]{32}", "", answer.text)

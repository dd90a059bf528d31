"""Pages of docs/how-to that are followed as they stand: each request is made, and its answer says what the page says.

A page writes a request as ```http with `METHOD /path`, `Authorization: Bearer $WHO`, an empty line and the body; after
it may come the answer as ```json, with its status behind the word where it is none of success. Of an answer a page may
leave out members of objects; `…` stands for any text, or in a list for all that follows. What stands for an id is known
by its name from then on: `{visit_id}`. `<!-- 2027-03-05T16:00 -->` moves the clock, in London.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

FOLDER = Path(__file__).parents[2] / "docs" / "how-to"
_PIECES = re.compile(
    r"^```(?P<kind>http|json)(?: (?P<status>\d+))?\n(?P<text>.*?)^```|<!-- (?P<clock>\S+) -->", re.M | re.S
)
_REQUEST = re.compile(
    r"(?P<method>[A-Z]+) (?P<path>\S+)\nAuthorization: Bearer \$(?P<who>\w+)(?:\n\n(?P<body>.+))?", re.S
)
_ANY = "…"
Call = Callable[[str, str, str, Any], httpx.Response]
"""Who, method, path, body."""


@dataclass
class Guide:
    """One page. `moves` is told when the clock moves."""

    name: str
    call: Call
    moves: Callable[[str], None]

    def follow(self) -> int:
        """How many requests it made."""
        known: dict[str, str] = {}
        made, answer = 0, None
        for piece in _PIECES.finditer((FOLDER / self.name).read_text(encoding="utf-8")):
            if piece["clock"]:
                self.moves(piece["clock"])
            elif piece["kind"] == "http":
                answer, made = self._ask(piece["text"], known), made + 1
            else:
                assert answer is not None, f"{self.name}: an answer without a request"
                self._check(answer, piece, known)
        return made

    def _ask(self, text: str, known: dict[str, str]) -> httpx.Response:
        asked = _REQUEST.fullmatch(_filled(text, known).strip())
        assert asked, f"{self.name}: no request: {text}"
        body = json.loads(asked["body"]) if asked["body"] else None
        answer = self.call(asked["who"], asked["method"], asked["path"], body)
        known |= {"status": str(answer.status_code), "asked": f"{asked['method']} {asked['path']}"}
        return answer

    def _check(self, answer: httpx.Response, piece: re.Match[str], known: dict[str, str]) -> None:
        expected = int(piece["status"] or 0)
        assert answer.status_code == expected or (not expected and answer.is_success), (
            f"{known['asked']}: {answer.text}"
        )
        faults = list(_differences(json.loads(_filled(piece["text"], known)), answer.json(), "", known))
        assert not faults, f"{self.name}, {known['asked']}:\n" + "\n".join(faults)


def _filled(text: str, known: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], found[0]), text)


def _differences(said: Any, told: Any, where: str, known: dict[str, str]) -> Iterator[str]:
    if isinstance(said, dict) and isinstance(told, dict):
        for name, value in said.items():
            yield from _differences(value, told.get(name, "(nothing)"), f"{where}.{name}", known)
    elif isinstance(said, list) and isinstance(told, list):
        wanted = said[:-1] if said[-1:] == [_ANY] else said
        if len(told) < len(wanted) or (wanted is said and len(told) > len(wanted)):
            yield f"{where}: {len(told)} items: {told}"
        for number, (one, other) in enumerate(zip(wanted, told, strict=False)):
            yield from _differences(one, other, f"{where}[{number}]", known)
    elif isinstance(said, str) and _ANY in said and isinstance(told, str):
        known[where.rpartition(".")[2]] = told
        if not re.fullmatch(re.escape(said).replace(_ANY, ".*"), told, re.S):
            yield f"{where}: {told}"
    elif said != told:
        yield f"{where}: {json.dumps(told, ensure_ascii=False)}"

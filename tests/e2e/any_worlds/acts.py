"""What may happen in a world, in sight of beta or hidden from it. A service that is new adds its acts to HIDDEN."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from hypothesis import strategies as st

from shared.contracts.identifiers import record_id
from tests.e2e.two_worlds.story import BARBER, CAFE, MARK, PARTNERSHIP, SHOP, Step, step


@dataclass(frozen=True)
class Sent:
    """A row that an agency sends, corrects or, where it is nothing but its reference, deletes."""

    step: Step


@dataclass(frozen=True)
class Asked:
    """Whatever else an agency does over the public address. That it may be refused is no matter."""

    agency: str
    path: str
    body: str

    @property
    def content(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(self.body)
        return found


@dataclass(frozen=True)
class Ruled:
    """The sharing rules are these from now on."""

    partnership: str


Act = Sent | Asked | Ruled

NAMES, DOORS = (SHOP, CAFE, BARBER, "Blue Door Bakery"), (12, 40)
PHONES = ("", "020 7946 0999", "020 7946 0111")
_visible_refs, _hidden_refs = ("v1", "v2", "v3"), ("h1", "h2", "h3")
_HIDDEN_FEEDS = (("gamma", "open"), ("gamma", "closed"), ("alpha", "closed"))
_RECORDS = [
    *(record_id(f"{agency}-open", ref) for agency, ref in product(("alpha", "beta"), _visible_refs)),
    *(record_id(f"{agency}-{category}", ref) for (agency, category), ref in product(_HIDDEN_FEEDS, _hidden_refs)),
]


def asked(agency: str, path: str, **body: Any) -> Asked:
    return Asked(agency, path, json.dumps(body))


@st.composite
def _sent(draw: st.DrawFn, feeds: tuple[tuple[str, str], ...], refs: tuple[str, ...], mark: str) -> Sent:
    agency, category, ref = *draw(st.sampled_from(feeds)), draw(st.sampled_from(refs))
    if draw(st.integers(0, 4)) == 0:
        return Sent(step(agency, category, ref))
    name = draw(st.sampled_from(NAMES))
    more = {"Rating": draw(st.sampled_from(["", "good", "poor", "bad"])), "Phone": draw(st.sampled_from(PHONES))}
    more["Seen"] = draw(st.sampled_from(["2026-10-01", "2026-10-20"]))
    marked = f"{mark} {name}" if mark and draw(st.booleans()) else name
    return Sent(step(agency, category, ref, marked, draw(st.sampled_from(DOORS)), **more))


@st.composite
def _decided(draw: st.DrawFn, agency: str, records: list[str]) -> Asked:
    """On any two records: of those that the agency does not see, it is refused."""
    pair = draw(st.lists(st.sampled_from(records), min_size=2, max_size=2, unique=True))
    verdict = draw(st.sampled_from(["same", "different", "unsure"]))
    return asked(agency, "/v1/decisions", records=pair, verdict=verdict, reason=f"{MARK} knows")


_PLACE = {"name": f"{MARK} {SHOP}", "address": "12 Station Road", "postcode": "W5 3NU"}
_DOOR = {"lines": ["12 Station Road"], "town": "Ealing", "postcode": "W5 3NU"}
_CARDS = st.uuids(version=4).map(
    lambda id_: asked("gamma", "/v1/cards", id=str(id_), place=_PLACE, text=f"{MARK} mattresses", to=["alpha"])
)
_VISITS = st.integers(1, 28).map(
    lambda day: asked(
        "gamma",
        "/v1/visits",
        place={"name": f"{MARK} {SHOP}", "address": _DOOR},
        when={"starts": f"2027-02-{day:02}T10:00", "ends": f"2027-02-{day:02}T12:00"},
        terms={"purpose": "supportive", "regimes": ["regime-gamma-open"]},
    )
)
_OTHERS_POWER = "id: to-gamma, from: [alpha], to: [gamma], categories: [open, closed]"
_RULES = st.sampled_from(
    [PARTNERSHIP, PARTNERSHIP.replace(_OTHERS_POWER, _OTHERS_POWER.replace("closed", "decisions"))]
).map(Ruled)

VISIBLE: st.SearchStrategy[Act] = st.one_of(
    _sent((("alpha", "open"), ("beta", "open")), _visible_refs, ""),
    _sent((("alpha", "open"), ("beta", "open")), _visible_refs, ""),
    _decided("beta", _RECORDS[:6]),
)
HIDDEN: st.SearchStrategy[Act] = st.one_of(
    _sent(_HIDDEN_FEEDS, _hidden_refs, MARK),
    _sent(_HIDDEN_FEEDS, _hidden_refs, MARK),
    _decided("gamma", _RECORDS),
    _decided("alpha", _RECORDS[6:]),
    _CARDS,
    _VISITS,
    _RULES,
)


@dataclass(frozen=True)
class Turn:
    """What is hidden happens first, in the world that hides something."""

    hidden: tuple[Act, ...]
    visible: Act


turns = st.builds(Turn, st.lists(HIDDEN, min_size=1, max_size=3).map(tuple), VISIBLE)
stories = st.lists(turns, min_size=4, max_size=5)

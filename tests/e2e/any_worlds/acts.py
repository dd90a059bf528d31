"""What may happen in a world, in sight of beta or hidden from it. A service that is new adds its acts to NOTED."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
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
    """Whatever else an agency does over the public address. That it may be refused is no matter.

    What it leads to follows with what was made: `{made}` is its address, `{business}` the first of its agenda and
    `{referral}` the first that came of it.
    """

    agency: str
    path: str
    body: str
    then: tuple["Asked", ...] = ()

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


def asked(agency: str, path: str, *then: Asked, **body: Any) -> Asked:
    return Asked(agency, path, json.dumps(body), then)


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
_ACCEPTED = asked("alpha", "/v1/referrals/{referral}/steps", step="accept")
_CARDS = st.builds(
    lambda id_, then: asked("gamma", "/v1/cards", *then, id=str(id_), place=_PLACE, text=f"{MARK} beds", to=["alpha"]),
    st.uuids(version=4),
    st.sampled_from([(), (_ACCEPTED,)]),
)


@st.composite
def _visited(draw: st.DrawFn) -> Asked:
    """A visit of gamma's, still to come or with what came of it."""
    day = f"{draw(st.sampled_from(['2026-10', '2027-02']))}-{draw(st.integers(1, 28)):02}"
    kind = draw(st.sampled_from(["satisfactory", "notice", "arrest"]))
    return asked(
        "gamma",
        "/v1/visits",
        asked("gamma", "{made}/outcomes", kind=kind, regime="food-hygiene", found_on="2026-11-01", note=MARK),
        place={"name": f"{MARK} {SHOP}", "address": _DOOR},
        when={"starts": f"{day}T10:00", "ends": f"{day}T12:00"},
        terms={"purpose": "supportive", "regimes": ["food-hygiene"]},
    )


def _request(agency: str, name: str) -> st.SearchStrategy[Asked]:
    """To alpha, which answers it, or has not yet."""
    hit = asked("alpha", "{made}/hit", hit=True)
    answer = asked("alpha", "{made}/answer", values={"registered": "denied"})
    ask = partial(asked, agency, "/v1/requests", kind="vat-registered", to="alpha")
    premises = {"name": name, "address": "12 Station Road, Ealing", "postcode": "W5 3NU"}
    told = st.sampled_from([(), (hit,), (hit, answer)])
    return told.map(lambda then: ask(*then, premises=premises, necessity="In this one case, which is made up."))


def _tasked(agency: str, reason: str) -> st.SearchStrategy[Asked]:
    """A list, and what is decided on the first of it."""
    decided = {"decision": "no_visit", "because": "other", "reason": reason, "visits_avoided": 3}
    then = asked(agency, "{made}/entries/{business}/decisions", **decided)
    return st.integers(1, 20).map(lambda top: asked(agency, "/v1/tasking/lists", then, wide=1, narrow=1, top=top))


_OTHERS_POWER = "id: to-gamma, from: [alpha], to: [gamma], categories: [open, closed]"
_RULES = st.sampled_from(
    [PARTNERSHIP, PARTNERSHIP.replace(_OTHERS_POWER, _OTHERS_POWER.replace("closed", "decisions"))]
).map(Ruled)

VISIBLE: st.SearchStrategy[Act] = st.one_of(
    _sent((("alpha", "open"), ("beta", "open")), _visible_refs, ""),
    _sent((("alpha", "open"), ("beta", "open")), _visible_refs, ""),
    _decided("beta", _RECORDS[:6]),
    _request("beta", SHOP),
    _tasked("beta", "Not now"),
)
HIDDEN: st.SearchStrategy[Act] = st.one_of(
    _sent(_HIDDEN_FEEDS, _hidden_refs, MARK),
    _sent(_HIDDEN_FEEDS, _hidden_refs, MARK),
    _decided("gamma", _RECORDS),
    _decided("alpha", _RECORDS[6:]),
    _RULES,
)
NOTED: st.SearchStrategy[Act] = st.one_of(
    _CARDS, _visited(), _request("gamma", f"{MARK} Kitchens"), _tasked("gamma", MARK)
)


@dataclass(frozen=True)
class Turn:
    """What is hidden happens first, in the world that hides something."""

    hidden: tuple[Act, ...]
    visible: Act


turns = st.builds(Turn, st.tuples(HIDDEN, NOTED), VISIBLE)
stories = st.lists(turns, min_size=4, max_size=5)

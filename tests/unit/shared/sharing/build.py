"""Small partnerships, and hypothesis's way of making many of them."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from shared.sharing import ConditionKind, Grant, Level, Partnership, decide

DAY = date(2026, 11, 22)
AGENCIES = ("fire", "food", "police")
CLASSES = {"fire": ["fire-authority"], "food": ["district-council", "environmental-health"], "police": ["police-force"]}
CATEGORIES = ("hygiene", "presence")
PURPOSES = ("compliance", "tasking")


def signed(*agencies: str, day: str = "2026-01-01") -> list[dict[str, str]]:
    return [{"agency": agency, "by": f"head of {agency}", "day": day} for agency in agencies]


def condition(kind: str) -> dict[str, str]:
    return {"kind": str(kind), "source": f"Test Act 2020, section 2, {kind}"}


def power(**changed: Any) -> dict[str, Any]:
    """A gateway from food to fire, in force in 2026; a `known` one has a contact, a `fields` one two groups."""
    made = {
        "id": "power",
        "from": ["food"],
        "to": ["fire"],
        "categories": ["hygiene"],
        "purposes": ["compliance"],
        "grant": "full",
        "statute": "Test Act 2020",
        "section": "section 1",
        "starts": "2026-01-01",
        "ends": "2026-12-31",
        "status": "active",
        "legal_review": {"by": "a lawyer", "day": "2026-01-01"},
        "signatures": signed(*AGENCIES),
    } | changed
    if made["grant"] == "known":
        made = {"contact": "desk@food.example"} | made
    if made["grant"] == "fields":
        made = {"field_groups": ["identity", "address"]} | made
    return made


def rules(*powers: dict[str, Any], **changed: Any) -> Partnership:
    return Partnership.model_validate(file(*powers, **changed))


def file(*powers: dict[str, Any], **changed: Any) -> dict[str, Any]:
    made = {
        "id": "test",
        "title": "Test",
        "agencies": [
            {"id": one, "title": one.title(), "classes": CLASSES[one], "information_governance": f"ig@{one}.example"}
            for one in AGENCIES
        ],
        "categories": list(CATEGORIES),
        "stream_purpose": "compliance",
        "legal_gateways": list(powers),
    }
    return made | changed


def granted(
    partnership: Partnership,
    viewer: str = "fire",
    purpose: str = "compliance",
    owner: str = "food",
    category: str = "hygiene",
    day: date = DAY,
    met: frozenset[ConditionKind] = frozenset(),
) -> Grant | None:
    return decide(viewer, purpose, owner, category, day, partnership, met)


def under(grant: Grant | None) -> tuple[str, ...]:
    return tuple(gateway.id for gateway in grant.under) if grant else ()


GROUPS = ("identity", "address", "people", "observation")
dates = st.sampled_from(["2025-06-01", "2026-01-01", "2026-11-22", "2026-11-23", "2027-06-01"])
kinds = st.sampled_from(list(ConditionKind))
met_sets = st.frozensets(kinds, max_size=3)
questions = st.tuples(
    st.sampled_from(AGENCIES), st.sampled_from(PURPOSES), st.sampled_from(AGENCIES), st.sampled_from(CATEGORIES)
)


# Made once: to make a strategy takes longer than to draw from it.
_names = st.sampled_from([*AGENCIES, *(name for names in CLASSES.values() for name in names)])
_sides = st.lists(_names, min_size=1, max_size=3, unique=True) | st.just("*")
_levels = st.sampled_from(list(Level))
_groups = st.lists(st.sampled_from(GROUPS), min_size=1, unique=True)
_categories = st.lists(st.sampled_from(CATEGORIES), min_size=1, unique=True) | st.just("*")
_purposes = st.lists(st.sampled_from(PURPOSES), min_size=1, unique=True)
_asked = st.lists(kinds, max_size=2, unique=True)
_over = st.sampled_from(["draft", "revoked", "expired"])
_mostly, _often, _number = st.integers(0, 4), st.integers(0, 3), st.integers(0, 6)


@st.composite
def powers(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Up to six gateways, most of them in force, of every level and with all kinds of conditions."""
    return [_power(draw, number) for number in range(draw(_number))]


def _power(draw: st.DrawFn, number: int) -> dict[str, Any]:
    grant = draw(_levels)
    parts = {"field_groups": draw(_groups)}
    return power(
        **{"from": draw(_sides), "to": draw(_sides)},
        id=f"p{number}",
        categories=draw(_categories),
        purposes=draw(_purposes),
        grant=str(grant),
        conditions=[condition(kind) for kind in draw(_asked)],
        starts="2026-01-01" if draw(_mostly) else draw(dates),
        ends=None if draw(_mostly) else draw(dates),
        status="active" if draw(_mostly) else draw(_over),
        signatures=signed(*AGENCIES if draw(_often) else AGENCIES[:1]),
        **(parts if grant is Level.fields else {}),
    )

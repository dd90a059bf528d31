"""Two streets as written: one, another, or of one name but for its type."""

from rapidfuzz.distance import OSA

from services.linker.domain.normalise import Premises
from services.linker.domain.normalise.words import DIRECTIONS

SAME, OTHER, UNSAID, OTHER_TYPE = 1, -1, 0, 2
_TELLING_APART = frozenset(DIRECTIONS.values())
_SHORTEST_STREET = 4
_SHORTEST_RUN = 5
_SLIPS_PER_LETTER = 0.2


def compare_streets(p: Premises, q: Premises) -> int:
    """SAME, OTHER, UNSAID, or OTHER_TYPE where they differ but for Road, Avenue and the like."""
    if not (p.street and q.street):
        return UNSAID
    found = _compared(p, q)
    return SAME if found < UNSAID and (_among_places(p, q) or _among_places(q, p)) else found


def _among_places(p: Premises, q: Premises) -> bool:
    """Whether the one gives as a place or a building what the other gives as its street: lines of an address in
    another order."""
    if not p.street_type:
        return False
    street = f"{p.street} {p.street_type}"
    said = [*q.places, " ".join(q.building)] if q.building else q.places
    return any(place[0] == street[0] and alike(street, place) for place in said)


def _compared(p: Premises, q: Premises) -> int:
    if p.street == q.street and (p.street_type == q.street_type or not p.street_type or not q.street_type):
        return SAME
    words, others = street_words(p), street_words(q)
    if _TELLING_APART & (words - others) and _TELLING_APART & (others - words):
        return OTHER
    if len(words) > 1 and len(others) > 1 and (words <= others or others <= words):
        return SAME
    if (not p.street_type and words > set(q.street.split())) or (not q.street_type and others > set(p.street.split())):
        return SAME
    if _runs_on(p, q) or _runs_on(q, p):
        return SAME
    if p.street_type and q.street_type and p.street_type != q.street_type:
        return OTHER_TYPE if p.street == q.street else OTHER
    if _numbered_street(words | others):
        return OTHER
    if alike(p.street, q.street) or alike(f"{p.street} {p.street_type}", f"{q.street} {q.street_type}"):
        return SAME
    return OTHER


def _runs_on(p: Premises, q: Premises) -> bool:
    """CrestAve is Crest Avenue: the one without a type of its own begins with all of the other's name."""
    if p.street_type or not q.street_type or len(q.street) < _SHORTEST_RUN:
        return False
    return " " not in p.street and p.street.startswith(q.street.replace(" ", ""))


def alike(street: str, other: str) -> bool:
    """One slip of the hand, or a few in a long name."""
    street, other = street.replace(" ", ""), other.replace(" ", "")
    if _direction(street) != _direction(other):
        return False  # Eastferry Road, Westferry Road
    if min(len(street), len(other)) < _SHORTEST_STREET:
        return False
    slips = OSA.distance(street, other)
    return slips <= 1 or slips <= _SLIPS_PER_LETTER * max(len(street), len(other))


def _direction(street: str) -> str:
    """The direction that its name begins with, also where the two are written as one word."""
    return street[:4] if street[:4] in ("east", "west") else street[:5] if street[:5] in ("north", "south") else ""


def street_words(p: Premises) -> frozenset[str]:
    """Of the name and its type."""
    words = p.street.split()
    return frozenset([*words, p.street_type] if p.street_type else words)


def _numbered_street(words: frozenset[str]) -> bool:
    """55th and 65th Street are alike in spelling alone."""
    return any(word.isdigit() for word in words)

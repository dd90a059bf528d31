"""Houses, yards and estates in front of or behind a street, which have numbers of their own."""

from functools import lru_cache

from services.linker.domain.normalise.words import DIRECTIONS, SITE_WORDS, STREET_TYPE_OF, split_words

_HOUSES = "estate centre house building buildings cottage cottages lodge farm villa villas chambers"
SITES = frozenset(_HOUSES.split())
_BEHIND_A_STREET = SITES | frozenset(
    {"park", "court", "workshops", "market", "mall", "arcade", "works", "units", "precinct", "complex"}
)
_OF_SITES = _BEHIND_A_STREET | frozenset({"arches", "mansions", "tower", "towers", "flats", "apartments"})
_KINDS = "industrial trading business enterprise retail shopping trade science"
_SITE_KINDS = frozenset(_KINDS.split())
_SITE_ENDS = frozenset({"estate", "building", "buildings", "floor", "floors"})
_LONGEST_KIND_OF_SITE = 3


def is_site(named: str) -> bool:
    """Whether it is more often a house or a yard with numbers of its own than a street: a business park, not a park."""
    words = _words(named)
    return words[-1] in _OF_SITES and (words[-1] != "park" or not _SITE_KINDS.isdisjoint(words))


@lru_cache(maxsize=65_536)
def names_no_business(part: str) -> bool:
    """An industrial estate, a shopping centre: no business is called by that alone."""
    words = _words(part)
    return bool(words) and (words[-1] in _SITE_ENDS or not _SITE_KINDS.isdisjoint(words[-2:-1]))


def _words(named: str) -> list[str]:
    return [SITE_WORDS.get(word, word) for word in split_words(named)]


def ends_site(words: list[str], i: int) -> bool:
    """Rose Cottage, Church Lane; not South Cottage Grove Avenue."""
    return SITE_WORDS.get(words[i], words[i]) in SITES and not (
        words[i + 1] in STREET_TYPE_OF or (i == 1 and words[0] in DIRECTIONS)
    )


def end_of_site_behind(words: list[str], end: int) -> int:
    """Index after the site that a street gave its name to: Hall Lane Trading Estate; 0 where it gave none."""
    for i in range(end, min(end + _LONGEST_KIND_OF_SITE, len(words))):
        if SITE_WORDS.get(words[i], words[i]) in _BEHIND_A_STREET:
            return i + 1
    return 0

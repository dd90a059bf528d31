"""One part of an address → street: its name, its type, and what stands behind it. Slips in the type are mended."""

from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from services.linker.domain.normalise.abroad import leading_type
from services.linker.domain.normalise.sites import SITES, end_of_site_behind, ends_site
from services.linker.domain.normalise.welsh import WELSH, in_english
from services.linker.domain.normalise.words import (
    BROAD_PLACES,
    DIRECTIONS,
    STREET_TYPE_OF,
    STREET_TYPES,
    split_words,
)

_SAINT_OR_DOCTOR = frozenset({"st", "dr"})
_OF_MARTIN_LUTHER_KING = frozenset({"dr", "martin", "luther", "jr"})
_SAME = {"saint": "st", "mt": "mount"} | DIRECTIONS
_ESTABLISHED = """hotel restaurant school college university hospital church clinic surgery pharmacy club library
museum gallery station academy nursery house pub inn cafe takeaway"""
_ESTABLISHMENTS = frozenset(_ESTABLISHED.split())
_LONG_TYPES = tuple(name for name in STREET_TYPES if len(name) >= 5)
_GLUED_TYPES = (
    "street",
    "avenue",
    "drive",
    "parade",
    "crescent",
    "terrace",
    "gardens",
    "square",
    "boulevard",
    "strasse",
    "straat",
    "str",
)
_SHORTEST_GLUED_NAME = 2
_NO_SLIPS = frozenset({"palace", "count", "clove", "grave", "graves", "driver", "greens", "groves", "squires"})
_MOST_WORDS = 4  # what is longer has the name of a site in front
_AMERICAN_GROUND_FLOOR = {"1": "", "1rear": "rear"}


class Street(NamedTuple):
    """`before` and `after` are words around it in the same part; `unit` is a number behind it, as Americans write;
    `leads`: its type stands in front, so its own number stands behind."""

    name: str
    type: str
    before: str = ""
    after: str = ""
    unit: str = ""
    leads: bool = False


@lru_cache(maxsize=65_536)
def read_street(text: str, numbered: bool) -> Street | None:
    """A folded part as a street. Without a number in front, only if it has a type of street."""
    words = _tidied(split_words(text))
    end = _end_of_street(words)
    if end is None and words:
        kind, name = leading_type(words, numbered)
        if kind and words[-1] not in _ESTABLISHMENTS | SITES:
            return Street(name, kind, leads=True)
        words = _mended(words, numbered)
        end = _end_of_street(words)
    if end is None:
        return _untyped(words) if numbered and words else None
    if site := end_of_site_behind(words, end):
        return _behind_site(words, end, site, numbered)
    before: list[str] = []
    if not numbered:
        if words[-1] in _ESTABLISHMENTS:
            return None
        if words[0] not in WELSH:
            site = _end_of_site(words, end)
            before, words, end = words[:site], words[site:], end - site
    return _street(words[:end], words[end:], " ".join(before))


def _tidied(words: list[str]) -> list[str]:
    """24 TH BLVD → 24 blvd, Ave H → h ave."""
    if "th" in words or "nd" in words:
        words = [
            word for i, word in enumerate(words) if word not in ("th", "nd") or not i or not words[i - 1].isdigit()
        ]
    letter = words[-1] if len(words) > 1 and len(words[-1]) == 1 and words[-1].isalpha() else ""
    if letter and letter not in DIRECTIONS and STREET_TYPE_OF.get(words[-2]) == "avenue":
        return [*words[:-2], letter, words[-2]]
    return words


def _end_of_site(words: list[str], end: int) -> int:
    """How many words in front of the street name a site: Victoria House High Street, and whatever is very long."""
    sites = [i + 1 for i in range(1, end - 2) if ends_site(words, i)]
    return sites[-1] if sites else end - 3 if end > _MOST_WORDS else 0


def _behind_site(words: list[str], end: int, site: int, numbered: bool) -> Street | None:
    """Hall Lane Trading Estate, Mill Road is on Mill Road, and with no more words on no street that is known; 12 Hall
    Lane Trading Estate is on Hall Lane."""
    named, rest = " ".join(words[:site]), words[site:]
    if numbered or not rest:
        return _street(words[:end], rest, named) if numbered else None
    found = read_street(" ".join(rest), numbered=False)
    return found._replace(before=f"{named} {found.before}".strip()) if found else _street(words[:end], words[end:])


def _untyped(words: list[str]) -> Street:
    """Piccadilly; behind it perhaps a state, or a number without a word for what it counts (Bryn Mawr 211)."""
    words, unit = _without_floor(words)
    if unit:
        return _street(words, [])._replace(unit=unit)
    if len(words) > 2 and words[-1] in BROAD_PLACES and len(words[-1]) == 2:
        words = words[:-1]
    if len(words) > 1 and words[-1].isdigit() and len(words[-1]) > 1 and words[-2] not in DIRECTIONS:
        return _street(words[:-1], [])._replace(unit=words[-1])
    return _street(words, [])


def _without_floor(words: list[str]) -> tuple[list[str], str]:
    """125 London Wall 8th Floor."""
    end = words.index("floor") if "floor" in words else 0
    return (words[: end - 1], f"floor{words[end - 1]}") if end > 1 and words[end - 1].isdigit() else (words, "")


def _street(named: list[str], rest: list[str], before: str = "") -> Street:
    core = [_SAME.get(word, word) for word in named if word != "the"] or named
    if core[0] in WELSH and len(core) > 1:
        return Street(in_english(core), WELSH[core[0]], before, after=" ".join(rest))
    kind = STREET_TYPE_OF.get(core[-1], "") if len(core) > 1 and not _is_broadway(core) else ""
    core = core[:-1] if kind else core
    if "luther" in core:  # most American cities have one, and write it in as many ways
        core = [word for word in core if word not in _OF_MARTIN_LUTHER_KING]
    while rest and rest[0] in DIRECTIONS:
        core, rest = [*core, DIRECTIONS[rest[0]]], rest[1:]
    name = STREET_TYPE_OF.get(core[0], core[0]) if len(core) == 1 else " ".join(core)
    if rest and any(sign.isdigit() for sign in rest[0]):
        return Street(name, kind, before, unit=_AMERICAN_GROUND_FLOOR.get(rest[0], rest[0]))
    return Street(name, kind, before, after=" ".join(rest))


def _is_broadway(core: list[str]) -> bool:
    """North Broadway: a street of that name, as against West Ealing Broadway."""
    return core[-1] == "broadway" and all(word in DIRECTIONS.values() for word in core[:-1])


def _end_of_street(words: list[str]) -> int | None:
    """Index after the word that is the type of street; None where there is none."""
    if words and words[0] in WELSH:
        return len(words)
    if len(words) == 1:
        return 1 if words[0] in STREET_TYPE_OF else None
    types = [i for i, word in enumerate(words) if i and word in STREET_TYPE_OF]
    first = next((i for i in types if not _is_title(words, i, types[-1])), None)
    if first is None:
        return None
    while first + 1 in types:
        first += 1
    return first + 1


def _is_title(words: list[str], i: int, last_type: int) -> bool:
    """Whether St or Dr belongs to the name behind it: N St Louis Ave, S Dr Martin Luther King Dr; not 55th St."""
    if words[i] not in _SAINT_OR_DOCTOR or i + 1 == len(words) or words[i - 1].isdigit():
        return False
    return i != last_type or words[i - 1] in DIRECTIONS


def _mended(words: list[str], numbered: bool) -> list[str]:
    """Words whose last is a type of street but for a slip: quay tsreet, tweed p lace, royalparade."""
    *others, last = words
    if others and others[-1] + last in STREET_TYPE_OF and len(last) > 2:
        return [*others[:-1], others[-1] + last] if len(others) > 1 else words
    if kind := _meant_type(last, numbered):
        return [*others, kind]
    glued = next((kind for kind in _GLUED_TYPES if last.endswith(kind)), "")
    return (
        [*others, last.removesuffix(glued), glued]
        if glued and len(last) >= len(glued) + _SHORTEST_GLUED_NAME
        else words
    )


@lru_cache(maxsize=16_384)
def _meant_type(word: str, numbered: bool) -> str:
    """The type of street that a word is but for one slip; only a long one where no number stands in front."""
    if word in _NO_SLIPS or len(word) < 4:
        return ""
    if numbered and len(word) == 4:
        return next((kind for kind in STREET_TYPES if len(kind) == 4 and sorted(kind) == sorted(word)), "")
    shortest = 5 if numbered else 6
    return next((kind for kind in _LONG_TYPES if len(kind) >= shortest and OSA.distance(word, kind) == 1), "")

"""Tables of words that addresses and names use, and the folding that every text goes through first."""

import re
import unicodedata
from typing import Final

_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘`´"))
_SHORT_AND = re.compile(r"\s(?:['’]n['’]\s?|['’]n\s|n['’]\s)")
_INITIALS = re.compile(r"\b[a-z](?:\.[a-z])+\b\.?")
_WORD = re.compile(r"[0-9a-z]+")
_WORD_OF_ANY_SCRIPT = re.compile(r"[^\W_]+")
_ENDS_OF_ORDINALS = frozenset({"st", "nd", "rd", "th"})

_ORDINAL_WORDS = {
    word: str(i)
    for i, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), start=1
    )
}

# Words that are as often written short.
_SHORT: Final = {"saint": "st", "mister": "mr", "doctor": "dr", "number": "no"} | _ORDINAL_WORDS

FILLERS = frozenset({"the", "and", "of", "y", "yr"})

STREET_TYPES = {
    "street": ("street", "st", "str", "strasse", "straat"),
    "road": ("road", "rd"),
    "avenue": ("avenue", "ave", "av", "avn"),
    "lane": ("lane", "ln"),
    "drive": ("drive", "dr", "drv"),
    "place": ("place", "pl"),
    "close": ("close", "cl"),
    "court": ("court", "ct", "crt"),
    "crescent": ("crescent", "cres", "cresc"),
    "square": ("square", "sq"),
    "gardens": ("gardens", "gdns", "garden"),
    "grove": ("grove", "gr", "grv"),
    "terrace": ("terrace", "terr", "ter", "tce"),
    "boulevard": ("boulevard", "blvd", "blv", "boul"),
    "highway": ("highway", "hwy"),
    "parkway": ("parkway", "pkwy", "pky"),
    "way": ("way", "wy"),
    "hill": ("hill",),
    "parade": ("parade", "pde"),
    "walk": ("walk", "wlk"),
    "row": ("row",),
    "mews": ("mews",),
    "broadway": ("broadway", "bdwy"),
    "approach": ("approach",),
    "wharf": ("wharf",),
    "yard": ("yard",),
    "green": ("green",),
    "quay": ("quay",),
    "promenade": ("promenade", "prom"),
    "circus": ("circus",),
    "rise": ("rise",),
    "embankment": ("embankment",),
    "plaza": ("plaza", "plz"),
    "circle": ("circle", "cir"),
    "trail": ("trail", "trl"),
    "expressway": ("expressway", "expy"),
    "circuit": ("circuit", "cct"),
    "esplanade": ("esplanade",),
    "heol": ("heol",),
    "stryd": ("stryd",),
}
STREET_TYPE_OF = {form: name for name, forms in STREET_TYPES.items() for form in forms}

DIRECTIONS = {
    "north": "north",
    "south": "south",
    "east": "east",
    "west": "west",
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
}

_BROAD_PLACES = """london greater_london middlesex middx essex kent surrey hertfordshire herts berkshire berks
buckinghamshire bucks cornwall devon somerset dorset hampshire hants sussex east_sussex west_sussex norfolk suffolk
lancashire yorkshire cheshire merseyside greater_manchester west_midlands tyne_and_wear england scotland wales cymru
northern_ireland great_britain britain gb uk united_kingdom il illinois ca california ny new_york us usa
united_states"""

# Too large to tell one place from another, or not a place.
BROAD_PLACES = frozenset(place.replace("_", " ") for place in _BROAD_PLACES.split())

# A state, but where it is given as the town: then a city so large that it only says something where nothing else does.
NEW_YORK = "new york"

# Short ways to write the words of a site.
SITE_WORDS = {
    "est": "estate",
    "ind": "industrial",
    "indl": "industrial",
    "trdg": "trading",
    "pk": "park",
    "ctr": "centre",
    "center": "centre",
    "bus": "business",
    "ent": "enterprise",
    "shpg": "shopping",
    "bldg": "building",
    "bldgs": "buildings",
    "hse": "house",
    "ystad": "estate",
    "stad": "estate",
    "ddiwydiannol": "industrial",
    "diwydiannol": "industrial",
    "parc": "park",
    "canolfan": "centre",
    "busnes": "business",
}


# Letters that are no letter with an accent.
_PLAIN = _APOSTROPHES | str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def fold(text: str) -> str:
    """Lower case, accents removed, apostrophes dropped, initials joined (C.Y.C → cyc), &, &amp; and 'n' as and; letters
    of other scripts stay."""
    lowered = text.lower()
    if "'" in lowered or "’" in lowered:
        lowered = _SHORT_AND.sub(" and ", lowered)
    if not lowered.isascii():
        parts = unicodedata.normalize("NFKD", lowered.translate(_PLAIN))
        lowered = "".join([sign for sign in parts if not unicodedata.combining(sign)])
    if "'" in lowered or "`" in lowered:
        lowered = lowered.translate(_APOSTROPHES)
    if "." in lowered:
        lowered = _INITIALS.sub(lambda initials: initials.group().replace(".", "") + " ", lowered)
    return lowered.replace("&amp;", "&").replace("&", " and ") if "&" in lowered else lowered


def split_words(folded: str) -> list[str]:
    """Words of a folded text, ordinals written as plain numbers (1st, first → 1), saint as st and the like."""
    words = _WORD if folded.isascii() else _WORD_OF_ANY_SCRIPT
    return [_plain(word) for word in words.findall(folded)]


def _plain(word: str) -> str:
    if word[0].isdigit() and word[-2:] in _ENDS_OF_ORDINALS and word[:-2].isdecimal():
        return word[:-2]
    return _SHORT.get(word, word)

"""What stands in front of a street: unit, position in the building, number or range."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from services.linker.domain.normalise.words import STREET_TYPE_OF, split_words

_ID = r"(?:[a-z]{1,3}-?\d+(?:\.\d+)*[a-z]?|\d+(?:\.\d+)*(?:[a-z]| [a-z]$| [a-d](?= \d))?|(?<![a-z])[a-z])"
_UNIT_WORDS = (
    r"shop units?|business units?|workshop units?|flats?|flt|units?|shops?|suite|ste|apartment|apt|room|rm|kiosk|stall"
    r"|(?<!post )office"
    r"|studio|maisonette|bedsit|workshop|pitch|pod|arch|arches|block|bay|plot|booth|stand|store|container|warehouse|floor|level|fflat|uned|siop"
    r"|u(?= \d)|#"
)
_UNIT_BEGINNINGS = frozenset(word[:3] for word in re.findall("[a-z]+", _UNIT_WORDS.replace("s?", "")))
_GROUND = "ground"
ABOVE: Final = "above"
_LEVELS = frozenset({"floor", "level"})
_FLATS = frozenset({"flat", "flt", "maisonette"})
_UNIT = re.compile(
    rf"(?:^|(?<=\s))(?!block \w+,? (?:flat|unit|shop|apartment)s?\b)(?P<word>{_UNIT_WORDS})"
    rf"\.?\s*(?:no\b\.?|nos\b\.?|number)?\s*(?P<id>{_ID}(?:\s*(?:[-/+]|to\b)\s*{_ID})?(?:(?:(?:\s+and)?\s+\d+[a-z]?)+(?=$))?"
    rf"(?:\s+and\s+\d+[a-z]?)?)(?![0-9a-z'])"
)
_FLOOR = r"\d{1,2}(?:st|nd|rd|th)?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
_NAMED_LEVEL = re.compile(rf"\b(?:{_FLOOR}|ground|upper|lower|top|middle|mezzanine|whole|entire|part)$")
_ON_A_LEVEL = re.compile(r"\b(?:floor|flr|basement|(?:lower|upper) ground|top|garden|rear)$")
_DOOR_AND_STREET = re.compile(r"\d+[a-z]?(?: ?- ?\d+[a-z]?)? [a-z]")
_POSITION = re.compile(
    r"^(?:(?:part|whole)\s+(?:of\s+)?)?(?:(?P<above>(?:the )?(?:(?:flats?|rooms|maisonette) )?(?:above|over)"
    r"(?: the(?= shop\b))?|upper (?:flats?|flt|maisonette))|(?P<upper>upper (?:floors?|parts?)|top (?:floor|flat|flt))"
    r"|(?P<below>basement|lower (?:ground(?: floor)?|level)|lwr (?:ground|gnd|grd)(?: floor| flr| fl)?)"
    r"|(?P<ground>g/?f|gff|(?:upper |raised )ground floor|gr?n?d (?:floor|flr|fl)|ground(?: floor| flr| fl)?)"
    rf"|(?P<floor>{_FLOOR})(?:(?:\s+and\s+|\s*-\s*|\s+to\s+)(?:{_FLOOR}))? (?:floors?|flr|fl)"
    r"|(?P<first>f/?f(?=[ .]+\d)|fff)"
    r"|(?P<rear>r/o|rear of|rear)|land (?:adj(?:acent|oining)?|at|off|rear of|to)|adj(?:acent|oining)?(?: to)?"
    r"|off|opp(?:osite)?|outside|within|c/o(?= \d)|front|flat|flats|flt|shop|unit|units|office|offices|maisonette"
    r"|premises at|at|on|to|nos?(?=[ .]+\d)|number(?= \d))\b"
    r"[\s.]*(?:of\b|and\b)?\s*"
)
_ROOMS_ABOVE = re.compile(r"(?:the )?(?:flats?|rooms|maisonette)(?: \w{1,3},?)? (?:above|over)\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?P<low>\d{1,5})(?:(?P<suffix>[a-z])|(?:\s+|\s?[-/]\s?)(?P<spaced>(?:[a-d]|bis|ter)(?=[\s,]|$)))?"
    r"(?P<letters>\s*(?:[-/]|\band\b)\s*[a-z](?=\s|$))?"
    r"(?:\s*(?:-|/|\bto\b|\band\b)\s*(?P<high>\d{1,5})[a-z]?)?(?=\s|$)"
)
_GLUED = re.compile(r"(\d{1,5})(?!(?:st|nd|rd|th)\b)(?=[a-z]{3})")
_HIGH = re.compile(r"(\d{1,4})[a-z]?(?=\s|$)")
_LONGEST_SPACED_RANGE = 30
_BEHIND = re.compile(
    r"^(?P<street>.*[a-z]{2}.*?)[\s.]+"
    r"(?P<number>\d{1,4}(?:\s?/?[a-z]|\s?[-/]\s?\d{1,4}[a-z]?)?)$"
)
_SIGN_OF_NUMBER = re.compile(r"[\s.]+(?:no|nr|num|n)\.?$")
_BEFORE_LETTER = re.compile(r"[\s/]+(?=[a-z])")
_COUNTED_THINGS = """terminal pier gate phase highway hwy route junction box hall zone ward hangar pitch berth dock lot
cedex sector district platform stage level floor number house centre center building estate park court school km"""
_COUNTED = frozenset(_COUNTED_THINGS.split())
_LETTERS_APART = re.compile(r"(?<=\b[a-z])[ -](?=\d)|(?<=\b[a-z]{2})[ -](?=\d)|(?<=\b[a-z]{3})-(?=\d)")
_LETTER_BEHIND = re.compile(r"(?<=\d) (?=[a-z]$)")
_LEADING_ZEROS = re.compile(r"(?<![0-9.])0+(?=\d)")
_BETWEEN_UNITS = re.compile(r"\s*(?:[-/+]|\band\b|\bto\b|\s)\s*")
_DIGIT = re.compile("[0-9]")
_LONGEST_RANGE = 200


class Number(NamedTuple):
    """A building's number or range, and the letter behind it."""

    low: int
    high: int
    suffix: str


@lru_cache(maxsize=65_536)
def cut_unit(part: str) -> tuple[str, str, str]:
    """(what stands before the unit, unit, what stands behind). Unit 3/12 Smith Street is unit 3 at number 12."""
    if "#" not in part and _UNIT_BEGINNINGS.isdisjoint([word[:3] for word in part.split()]):
        return "", "", part
    match = next((found for found in _UNIT.finditer(part) if not _is_before_number(part, found)), None)
    if match is None:
        return "", "", part
    unit, rest = match["id"], part[match.end() :].strip(" .-")
    if "/" in unit and rest and not rest[0].isdigit():
        unit, _, number = unit.partition("/")
        rest = f"{number.strip()} {rest}"
    unit = plain_unit(unit)
    return part[: match.start()].strip(" .-"), f"floor{unit}" if match["word"] in _LEVELS else unit, rest


def _is_before_number(part: str, match: re.Match[str]) -> bool:
    """27th Floor 1 Canada Square, First Floor Flat 9 High Street: what stands in front says which floor or flat it is,
    and the number is that of the door."""
    before = part[: match.start()].rstrip()
    if match["word"] in _FLATS:
        return _ON_A_LEVEL.search(before) is not None and _DOOR_AND_STREET.match(part, match.start("id")) is not None
    return match["word"] in _LEVELS and _NAMED_LEVEL.search(before) is not None


def plain_unit(unit: str) -> str:
    """2/1, 2 - 1 → 2-1; UG-035 → ug35, 04 → 4, 14 A → 14a."""
    joined = _BETWEEN_UNITS.sub("-", _LETTER_BEHIND.sub("", unit.strip()))
    return _LEADING_ZEROS.sub("", _LETTERS_APART.sub("", joined))


@lru_cache(maxsize=65_536)
def cut_position(part: str) -> tuple[str, str]:
    """(above, upper, basement, rear, floor2 … or "", the part without its position). What has the ground floor is the
    shop."""
    positions: list[str] = []
    while match := _POSITION.match(part):
        positions.append(_position(match))
        part = part[match.end() :].strip(" .-")
    said = [position for position in positions if position]
    return (said[0] if said and _GROUND not in said else ""), part


def _position(match: re.Match[str]) -> str:
    if match["first"]:
        return "floor1"
    if match["floor"]:
        return "floor" + "".join(split_words(match["floor"]))
    named = {"above": ABOVE, "upper": "upper", "below": "basement", "rear": "rear", "ground": _GROUND}
    return next((position for group, position in named.items() if match[group]), "")


def as_unit(number: Number) -> str:
    """A number that is a unit's: 11, 11b, 11-12."""
    return f"{number.low}{number.suffix}" if number.low == number.high else f"{number.low}-{number.high}"


def is_rooms_above(name: str) -> bool:
    """Flat above the Golden Chicken is a place; Over The Moon is a name."""
    return _ROOMS_ABOVE.match(name) is not None


def both_units(unit: str, other: str) -> str:
    """Flat A above the shop, said in two places."""
    if unit == ABOVE and other not in ("", ABOVE):
        return f"{ABOVE} {other}"
    return f"{ABOVE} {unit}" if other == ABOVE and unit and not unit.startswith(ABOVE) else unit or other


def read_number(part: str) -> tuple[Number | None, str]:
    """(number that begins the part, the rest)."""
    match = _NUMBER.match(part) if part[:1].isdigit() else None
    if match is None:
        return _glued_number(part) if part[:1].isdigit() else (None, part)
    number, rest = _number(match), part[match.end() :].strip()
    return _with_high(number, rest) if rest[:1].isdigit() and number.low == number.high else (number, rest)


def _glued_number(part: str) -> tuple[Number | None, str]:
    """12High Street; not 55th Street, nor 24hour Foods."""
    match = _GLUED.match(part)
    if match is None or part.rpartition(" ")[2] not in STREET_TYPE_OF:
        return None, part
    return Number(int(match[1]), int(match[1]), ""), part[match.end() :]


def _with_high(number: Number, rest: str) -> tuple[Number, str]:
    """64 68 Commercial Street is 64 to 68; 12 14 Street is on 14th Street."""
    match = _HIGH.match(rest)
    high, behind = (int(match[1]), rest[match.end() :].strip()) if match else (0, rest)
    even = high - number.low == 1 or (high - number.low) % 2 == 0
    if not (number.low < high <= number.low + _LONGEST_SPACED_RANGE and even) or behind in STREET_TYPE_OF:
        return number, rest
    return number._replace(high=high), behind


def number_inside(part: str) -> tuple[str, Number, str] | None:
    """(before, number, behind) where a number stands inside a part (Perceval House 14-16), but not Terminal 4."""
    if _DIGIT.search(part) is None:
        return None
    for match in _NUMBER.finditer(part):
        starts_word = match.start() > 0 and part[match.start() - 1] == " "
        rest = split_words(part[match.end() :])
        in_front = rest and not rest[0].isdigit() and any(word in STREET_TYPE_OF for word in rest[1:])
        if starts_word and (in_front or (match["high"] and not rest)):
            return part[: match.start()].strip(), _number(match), part[match.end() :]
    return None


@lru_cache(maxsize=65_536)
def number_behind(part: str) -> tuple[str, Number] | None:
    """(street, the number behind it), as in Hauptstr. 5a; not Terminal 4, nor where a number stands in front."""
    match = _BEHIND.match(part) if part[-1:].isalnum() and not part[0].isdigit() else None
    street = _SIGN_OF_NUMBER.sub("", match["street"]) if match else ""
    if match is None or split_words(street)[-1] in _COUNTED:
        return None
    number, rest = read_number(_BEFORE_LETTER.sub("", match["number"]))
    return (street, number) if number and number.low and not rest else None


def _number(match: re.Match[str]) -> Number:
    low, high = int(match["low"]), int(match["high"] or match["low"])
    suffix = "" if match["letters"] else match["suffix"] or match["spaced"] or ""  # 12A-C is several
    if high < low:  # 293-5 is 293 to 295
        tens = 10 ** len(match["high"])
        high += low // tens * tens
    return Number(low, high if low <= high <= low + _LONGEST_RANGE else low, suffix)

"""Addresses as parts or as one string → premises.

A missing number, name or postcode is normal. The first part may be the name of the business; it is handed back as such.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from services.linker.domain.normalise.mention import Premises
from services.linker.domain.normalise.names import name_form
from services.linker.domain.normalise.postcode import NONE, cut_postcode, parse_postcode
from services.linker.domain.normalise.words import BROAD_PLACES, DIRECTIONS, STREET_TYPE_OF, fold, split_words
from shared.contracts.record import Address

_ID = r"(?:[a-z]?\d+[a-z]?|[a-z])"
_UNIT = re.compile(
    r"(?:^|(?<=\s))(?:shop unit|business unit|workshop unit|flat|unit|units|shop|suite|ste|apartment|apt|room"
    r"|kiosk|stall|office|studio|pod|arch|arches|block|bay|plot|booth|stand|store|container|warehouse|fflat|uned|#)"
    rf"\s*(?:no\b\.?|number)?\s*({_ID}(?:\s*[-/&+]\s*{_ID})?(?:\s+and\s+\d+[a-z]?)?)(?![0-9a-z'])"
)
_POSITION = re.compile(
    r"^(?:(?:part|whole)\s+(?:of\s+)?)?(?:(?P<above>(?:flat |flats )?(?:above|over))|basement|gf|lower level"
    r"|(?:lower |upper |raised )?ground(?: floor)?"
    r"|(?P<floor>\d|1st|2nd|3rd|[4-9]th|first|second|third|fourth|fifth) floor"
    r"|r/o|rear of|rear|adj(?:acent)?(?: to)?|off|opp(?:osite)?|front|shop|unit|premises at|at|on|c/o)\b"
    r"\s*(?:of\b|and\b)?\s*"
)
_NUMBER = re.compile(
    r"(?P<low>\d{1,5})(?:(?P<suffix>[a-z])|\s(?P<spaced>[a-d]))?"
    r"(?:\s*(?:-|/|\bto\b|\band\b)\s*(?P<high>\d{1,5})[a-z]?)?(?=\s|$)"
)
_AMERICAN_GROUND_FLOOR = "1"
_LONGEST_RANGE = 200
_LONGEST_ADDRESS = 1000
_MOVED_SIGNS = str.maketrans({"–": "-", "—": "-", "\n": ",", "\r": ",", ";": ",", "(": " ", ")": " "})
_TYPE_FIRST = frozenset({"heol", "stryd"})
_SAINT = {"saint": "st", "mt": "mount"}


@dataclass(slots=True)
class _Draft:
    """What has been understood so far, reading from left to right."""

    unit: str = ""
    number: re.Match[str] | None = None
    street: list[str] = field(default_factory=list)
    street_type: str = ""
    before: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)


def premises_of(address: Address | None, known_names: Collection[str]) -> tuple[Premises | None, str]:
    """(premises, leading part that may be the name of the business). `known_names` are joined names of the record."""
    if address is None:
        return None, ""
    said = ", ".join(address.lines)[:_LONGEST_ADDRESS]  # what takes milliseconds here takes seconds of a whole page
    text, found = cut_postcode(said.translate(_MOVED_SIGNS))
    draft = _Draft()
    for part in text.split(","):
        _read_part(draft, fold(part).strip(" .-"))
    if not draft.street and len(draft.before) > 1:
        draft.places += draft.before[1:]
        draft.before = draft.before[:1]
    postcode, outward, sector = _postcode(address.postcode, found)
    building, leading = _building(draft.before, known_names)
    places = [*draft.places, *(fold(town).strip() for town in (address.town or "").split(","))]
    premises = Premises(
        text=_readable(address, found),
        unit=draft.unit,
        building=building,
        street=" ".join(draft.street),
        street_type=draft.street_type,
        places=frozenset(filter(None, map(_place, places))),
        postcode=postcode,
        outward=outward,
        sector=sector,
        uprn=(address.uprn or "").lstrip("0"),
    )
    _set_number(premises, draft.number)
    return (premises if _says_anything(premises) else None), leading


def _says_anything(p: Premises) -> bool:
    return bool(p.unit or p.low or p.street or p.building or p.places or p.outward or p.uprn)


def _postcode(given: str | None, found: str) -> tuple[str, str, str]:
    parsed = parse_postcode(given) if given else NONE
    return parsed if parsed != NONE or not found else parse_postcode(found)


def _readable(address: Address, found: str) -> str:
    parts = [*address.lines, address.town or "", "" if found else address.postcode or ""]
    return ", ".join(part.strip() for part in parts if part and part.strip())


def _place(folded: str) -> str:
    name = " ".join(split_words(folded))
    return "" if name in BROAD_PLACES or name.isdigit() else name


def _building(before: list[str], known_names: Collection[str]) -> tuple[tuple[str, ...], str]:
    """Words of the building, and its first part as a name unless the record says that name already."""
    forms = [name_form("", part) for part in before]
    new = [form for form in forms if form.joined not in known_names]
    leading = before[0] if before and new[:1] == forms[:1] and not before[0].isdigit() else ""
    return tuple(word for form in new for word in form.tokens), leading


def _set_number(premises: Premises, number: re.Match[str] | None) -> None:
    if number is None:
        return
    low, high = int(number["low"]), int(number["high"] or number["low"])
    if high < low:  # 293-5 is 293 to 295
        tens = 10 ** len(number["high"])
        high += low // tens * tens
    premises.low = low
    premises.high = high if low <= high <= low + _LONGEST_RANGE else low
    premises.suffix = number["suffix"] or number["spaced"] or ""


def _read_part(draft: _Draft, part: str) -> None:
    part = _read_unit(draft, part)
    if not part:
        return
    if draft.street and not draft.number and _NUMBER.match(part):
        _take_street_for_building(draft)
    if draft.street:
        draft.places.append(part)
    elif (number := _NUMBER.match(part)) is not None:
        _read_numbered(draft, part, number)
    elif number := _number_inside(part):
        _read_before(draft, part[: number.start()].strip())
        draft.number = number
        _read_street(draft, part[number.end() :], required=False)
    elif not _read_street(draft, part, required=True):
        _read_before(draft, part)


def _take_street_for_building(draft: _Draft) -> None:
    """The Drayton Court, 2 The Avenue: what sounded like a street was a name, since a numbered one follows."""
    draft.before.append(" ".join(filter(None, [*draft.street, draft.street_type])))
    draft.street, draft.street_type = [], ""


def _read_unit(draft: _Draft, part: str) -> str:
    """The part without its unit and its position in the building."""
    if match := _UNIT.search(part):
        draft.unit = draft.unit or re.sub(r"[^0-9a-z]", "", match[1].replace(" and ", "-"))
        if before := part[: match.start()].strip(" .-"):
            _read_part(draft, before)
        part = part[match.end() :].strip(" .-")
    while match := _POSITION.match(part):
        if match["above"]:
            draft.unit = draft.unit or "above"
        elif match["floor"]:
            draft.unit = draft.unit or "floor" + "".join(split_words(match["floor"]))
        part = part[match.end() :].strip(" .-")
    return part


def _read_before(draft: _Draft, part: str) -> None:
    part = _POSITION.sub("", part).strip(" .-")
    if part and not draft.street and part not in BROAD_PLACES:
        draft.before.append(part)


def _read_numbered(draft: _Draft, part: str, number: re.Match[str]) -> None:
    draft.number = draft.number or number
    if rest := part[number.end() :].strip():
        _read_street(draft, rest, required=False)


def _number_inside(part: str) -> re.Match[str] | None:
    """A number in the middle or at the end of a part (Perceval House 14-16), but not Terminal 4."""
    for number in _NUMBER.finditer(part):
        starts_word = number.start() > 0 and part[number.start() - 1] == " "
        rest = split_words(part[number.end() :])
        in_front = rest and not rest[0].isdigit() and any(word in STREET_TYPE_OF for word in rest[1:])
        if starts_word and (in_front or (number["high"] and not rest)):
            return number
    return None


def _read_street(draft: _Draft, part: str, required: bool) -> bool:
    """Take the part as the street; where `required`, only if one of its words is a type of street."""
    words = split_words(part)
    end = _end_of_street(words)
    if end is None:
        if required or not words:
            return False
        end = len(words)
    core, rest = [DIRECTIONS.get(word, _SAINT.get(word, word)) for word in words[:end] if word != "the"], words[end:]
    draft.street_type = STREET_TYPE_OF.get(core[-1], "") if len(core) > 1 else ""
    if len(core) > 1 and draft.street_type:
        core = core[:-1]
    while rest and rest[0] in DIRECTIONS:
        core.append(DIRECTIONS[rest.pop(0)])
    draft.street = [STREET_TYPE_OF.get(core[0], core[0])] if len(core) == 1 else core
    _read_after_street(draft, rest)
    return True


def _read_after_street(draft: _Draft, rest: list[str]) -> None:
    if rest and any(sign.isdigit() for sign in rest[0]):
        if rest[0] != _AMERICAN_GROUND_FLOOR:
            draft.unit = draft.unit or rest[0]
    elif rest:
        draft.places.append(" ".join(rest))


def _end_of_street(words: list[str]) -> int | None:
    """Index after the word that is the type of street; None where there is none."""
    if words and words[0] in _TYPE_FIRST:
        return len(words)
    if len(words) == 1:
        return 1 if words[0] in STREET_TYPE_OF else None
    types = [i for i, word in enumerate(words) if i and word in STREET_TYPE_OF]
    if not types:
        return None
    first = next(i for i in types if words[i] != "st" or i == types[-1] or words[i - 1].isdigit())
    while first + 1 in types:
        first += 1
    return first + 1

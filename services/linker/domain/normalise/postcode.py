"""Postcodes: full, partial, misread or foreign, as (postcode, outward, sector)."""

import re
from functools import lru_cache

_FULL = re.compile(r"^([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})$")
_PARTIAL = re.compile(r"^([A-Z]{1,2}[0-9][0-9A-Z]?)(?: ([0-9][A-Z]?))?$")
_AT_END = re.compile(r"[,.\s]+([A-Z]{1,2}[0-9OI][0-9A-Z]?)\s*([0-9OI][A-Z0-9]{2})\s*$", re.IGNORECASE)
_COUNTRY_AT_END = re.compile(
    r"[,.\s]+(?:(?:uk|u\.k|united kingdom|great britain|gb|england|scotland|wales|cymru|northern ireland)[.,\s]*)?$",
    re.IGNORECASE,
)
_ZIP_AT_END = re.compile(r"[,\s](\d{5})(?:-\d{4})?\s*$")
_TO_DIGIT = str.maketrans("OISBZ", "01582")
_TO_LETTER = str.maketrans("01582", "OISBZ")

Parts = tuple[str, str, str]
NONE: Parts = ("", "", "")


@lru_cache(maxsize=65_536)
def parse_postcode(raw: str) -> Parts:
    """(postcode, outward, sector): ("UB11LS", "UB1", "UB11"); W5 3 gives ("", "W5", "W53"), a ZIP ("", "60608", "")."""
    text = " ".join(raw.upper().split())
    compact = text.replace(" ", "").rstrip(".,")
    if match := _FULL.match(compact) or _FULL.match(_repaired(compact.replace("-", ""))):
        return match[1] + match[2], match[1], match[1] + match[2][0]
    if match := _PARTIAL.match(text):
        return "", match[1], match[1] + (match[2] or "")[:1] if match[2] else ""
    digits = compact.split("-")[0]
    return ("", digits, "") if digits.isdigit() and len(digits) >= 4 else NONE


def _repaired(compact: str) -> str:
    """Letters and digits put where the form of a postcode wants them: UB1 OAB → UB1 0AB, W1A OAX, SEI 5QY → SE1 5QY."""
    if not 5 <= len(compact) <= 7 or not compact.isalnum() or compact.isdigit():
        return compact  # 10115 is a ZIP
    outward, inward = compact[:-3], compact[-3:]
    inward = inward[0].translate(_TO_DIGIT) + inward[1:].translate(_TO_LETTER)
    if len(outward) == 2 or (len(outward) == 3 and outward[1].isdigit()):
        return outward[0].translate(_TO_LETTER) + outward[1].translate(_TO_DIGIT) + outward[2:] + inward
    tail = outward[3:] if outward[3:].isalpha() and outward[3:] not in "OI" else outward[3:].translate(_TO_DIGIT)
    return outward[:2].translate(_TO_LETTER) + outward[2:3].translate(_TO_DIGIT) + tail + inward


def cut_postcode(text: str) -> tuple[str, str]:
    """(text without the postcode that ends it, a country perhaps behind it, that postcode or "")."""
    bare = _COUNTRY_AT_END.sub("", text)
    if (match := _AT_END.search(bare)) and parse_postcode(match[1] + match[2])[0]:
        return bare[: match.start()], match[1] + match[2]
    if match := _ZIP_AT_END.search(text):
        return text[: match.start()], match[1]
    return text, ""

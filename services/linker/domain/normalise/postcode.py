"""Postcodes: full, partial, misread or foreign, as (postcode, outward, sector)."""

import re
from functools import lru_cache

_FULL = re.compile(r"^([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})$")
_ABROAD = re.compile(
    r"^(?:(\d{4})[A-Z]{2}|([A-Z]\d[A-Z])\d[A-Z]\d|([AC-FHKNPRTV-Y]\d[0-9W])[0-9A-Z]{4})$"
)  # NL, CA, IE
_COUNTRY = re.compile(r"^[A-Z]{1,3}-(?=\d{4,5}$)")
_FEWEST, _ZIP, _ZIP_AND_4 = 4, 5, 9
_PARTIAL = re.compile(r"^([A-Z]{1,2}[0-9][0-9A-Z]?)(?: ([0-9][A-Z]?))?$")
_AT_END = re.compile(r"[,.\s]+([A-Z]{1,2}[0-9OI][0-9A-Z]?)\s*([0-9OI][A-Z0-9]{2})\s*$", re.IGNORECASE)
_AREAS = """AB AL BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY EC EH EN EX FK FY
GL GU HA HD HG HP HR HS HU HX IG IP IV KA KT KW KY LA LD LE LL LN LS LU ME MK ML NE NG NN NP NR NW OL OX PA PE PH PL PO
PR RG RH RM SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB WA WC WD WF WN WR WS WV YO ZE"""
_AREA = "|".join(_AREAS.split())
_OUTWARD_AT_END = re.compile(  # of one letter only behind a comma or London: the M1 is a road, and unit B5 a unit
    rf"(?:,\s*|(?<=london) )((?:{_AREA}|[ENWSLG])[0-9][0-9A-Z]?)\s*$|(?<=[a-z]{{4}}) ((?:{_AREA})[0-9][0-9A-Z]?)\s*$",
    re.IGNORECASE,
)
_DIGIT = re.compile("[0-9]")
_COUNTRIES = (
    *("uk", "u.k", "united kingdom", "great britain", "gb", "england", "scotland", "wales", "cymru"),
    "northern ireland",
)
_COUNTRY_AT_END = re.compile(rf"[,.\s]+(?:(?:{'|'.join(map(re.escape, _COUNTRIES))})[.,\s]*)?$", re.IGNORECASE)
_LIKE_DIGITS = "0123456789OIoiıİ"
_ZIP_AT_END = re.compile(r"[,\s](\d{5})(?:-\d{4})?\s*$")
_BEFORE_TOWN = re.compile(
    r"^(?:[a-z]{1,2}-)?(\d{4} ?(?!la|le|de|el|st)[a-z]{2}|\d{4,5}|\d{3} \d{2}|\d{2,4}-\d{3})\s+([a-z][^0-9]*)$"
)
_TO_DIGIT = str.maketrans("OISBZ", "01582")
_TO_LETTER = str.maketrans("01582", "OISBZ")

Parts = tuple[str, str, str]
NONE: Parts = ("", "", "")


@lru_cache(maxsize=65_536)
def parse_postcode(raw: str) -> Parts:
    """(postcode, outward, sector): ("UB11LS", "UB1", "UB11"); W5 3 gives ("", "W5", "W53"), a ZIP ("", "60608", "").

    Dutch, Canadian and Irish codes are as fine as British ones: ("1012AB", "1012", ""). Leading zeros are left out, as
    spreadsheets do.
    """
    text = _COUNTRY.sub("", " ".join(raw.upper().split()))
    compact = text.replace(" ", "").rstrip(".,")
    if (match := _ABROAD.match(compact)) and not _FULL.match(compact):
        return compact, match[1] or match[2] or match[3], ""
    if match := _FULL.match(compact) or _FULL.match(_repaired(compact.replace("-", ""))):
        return match[1] + match[2], match[1], match[1] + match[2][0]
    if match := _PARTIAL.match(text):
        return "", match[1], match[1] + (match[2] or "")[:1] if match[2] else ""
    return "", _digits(compact), ""


def _digits(compact: str) -> str:
    """Of ZIP+4 and the like the first part: 02138-1234 → 2138; of 00-238 and 150-0001 all."""
    first, _, second = compact.partition("-")
    digits = first + second if len(first) < _FEWEST else first
    if not digits.isdigit() or len(digits) < _FEWEST - 1:
        return ""
    return (digits[:_ZIP] if len(digits) == _ZIP_AND_4 else digits).lstrip("0")


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
    bare = _COUNTRY_AT_END.sub("", text) if _may_end_in_country(text) else text
    may_end = not bare[-1:].isalnum() or bare[-3:-2] in _LIKE_DIGITS  # to look costs a tenth of what to search does
    if may_end and (match := _AT_END.search(bare)) and parse_postcode(match[1] + match[2])[0]:
        return bare[: match.start()], match[1] + match[2]
    if not text[-1:].isalpha() and (match := _ZIP_AT_END.search(text)):
        return text[: match.start()], match[1]
    if _DIGIT.search(bare, len(bare) - 3) and (match := _OUTWARD_AT_END.search(bare)):
        return bare[: match.start()], match[1] or match[2]
    return text, ""


def _may_end_in_country(text: str) -> bool:
    """Also whether it may end in what stands before one."""
    return not (text.isascii() and text[-1:].isalnum()) or text.lower().endswith(_COUNTRIES)


def is_british(postcode: str) -> bool:
    """Of a full one as `parse_postcode` gives it."""
    return bool(postcode) and _FULL.match(postcode) is not None


def code_before_town(part: str) -> tuple[str, str]:
    """(postcode, town) of a folded part such as 75008 paris or d-10115 berlin; ("", the part) if it is none."""
    match = _BEFORE_TOWN.match(part)
    return (match[1], match[2]) if match else ("", part)

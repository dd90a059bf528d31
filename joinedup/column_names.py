"""What a column holds, told by its name: `DBA_Name`, `restaurantname`, `ZIP_CODE`, `addressLine2`, `lat`."""

import re
from enum import StrEnum, auto

_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BREAKS = re.compile(r"[^a-z0-9]+")


class Meaning(StrEnum):
    """What a specification can map, and three that it leaves out: the row's own key, whose row it is, and the truth."""

    nothing = auto()
    truth = auto()
    source = auto()
    key = auto()
    email = auto()
    website = auto()
    phone = auto()
    born = auto()
    company_number = auto()
    vat_number = auto()
    charity_number = auto()
    uprn = auto()
    postcode = auto()
    latitude = auto()
    longitude = auto()
    country = auto()
    county = auto()
    town = auto()
    given = auto()
    surname = auto()
    unit = auto()
    number = auto()
    address = auto()
    sector = auto()
    legal = auto()
    person = auto()
    trading = auto()
    some_name = auto()


_BUSINESS = (
    "business|restaurant|store|shop|site|venue|premises|establishment|facility|hotel|company|organi[sz]ation|school|firm"
    "|institution|place|provider|outlet|trade|trading|merchant|bar|pub|employer|affiliation"
    "|dba|aka|doing business as|registered"
)
_PERSON = "owner|director|licensee|proprietor|manager|contact|operator|applicant|holder|landlord"
_NUMBER = "(number|num|no|nr|reg|id)"
# The first that is found says what it is.
_PATTERNS = (
    (Meaning.nothing, r"\bfax|^(program|programme|file|event|district|borough|ward|neighbou?rhood|user) ?names?\b"),
    (
        Meaning.truth,
        r"^(true|cluster|entity|ent|gold|ground ?truth|truth|group|dup(licate)?s?|canonical|master|match)"
        r" ?(truth|group|cluster|entity|set)? ?(id|label|key|no|number)$"
        r"|^(cluster|truth|gold|ground truth|label true|business id)$",
    ),
    (Meaning.nothing, r"\btrue\b"),
    (Meaning.source, r"^(source|data ?set|feed|database|register|origin)( ?name| ?id)?$"),
    (Meaning.email, r"e ?mail"),
    (Meaning.website, r"web|url\b|home ?page|^domain$"),
    (Meaning.phone, r"phone|\btel\b|telefon|mobile|^cell"),
    (Meaning.born, r"\bdob\b|birth ?da(te|y)|date of birth|\bborn\b"),
    (Meaning.company_number, rf"^(company|companies house|registration|registered|co) ?{_NUMBER}$|^crn$"),
    (Meaning.vat_number, rf"^vat ?{_NUMBER}?$"),
    (Meaning.charity_number, rf"^charity ?{_NUMBER}$"),
    (Meaning.uprn, r"^uprn$"),
    (Meaning.postcode, r"post ?code|postal|\bzip"),
    (Meaning.latitude, r"^lat(itude)?$|latitude$"),
    (Meaning.longitude, r"^(lon|lng|long|longitude)$|longitude$"),
    (Meaning.country, r"^country"),
    (Meaning.county, r"\bcounty\b|\bstate\b|province|\bregion\b"),
    (Meaning.town, r"\bcity\b|\btown\b|locality|suburb|municipality"),
    (Meaning.given, r"^(given|first|fore|middle|f|m) ?names?( \d)?$"),
    (Meaning.surname, r"^(sur|last|family|l) ?name$"),
    (Meaning.unit, r"^(unit|apt|apartment|suite|flat)( ?(number|no|num))?$"),
    (Meaning.number, rf"\b(street|house|building|door) ?{_NUMBER}$|^number$"),
    (Meaning.address, r"addr|^street|^location$|^road$"),
    (Meaning.sector, r"\btype$|category|categories|cuisine|industry|sector|description"),
    (Meaning.legal, r"(legal|registered|corporate) ?(business |company )?name|^(legal|registered) entity$"),
    (Meaning.person, rf"^({_PERSON})s?( ?(full )?names?)?$"),
    (Meaning.trading, rf"^({_BUSINESS})( ?names?)?$|^(full )?names?$|^title$|\b({_BUSINESS}) ?names?$|\bdba\b|\baka\b"),
    (Meaning.some_name, r"name$"),
    (Meaning.key, r"^(id|key|ref|reference|urn|index|row|rec(ord)?|unique)\b|(id|\bkey|\bref|reference|\burn)$"),
)
_COMPILED = tuple((meaning, re.compile(pattern)) for meaning, pattern in _PATTERNS)


def words_of(column: str) -> str:
    """The words of a column's name, in lower case: `restaurantName`, `Restaurant_Name` → restaurant name."""
    return _BREAKS.sub(" ", _HUMPS.sub(" ", column).lower()).strip()


def meaning_of(column: str) -> Meaning:
    """What the name says that the column holds; `nothing` where it says nothing that records have."""
    words = words_of(column)
    return next((meaning for meaning, pattern in _COMPILED if pattern.search(words)), Meaning.nothing)

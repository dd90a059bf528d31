"""Names of businesses and people: legal form removed, trading and former names split off."""

import re
from functools import lru_cache

from services.linker.domain.normalise.mention import NameForm, PersonForm
from services.linker.domain.normalise.words import FILLERS, fold, split_words
from shared.contracts.record import Name, NameKind, Person

_LEGAL_FORMS = (
    r"public limited company|community interest company|community benefit society|limited liability partnership"
    r"|limited partnership|(?:scottish )?charitable incorporated organisation|(?:private )?limited company"
    r"|company limited"
    r"|cwmni buddiannau cymunedol|cwmni cyfyngedig cyhoeddus|partneriaeth atebolrwydd cyfyngedig|cyfyngedig|cyf|ccc|cbc"
    r"|unlimited|limited|ltd|plc|llp|lp|cic|cio|scio|p l c|l t d|inc|incorporated|llc|corp|corporation|co ltd"
    r"|pty ltd|pty|gmbh|bv|nv|sarl|pac"
)
_LEGAL = re.compile(rf"\b(?:{_LEGAL_FORMS})\b\.?")
_LAST_WORDS = """company society partnership organisation cymunedol cyhoeddus cyfyngedig cyf ccc cbc unlimited limited
ltd plc llp lp cic cio scio c d inc incorporated llc corp corporation pty gmbh bv nv sarl pac"""
_LEGAL_WORDS = frozenset(_LAST_WORDS.split())  # every form has one, few names have: to look costs less than to match
# What stands at the end of a company's name abroad, where it may mean something else elsewhere in a name.
_ENDINGS_ABROAD = """sa sas sasu sl slu srl srls sarl eurl ag kg ohg ug ek oy oyj ab aps asa ltda lda pte bhd kft zrt
doo sro sp_z_oo sa_de_cv and_co_kg co_kg a_s sdn_bhd dac clg ulc kk pjsc"""
_ABROAD = frozenset(tuple(form.split("_")) for form in _ENDINGS_ABROAD.split())
_LAST_ABROAD = frozenset(form[-1] for form in _ABROAD)
_LONGEST_ABROAD = max(map(len, _ABROAD))
_SPA = re.compile(r"\bs\.\s?p\.\s?a\b", re.IGNORECASE)  # with points it is no sauna
_TRADING_AS = re.compile(
    r"(?:\bt\s*/\s*as?\b|\bt\s*\\\s*a\b|\bt\.\s?a\.?(?=\s)|\(\s*t\s?a\s|(?<!\bno )\btrading\s+(?:as|name)\b"
    r"|\bd/b/a\b|\bdba\b|\ba/k/a\b|\ba\.?k\.?a\b\.?|\balso\s+known\s+as\b|\byn masnachu fel\b"
    r"|(?<=ltd)\.?\s+ta\b|(?<=limited)\s+ta\b|(?<=llp)\s+ta\b|(?<=plc)\s+ta\b)[\s:.]*",
    re.IGNORECASE,
)
_FORMERLY = re.compile(
    r"[\s(,;-]*\b(?:(?:formerly|previously)(?:\s+(?:known|trading)\s+as|\s+t/as?)?|formally\s+known\s+as|f/k/a|fka|f\.k\.a"
    r"|gynt|(?<=\()(?:was|prev|ex))\b[\s:.-]*",
    re.IGNORECASE,
)
_NOW = re.compile(r"[\s(,;-]*\b(?:now\s+(?:known|trading)\s+as\b|(?<=\()now\b)[\s:]*", re.IGNORECASE)
_OF_RENAMING = ("former", "previous", "formally", "f/k", "fka", "f.k", "gynt", "(was", "(prev", "(ex", "now")
_ENDED = re.compile(
    r"\s*[(*-]+\s*(?:now |permanently )?"
    r"(?:closed(?: down)?|dissolved|ceased(?: trading)?|in (?:liquidation|administration))[\s)*]*$"
)
_LAST_OF_ENDED = frozenset({"closed", "down", "dissolved", "ceased", "trading", "liquidation", "administration"})
_NAMED_WITH_COMPANY = re.compile(r"([^()]+)\(([^()]+)\)\s*")
# A cell that has none of these gives one name.
_SIGNS = frozenset("/\\(.,;")
_SIGN_WORDS = frozenset(
    {"ta", "trading", "dba", "aka", "fka", "known", "formerly", "formally", "previously", "now", "gynt", "masnachu"}
)
_NOT_SAID = frozenset(
    """na;n a;none;nil;tbc;tba;test;xx;xxx;unknown;not known;not applicable;not given;not provided;not stated;no name
no trading name;to be confirmed;name unknown;unknown business;unknown occupier;occupier;the occupier;the owner;owner
vacant;vacant unit;vacant shop;vacant premises;empty unit;empty shop""".replace("\n", ";").split(";")
)
_LONGEST_EXCUSE = 3
_FEWEST_OF_COMPANY = 2  # words
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "sir", "dame", "rev", "prof", "cllr", "mx", "obe", "mbe"})


def name_forms(names: tuple[Name, ...]) -> tuple[NameForm, ...]:
    """Distinct names in the order given, those that carry no word left out."""
    forms: dict[str, NameForm] = {}
    for name in names:
        for kind, text in _split(name.kind, name.value):
            form = name_form(kind, text)
            if form.tokens:
                forms.setdefault(form.joined, form)
    return tuple(forms.values())


def name_form(kind: str, text: str) -> NameForm:
    """One name in comparable form; no tokens where it only says that there is none (N/A, not known).

    What follows an @ is where the business is (Costa @ Tesco), not who.
    """
    folded = fold(_SPA.sub(" sa", text) if "." in text else text)
    if "@" in folded:
        folded = folded.partition("@")[0].strip() or folded
    words = split_words(folded)
    if words and words[-1] in _LAST_OF_ENDED:  # that it has ended is no part of its name
        folded = _ENDED.sub("", folded)
        words = split_words(folded)
    if not _LEGAL_WORDS.isdisjoint(words):
        bare, legal_forms = _LEGAL.subn(" ", folded)
        words = split_words(bare)
        if legal_forms and kind == NameKind.unknown:
            kind = NameKind.legal.value
    if len(words) > 1 and words[-1] in _LAST_ABROAD:
        words, kind = _without_ending(words, kind)
    if len(words) <= _LONGEST_EXCUSE and " ".join(words) in _NOT_SAID:
        words = []
    core = [word for word in words if word not in FILLERS]
    return NameForm(kind, text.strip(), tuple(core or words))


def _without_ending(words: list[str], kind: str) -> tuple[list[str], str]:
    """(words without the legal form that they end with, kind)."""
    for length in range(min(_LONGEST_ABROAD, len(words) - 1), 0, -1):
        if tuple(words[-length:]) in _ABROAD:
            return words[:-length], NameKind.legal.value if kind == NameKind.unknown else kind
    return words, kind


@lru_cache(maxsize=65_536)
def has_legal_form(text: str) -> bool:
    """Whether a name ends as a company's does: Ltd, LLP, Cyf and so on."""
    return _LEGAL.search(fold(text)) is not None


def _split(kind: NameKind, value: str) -> list[tuple[str, str]]:
    """(kind, text) of each name in a cell that may give several."""
    lowered = value.lower()
    if _SIGNS.isdisjoint(lowered) and _SIGN_WORDS.isdisjoint(lowered.split()):
        return [(kind.value, value)]
    current, former = _renamed(value)
    named = _traded(kind, current)
    if former:
        named.append((NameKind.former.value, former))
    return [(kind_, text) for kind_, text in named if text.strip()]


def _renamed(value: str) -> tuple[str, str]:
    """(name now, former name)."""
    if not _may_say(value, _OF_RENAMING):
        return value, ""
    current, *former = _FORMERLY.split(value, maxsplit=1)
    if former:
        return current.strip(" )"), former[0].strip(" )")
    before, *now = _NOW.split(value, maxsplit=1)
    return (now[0].strip(" )"), before.strip(" (")) if now else (value, "")


def _may_say(text: str, beginnings: tuple[str, ...]) -> bool:
    """Whether it is worth searching: most cells that have a sign only have initials, or a place in brackets."""
    lowered = text.lower()
    return not lowered.isascii() or any(beginning in lowered for beginning in beginnings)


def _traded(kind: NameKind, text: str) -> list[tuple[str, str]]:
    legal, *trading = _TRADING_AS.split(text)
    if trading and legal.strip(" ("):
        named = [(NameKind.trading.value, name.strip(" (),;")) for name in trading]
        return [(NameKind.legal.value, legal.strip(" (,")), *named]
    if not trading and (company := _company_behind(text)):
        return company
    return [(kind.value, name) for name in trading or [text]]


def _company_behind(text: str) -> list[tuple[str, str]] | None:
    """Curry Corner (Spice Hut Ltd); not Spice Hut (UK) Ltd, Spice Hut (Holdings Ltd) or Spice Hut (inc bar)."""
    match = _NAMED_WITH_COMPANY.fullmatch(text)
    if match is None or has_legal_form(match[1]) or _LEGAL_WORDS.isdisjoint(split_words(fold(match[2]))[-1:]):
        return None
    if len(name_form("", match[2]).tokens) < _FEWEST_OF_COMPANY:
        return None
    return [(NameKind.legal.value, match[2].strip()), (NameKind.trading.value, match[1].strip())]


def person_forms(people: tuple[Person, ...]) -> tuple[PersonForm, ...]:
    """People with at least one word of a name."""
    forms = (_person_form(person) for person in people)
    return tuple(form for form in forms if form.tokens)


def _person_form(person: Person) -> PersonForm:
    name = _TRADING_AS.split(person.name, maxsplit=1)[0] if "/" in person.name else person.name
    words = [word for word in split_words(fold(name.replace(".", " "))) if word not in _TITLES]
    born = person.date_of_birth.isoformat() if person.date_of_birth else ""
    role = " ".join(split_words(fold(person.role or "")))
    return PersonForm(person.name.strip(), frozenset(words), born, role)

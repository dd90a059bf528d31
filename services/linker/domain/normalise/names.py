"""Names of businesses and people: legal form removed, trading and former names split off."""

import re

from services.linker.domain.normalise.mention import NameForm, PersonForm
from services.linker.domain.normalise.words import FILLERS, fold, split_words
from shared.contracts.record import Name, NameKind, Person

_LEGAL_FORMS = (
    r"public limited company|community interest company|limited liability partnership|limited partnership"
    r"|charitable incorporated organisation|scottish charitable incorporated organisation|company limited"
    r"|cwmni buddiannau cymunedol|cwmni cyfyngedig cyhoeddus|partneriaeth atebolrwydd cyfyngedig|cyfyngedig|cyf|ccc|cbc"
    r"|limited|ltd|plc|llp|lp|cic|cio|scio|p l c|l t d|inc|incorporated|llc|corp|corporation|co ltd|gmbh|bv|pac"
)
_LEGAL = re.compile(rf"\b(?:{_LEGAL_FORMS})\b\.?")
_TRADING_AS = re.compile(
    r"\s*(?:\bt\s*/\s*as?\b|\bt\s*\\\s*a\b|\bt\.\s?a\.?(?=\s)|\(\s*t\s?a\s|\btrading\s+as\b|\bd/b/a\b|\bdba\b"
    r"|\byn masnachu fel\b|(?<=ltd)\.?\s+ta\b|(?<=limited)\s+ta\b|(?<=llp)\s+ta\b|(?<=plc)\s+ta\b)[\s:.]*",
    re.IGNORECASE,
)
_FORMERLY = re.compile(
    r"[\s(,;-]*\b(?:formerly(?:\s+known\s+as)?|previously(?:\s+known\s+as)?|f/k/a|gynt)\b[\s:]*", re.IGNORECASE
)
_NOT_SAID = frozenset(
    {"na", "n a", "none", "not known", "unknown", "nil", "tbc", "tba", "not applicable", "no name", "test", "vacant"}
)
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
    """One name in comparable form; no tokens where it only says that there is none (N/A, not known)."""
    bare, legal_forms = _LEGAL.subn(" ", fold(text))
    words = split_words(bare)
    if legal_forms and kind == NameKind.unknown:
        kind = NameKind.legal.value
    if " ".join(words) in _NOT_SAID:
        words = []
    core = [word for word in words if word not in FILLERS]
    return NameForm(kind, text.strip(), tuple(core or words))


def _split(kind: NameKind, value: str) -> list[tuple[str, str]]:
    current, *former = _FORMERLY.split(value, maxsplit=1)
    parts = [(NameKind.former.value, text.strip(" )")) for text in former]
    legal, *trading = _TRADING_AS.split(current, maxsplit=1)
    if trading and legal.strip(" ("):
        named = [(NameKind.legal.value, legal.strip(" (,")), (NameKind.trading.value, trading[0].strip(" )"))]
    else:
        named = [(kind.value, current.strip(" )") if former else (trading[0] if trading else current))]
    return [(kind_, text) for kind_, text in named + parts if text.strip()]


def person_forms(people: tuple[Person, ...]) -> tuple[PersonForm, ...]:
    """People with at least one word of a name."""
    forms = (_person_form(person) for person in people)
    return tuple(form for form in forms if form.tokens)


def _person_form(person: Person) -> PersonForm:
    words = (word for word in split_words(fold(person.name)) if word not in _TITLES)
    born = person.date_of_birth.isoformat() if person.date_of_birth else ""
    role = " ".join(split_words(fold(person.role or "")))
    return PersonForm(person.name.strip(), frozenset(words), born, role)

"""What would change it: single facts which, if they were known, would join two records or part them.

Each fact is tried by writing it into the two records and linking again, so that what is said is what would happen.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from services.linker.domain.cluster import cluster
from services.linker.domain.decide import Verdict
from services.linker.domain.normalise import Mention, NameForm, PersonForm, Premises
from services.linker.domain.reasons.scene import Scene, evidence, in_bits
from services.linker.domain.score import score

Two = tuple[Mention, Mention]
_PHONE, _OTHER_PHONE = frozenset({"440000000001"}), frozenset({"440000000002"})
_EMAIL = frozenset({"someone@example.invalid"})
_COMPANY, _OTHER_COMPANY = "00000001", "99999999"
_LICENCE = frozenset({"EXAMPLE/1"})
_PERSON = (PersonForm("Someone", frozenset({"someonia", "examplesby"}), "1970-01-31"),)
_OTHER_PERSON = (PersonForm("Another", frozenset({"otherwin", "strangelow"}), "1985-12-12"),)
_OTHER_NAME = (NameForm("trading", "Another name", ("anothername",)),)
# By whether the two would have enough evidence by themselves.
_STILL_ONE = {True: "one business", False: "one business, as other records of it hold them together"}
_STILL_TWO = {True: "two businesses, as other records of the two speak against it", False: "two businesses"}
_FAR = 5000  # door numbers away


@dataclass(frozen=True, slots=True)
class WhatIf:
    """`bits` is what the fact adds between the two, `weight` what they would then have; `changes` whether that would
    make one business of two, or two of one."""

    fact: str
    bits: float
    weight: float
    changes: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class _Fact:
    name: str
    words: str
    told: Callable[[Mention, Mention], Two]


def what_if(scene: Scene, a: str, b: str) -> list[WhatIf]:
    """The facts that would change whether the two are one business, the strongest first; if there is none, the fact
    that would come closest. None where a person decided on the two, since then no fact counts."""
    if any(decision.verdict is not Verdict.unsure for decision in scene.on_pair(a, b)):
        return []
    facts = _PARTING if scene.together(a, b) else _JOINING
    tried = [found for fact in facts if (found := _try(scene, a, b, fact))]
    tried.sort(key=lambda found: (-abs(found.bits), found.fact))
    return [found for found in tried if found.changes] or tried[:1]


def _try(scene: Scene, a: str, b: str, fact: _Fact) -> WhatIf | None:
    """None where the fact is so already, or points the other way."""
    joined = scene.together(a, b)
    x, y = scene.exhibits[a], scene.exhibits[b]
    told = fact.told(x.mention, y.mention)
    bits = score(*told, scene.model) - score(x.mention, y.mention, scene.model)
    if bits == 0 or (bits > 0) == joined:
        return None
    changes = _together(scene, a, b, told) != joined
    weight = evidence(x, y, scene.model).weight + bits
    change = f"If {fact.words} ({'+' if bits > 0 else ''}{in_bits(bits)}), they would"
    if changes:
        sentence = f"{change} be {'two businesses' if joined else 'one business'}."
    else:
        links = weight >= scene.model.clustering.threshold
        sentence = f"{change} still be {_STILL_ONE[links] if joined else _STILL_TWO[links]}."
    return WhatIf(fact.name, bits, weight, changes, sentence)


def _together(scene: Scene, a: str, b: str, told: Two) -> bool:
    """Whether the two would be one business if they said this, the rest being as it is."""
    mentions = {id_: exhibit.mention for id_, exhibit in scene.exhibits.items()} | {a: told[0], b: told[1]}
    affected = {pair for pair in scene.weights if a in pair or b in pair} | {(min(a, b), max(a, b))}
    rescored = {(p, q): score(mentions[p], mentions[q], scene.model) for p, q in affected}
    clusters = cluster(scene.feeds, {**scene.weights, **rescored}, scene.model.clustering, scene.rulings)
    return any(a in ids and b in ids for ids in clusters)


def _same_phone(x: Mention, y: Mention) -> Two:
    return replace(x, phones=x.phones | _PHONE), replace(y, phones=y.phones | _PHONE)


def _same_email(x: Mention, y: Mention) -> Two:
    return replace(x, emails=x.emails | _EMAIL), replace(y, emails=y.emails | _EMAIL)


def _same_company(x: Mention, y: Mention) -> Two:
    number = x.company_number or y.company_number or _COMPANY
    return replace(x, company_number=number), replace(y, company_number=number)


def _same_licence(x: Mention, y: Mention) -> Two:
    return replace(x, licence_numbers=_LICENCE), replace(y, licence_numbers=_LICENCE)


def _same_person(x: Mention, y: Mention) -> Two:
    return replace(x, people=_PERSON), replace(y, people=_PERSON)


def _same_name(x: Mention, y: Mention) -> Two:
    names = x.names or y.names
    return replace(x, names=names), replace(y, names=names)


def _same_place(x: Mention, y: Mention) -> Two:
    place = x.premises or y.premises
    return replace(x, premises=place), replace(y, premises=place)


def _other_phone(x: Mention, y: Mention) -> Two:
    return replace(x, phones=_PHONE), replace(y, phones=_OTHER_PHONE)


def _other_company(x: Mention, y: Mention) -> Two:
    return replace(x, company_number=_COMPANY), replace(y, company_number=_OTHER_COMPANY)


def _other_person(x: Mention, y: Mention) -> Two:
    return replace(x, people=_PERSON), replace(y, people=_OTHER_PERSON)


def _other_name(x: Mention, y: Mention) -> Two:
    return x, replace(y, names=_OTHER_NAME)


def _other_door(x: Mention, y: Mention) -> Two:
    here = x.premises or y.premises or Premises(street="high")
    low, high = here.low or 1, here.high or 1
    near = replace(here, uprn="", unit="", building=(), low=low, high=high)
    return replace(x, premises=near), replace(y, premises=replace(near, low=low + _FAR, high=high + _FAR))


_JOINING = (
    _Fact("phone", "both gave the same telephone number", _same_phone),
    _Fact("email", "both gave the same e-mail address", _same_email),
    _Fact("company_number", "both gave the same company number", _same_company),
    _Fact("licence_number", "both held the same licence", _same_licence),
    _Fact("person", "both named the same person with the same date of birth", _same_person),
    _Fact("name", "both gave the same name", _same_name),
    _Fact("premises", "both gave the same address", _same_place),
)
_PARTING = (
    _Fact("phone", "their telephone numbers differed", _other_phone),
    _Fact("company_number", "their company numbers differed", _other_company),
    _Fact("person", "they named different people", _other_person),
    _Fact("name", "their names had nothing in common", _other_name),
    _Fact("premises", "their door numbers differed", _other_door),
)

"""People by name and date of birth, day and month perhaps swapped; and owners whose own name is the business's."""

from collections.abc import Mapping

from rapidfuzz.distance import OSA, DamerauLevenshtein, JaroWinkler

from services.linker.domain.compare.finding import Comparator, Finding
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention, NameForm, PersonForm

_ALIKE_WORDS = 0.9
_SHORTEST_ALIKE = 4
_LONGEST_SHORT = 3
_FEWEST_WORDS = 2  # one word alone names nobody
_OF_ITS_OWN = {
    "same_person": "same_trader",
    "birth_and_part_of_name": "trader_birth_and_part_of_name",
    "birth_alone": "trader_birth_alone",
    "different": "",
}


def _measure(a: Mention, b: Mention, model: Model) -> Finding | None:
    weights = model.weights["people"]
    if not a.people or not b.people:
        return _owner_in_name(a, b, model) or _owner_in_name(b, a, model)
    best: Finding | None = None
    for x in a.people:
        for y in b.people:
            level = _level(x, y)
            if best is None or weights[level] > best.bits:
                best = Finding(level, weights[level], x.text, y.text)
    if best is not None and best.level in _OF_ITS_OWN and bears_owner(a, a) and bears_owner(b, b):
        return _sole_traders(best, weights)
    return best


def _sole_traders(found: Finding, weights: Mapping[str, float]) -> Finding | None:
    """Where the business is the person, the names have said already how the people differ; their birth says more."""
    level = _OF_ITS_OWN[found.level]
    return Finding(level, weights[level], found.left, found.right) if level else None


def same_birth_of_sole_traders(a: Mention, b: Mention) -> bool:
    """Whether both are sole traders under their own names, with one date of birth: then the person is the business."""
    births = {person.born for person in a.people} & {person.born for person in b.people} - {""}
    return bool(births) and bears_owner(a, a) and bears_owner(b, b)


def _level(x: PersonForm, y: PersonForm) -> str:
    same_birth = bool(x.born) and x.born == y.born
    if not _same_name(x.tokens, y.tokens):
        if not same_birth:
            return "different"
        return "birth_and_part_of_name" if _shared_word(x.tokens, y.tokens) else "birth_alone"
    if not x.born or not y.born:
        return "same_name"
    if same_birth:
        return "same_person"
    if _day_month_swapped(x.born, y.born):
        return "birth_day_month_swapped"
    if DamerauLevenshtein.distance(x.born, y.born, score_cutoff=1) <= 1:
        return "birth_misread"
    return "birth_in_part" if _births_in_part(x.born, y.born) else "other_birth"


def _same_name(words: frozenset[str], others: frozenset[str]) -> bool:
    """Every word of the shorter name is in the longer: equal, alike in spelling, or as its initial."""
    shorter, longer = (words, others) if len(words) <= len(others) else (others, words)
    if words == others:
        return True
    if len(shorter) < _FEWEST_WORDS:
        return False
    full = sum(any(_alike(word, other) for other in longer) for word in shorter)
    initials = sum(any(_is_short_for(word, other) for other in longer) for word in shorter)
    return full >= 1 and full + initials >= len(shorter) and full + min(initials, 1) >= _FEWEST_WORDS


def _is_short_for(word: str, other: str) -> bool:
    """An initial or the beginning of a name: D, Dan for Daniel."""
    short, long = (word, other) if len(word) < len(other) else (other, word)
    return len(short) <= _LONGEST_SHORT and long.startswith(short) and short != long


def _shared_word(words: frozenset[str], others: frozenset[str]) -> bool:
    return any(_alike(word, other) for word in words for other in others)


def _alike(word: str, other: str) -> bool:
    if word == other:
        return len(word) > 1
    if min(len(word), len(other)) < _SHORTEST_ALIKE:
        return False
    return OSA.distance(word, other, score_cutoff=1) <= 1 or (
        JaroWinkler.similarity(word, other, score_cutoff=_ALIKE_WORDS) > 0
    )


def _day_month_swapped(born: str, other: str) -> bool:
    return born[:4] == other[:4] and born[5:7] == other[8:] and born[8:] == other[5:7]


def _births_in_part(born: str, other: str) -> bool:
    """Two of year, month and day."""
    return sum(part == theirs for part, theirs in zip(born.split("-"), other.split("-"), strict=True)) == 2


def bears_owner(a: Mention, b: Mention) -> bool:
    """Whether a name of the one is, in full, a person of the other: a sole trader."""
    return any(is_person(name, b) for name in a.names)


def is_person(name: NameForm, mention: Mention) -> bool:
    return any(_is_owner(person, name) for person in mention.people)


def _is_owner(person: PersonForm, name: NameForm) -> bool:
    return person.tokens == name.words or (len(person.tokens) >= _FEWEST_WORDS and person.tokens <= name.words)


def _owner_in_name(a: Mention, b: Mention, model: Model) -> Finding | None:
    """A person of the one is the name of the other (a sole trader), or a rare word of it (Esposito's)."""
    weights = model.weights["people"]
    partly: Finding | None = None
    for person in a.people:
        for name in b.names:
            if _is_owner(person, name):
                return Finding("owner_in_name", weights["owner_in_name"], person.text, name.text)
            if _telling_words(person.tokens, model) & {word.removesuffix("s") for word in name.words}:
                partly = Finding("surname_in_name", weights["surname_in_name"], person.text, name.text)
    return partly


def _telling_words(words: frozenset[str], model: Model) -> set[str]:
    return {word.removesuffix("s") for word in words if len(word) > 3 and model.rarity(word) >= model.unseen_term}


_SENTENCES = {
    "same_person": "Both name {left}, with the same date of birth.",
    "same_trader": "Both are {left}, trading under their own name, with the same date of birth.",
    "trader_birth_and_part_of_name": "{left} and {right} trade as themselves: part of the name and the birth agree.",
    "trader_birth_alone": "{left} and {right} trade as themselves, with the same date of birth.",
    "birth_day_month_swapped": "Both name {left}, with day and month of birth swapped.",
    "birth_misread": "Both name {left}, with dates of birth that differ by one slip of the hand.",
    "birth_in_part": "Both name {left}, with dates of birth that agree in two of year, month and day.",
    "birth_and_part_of_name": "{left} and {right} have the same date of birth and share part of the name.",
    "birth_alone": "{left} and {right} have the same date of birth; their names differ.",
    "same_name": "Both name {left}; no date of birth to compare.",
    "other_birth": "Both name {left}, but with different dates of birth.",
    "owner_in_name": "The one names {left}, whose name the other, {right}, bears.",
    "surname_in_name": "The one names {left}; the other, {right}, bears a part of that name.",
    "different": "They name different people.",
}

PEOPLE = Comparator(
    "people", _measure, lambda found: _SENTENCES[found.level].format(left=found.left, right=found.right)
)

"""People by name and date of birth, day and month perhaps swapped; and owners whose own name is the business's."""

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from services.linker.domain.compare.finding import Comparator, Finding
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention, PersonForm

_ALIKE_WORDS = 0.9
_FEWEST_WORDS = 2  # one word alone names nobody


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
    return best


def _level(x: PersonForm, y: PersonForm) -> str:
    if not _same_name(x.tokens, y.tokens):
        return "different"
    if not x.born or not y.born:
        return "same_name"
    if x.born == y.born:
        return "same_person"
    if _day_month_swapped(x.born, y.born):
        return "birth_day_month_swapped"
    return "birth_misread" if DamerauLevenshtein.distance(x.born, y.born, score_cutoff=1) <= 1 else "other_birth"


def _same_name(words: frozenset[str], others: frozenset[str]) -> bool:
    """Every word of the shorter name is in the longer: equal, alike in spelling, or as its initial."""
    shorter, longer = (words, others) if len(words) <= len(others) else (others, words)
    if words == others:
        return True
    if len(shorter) < _FEWEST_WORDS:
        return False
    full = sum(any(_alike(word, other) for other in longer) for word in shorter)
    initials = sum(
        any(len(min(word, other, key=len)) == 1 and word[0] == other[0] for other in longer) for word in shorter
    )
    return full >= 1 and full + initials >= len(shorter) and full + min(initials, 1) >= _FEWEST_WORDS


def _alike(word: str, other: str) -> bool:
    if word == other:
        return len(word) > 1
    return min(len(word), len(other)) > 3 and JaroWinkler.similarity(word, other, score_cutoff=_ALIKE_WORDS) > 0


def _day_month_swapped(born: str, other: str) -> bool:
    return born[:4] == other[:4] and born[5:7] == other[8:] and born[8:] == other[5:7]


def _owner_in_name(a: Mention, b: Mention, model: Model) -> Finding | None:
    """A person of the one is the name of the other (a sole trader), or a rare word of it (Esposito's)."""
    weights = model.weights["people"]
    partly: Finding | None = None
    for person in a.people:
        for name in b.names:
            if len(person.tokens) >= _FEWEST_WORDS and person.tokens <= name.words:
                return Finding("owner_in_name", weights["owner_in_name"], person.text, name.text)
            if _telling_words(person.tokens, model) & {word.removesuffix("s") for word in name.words}:
                partly = Finding("surname_in_name", weights["surname_in_name"], person.text, name.text)
    return partly


def _telling_words(words: frozenset[str], model: Model) -> set[str]:
    return {word.removesuffix("s") for word in words if len(word) > 3 and model.rarity(word) >= model.unseen_term}


_SENTENCES = {
    "same_person": "Both name {left}, with the same date of birth.",
    "birth_day_month_swapped": "Both name {left}, with day and month of birth swapped.",
    "birth_misread": "Both name {left}, with dates of birth that differ by one slip of the hand.",
    "same_name": "Both name {left}; no date of birth to compare.",
    "other_birth": "Both name {left}, but with different dates of birth.",
    "owner_in_name": "The one names {left}, whose name the other, {right}, bears.",
    "surname_in_name": "The one names {left}; the other, {right}, bears a part of that name.",
    "different": "They name different people.",
}

PEOPLE = Comparator(
    "people", _measure, lambda found: _SENTENCES[found.level].format(left=found.left, right=found.right)
)

"""A term and the visible words it may mean: as typed, a letter or two different, begun but not finished."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log2
from string import ascii_lowercase
from typing import NamedTuple

from rapidfuzz.distance import OSA

from services.linker.domain.search.typed import Kind, Term

LOOKED_AT = 2000  # records are looked at one by one up to here
COUNTED = LOOKED_AT + 1  # records with a word are counted no further: it is common
_MOST_LOOSE = 6
_BEGINNING = 2
_SHORTEST_BEGUN = 2
_LETTERS_THAT_MAY_DIFFER = ((8, 2), (4, 1))  # at least so many letters typed, so many may differ
_ALL_WORDS = 2.0**20


class Closeness(StrEnum):
    """How near a word is to what was typed, nearest first."""

    exact = "exact"
    one_letter = "one letter different"
    two_letters = "two letters different"
    begun = "begins with it"
    ending = "same last six digits"


_QUALITY = {
    Closeness.exact: 1.0,
    Closeness.one_letter: 0.75,
    Closeness.ending: 0.75,
    Closeness.two_letters: 0.6,
    Closeness.begun: 0.5,
}


class Known(NamedTuple):
    """A visible word that a term may mean, and how many visible records have it, counted to 2,001."""

    word: str
    closeness: Closeness
    records: int

    @property
    def quality(self) -> float:
        return _QUALITY[self.closeness]


@dataclass(frozen=True, slots=True)
class Expansion:
    """A term with the words it is taken for, nearest first."""

    term: Term
    known: tuple[Known, ...]

    @property
    def records(self) -> int:
        return sum(known.records for known in self.known)

    @property
    def rarity(self) -> float:
        """Bits of surprise at finding the term, from what is visible alone."""
        return max(1.0, log2(_ALL_WORDS / max(1, self.records)))

    @property
    def is_certain(self) -> bool:
        """Whether what was typed stands somewhere as it was typed."""
        return any(known.closeness is Closeness.exact for known in self.known)

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(known.word for known in self.known)


def stem(term: Term) -> str | None:
    """The beginning that words like this one share with it; None for a term that is found whole or not at all."""
    if term.kind is not Kind.word or term.text.isdigit():
        return None
    if _may_differ(term.text):
        return term.text[:_BEGINNING]
    return term.text if term.is_last and len(term.text) >= _SHORTEST_BEGUN else None


def misspelt_beginnings(term: Term) -> tuple[str, ...]:
    """What was meant if one of the first two letters is wrong, missing, too many or in the other's place."""
    word = term.text
    if term.kind is not Kind.word or not _may_differ(word) or not word.isalpha():
        return ()
    return tuple(dict.fromkeys(_meant(word)))


def _meant(word: str) -> Iterator[str]:
    for place in range(_BEGINNING):
        before, letter, after = word[:place], word[place], word[place + 1 :]
        yield before + after
        yield before + after[0] + letter + after[1:]
        for other in ascii_lowercase:
            yield before + other + after
            yield before + other + letter + after


def near(term: Term, vocabulary: Iterable[str]) -> dict[str, Closeness]:
    """The words of `vocabulary` that the term may mean, other than those it says exactly."""
    found: dict[str, Closeness] = dict.fromkeys(term.loosely, Closeness.ending)
    most = _may_differ(term.text) if stem(term) else 0
    for word in vocabulary:
        if word in term.words:
            continue
        differ = OSA.distance(term.text, word, score_cutoff=most) if most else most + 1
        if differ <= most:
            found[word] = Closeness.one_letter if differ == 1 else Closeness.two_letters
        elif term.is_last and len(term.text) >= _SHORTEST_BEGUN and word.startswith(term.text):
            found[word] = Closeness.begun
    return found


def expand(term: Term, loosely: Mapping[str, Closeness], counts: Mapping[str, int]) -> Expansion:
    """What was typed, and what is near it until enough records are known; never more than six such words."""
    exact = [Known(word, Closeness.exact, counts[word]) for word in term.words if word in counts]
    loose = [Known(word, closeness, counts[word]) for word, closeness in loosely.items() if word in counts]
    loose.sort(key=lambda known: (-known.quality, -known.records, known.word))
    return Expansion(term, tuple(exact + list(_until_enough(loose, sum(known.records for known in exact)))))


def _until_enough(loose: Sequence[Known], have: int) -> Iterator[Known]:
    for known in loose[:_MOST_LOOSE]:
        if have >= LOOKED_AT:
            return
        have += known.records
        yield known


def _may_differ(word: str) -> int:
    return next((most for letters, most in _LETTERS_THAT_MAY_DIFFER if len(word) >= letters), 0)

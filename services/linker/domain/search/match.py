"""Why a business was found, in words."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.linker.domain.search.expand import Closeness, Expansion
from services.linker.domain.search.said import Said

_PLAIN = {
    Closeness.exact: "{field}",
    Closeness.one_letter: "{field} (one letter different: {word})",
    Closeness.two_letters: "{field} (two letters different: {word})",
    Closeness.begun: "{field} (begins so: {word})",
    Closeness.ending: "phone number (the last six digits)",
}


class Match(NamedTuple):
    """What was typed, the field of a record where it or something near it stands, and both as one phrase."""

    typed: str
    field: str
    closeness: Closeness
    phrase: str
    records: tuple[str, ...]


def matches(expansions: Sequence[Expansion], records: Iterable[tuple[str, Sequence[Said]]]) -> tuple[Match, ...]:
    """For each term that one of the records has, its nearest match. `records` are (record id, what it says)."""
    by_word: dict[str, dict[str, list[str]]] = {}
    for record_id, said in records:
        for field, word in said:
            holders = by_word.setdefault(word, {}).setdefault(field, [])
            if record_id not in holders:
                holders.append(record_id)
    found = (_nearest(expansion, by_word) for expansion in expansions)
    return tuple(match for match in found if match)


def in_short(found: Sequence[Match]) -> str:
    """Why a business was found, in one sentence."""
    said = [f"“{match.typed}” is in its {match.phrase}" for match in found]
    return f"{'; '.join(said)}." if said else "Its records have what was typed."


def _nearest(expansion: Expansion, by_word: dict[str, dict[str, list[str]]]) -> Match | None:
    for known in sorted(expansion.known, key=lambda known: -known.quality):
        if fields := by_word.get(known.word):
            field, holders = next(iter(fields.items()))
            phrase = _PLAIN[known.closeness].format(field=field, word=known.word)
            return Match(expansion.term.text, field, known.closeness, phrase, tuple(sorted(holders)))
    return None

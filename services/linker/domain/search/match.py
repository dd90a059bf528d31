"""Why a business was found, in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.linker.domain.search.expand import Closeness, Expansion
from services.linker.domain.search.said import WHOLE_FIELDS, Said

_PLAIN = {
    Closeness.exact: "{field}",
    Closeness.one_letter: "{field} (one letter different: {word})",
    Closeness.two_letters: "{field} (two letters different: {word})",
    Closeness.begun: "{field} (begins so: {word})",
    Closeness.ending: "phone number (the last six digits)",
}

_OF_ONE_WORD = WHOLE_FIELDS | {"number in the street", "unit"}


class Match(NamedTuple):
    """What was typed, the field of a record where it or something near it stands, and both as one phrase."""

    typed: str
    field: str
    closeness: Closeness
    phrase: str
    records: tuple[str, ...]


def matches(expansions: Sequence[Expansion], records: Iterable[tuple[str, Sequence[Said]]]) -> tuple[Match, ...]:
    """For each term that one of the records has, its nearest match; of the record that has most, where it can be.

    `records` are (record id, what it says).
    """
    fields = {record_id: _fields(said) for record_id, said in records}
    fullest = sorted(fields, key=lambda record_id: (-_terms_in(fields[record_id], expansions), record_id))
    found = (_nearest(expansion, fields, fullest) for expansion in expansions)
    return tuple(match for match in found if match)


def in_short(found: Sequence[Match]) -> str:
    """Why a business was found, in one sentence."""
    said = [f"“{match.typed}” {_verb(match)} its {match.phrase}" for match in found]
    return f"{'; '.join(said)}." if said else "Its records have what was typed."


def _verb(match: Match) -> str:
    return "is" if match.field in _OF_ONE_WORD and match.closeness is Closeness.exact else "is in"


def _fields(said: Sequence[Said]) -> dict[str, str]:
    """The first field in which each word stands."""
    return {word: field for field, word in reversed(said)}


def _terms_in(fields: Mapping[str, str], expansions: Sequence[Expansion]) -> int:
    return sum(any(word in fields for word in expansion.words) for expansion in expansions)


def _nearest(expansion: Expansion, fields: Mapping[str, Mapping[str, str]], fullest: Sequence[str]) -> Match | None:
    for known in sorted(expansion.known, key=lambda known: -known.quality):
        holders = [record_id for record_id in fullest if known.word in fields[record_id]]
        if holders:
            field = fields[holders[0]][known.word]
            phrase = _PLAIN[known.closeness].format(field=field, word=known.word)
            return Match(expansion.term.text, field, known.closeness, phrase, tuple(sorted(holders)))
    return None

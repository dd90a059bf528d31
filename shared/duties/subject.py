"""Whether a record, or a row that could not be used, is of the person who is searched for.

It errs towards too much: an officer looks through what is found, and cannot find what is left out.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from shared.contracts.api.duties import Subject
from shared.contracts.record import Person, Record

_WORD = re.compile(r"\w+")
_DIGITS_COMPARED = 9  # of a telephone number: with and without the country's code


@dataclass(frozen=True, slots=True)
class Sought:
    """A subject, folded once for many comparisons."""

    subject: Subject
    name: frozenset[str]
    phones: frozenset[str]
    emails: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, subject: Subject) -> "Sought":
        return cls(
            subject,
            words(subject.name or ""),
            frozenset(filter(None, map(digits, subject.phones))),
            frozenset(map(str.casefold, subject.emails)),
            frozenset(filter(None, map(plain, subject.numbers))),
        )

    def is_in(self, record: Record, source_ref: str) -> bool:
        return (
            self._is_named(record)
            or not self.phones.isdisjoint(map(digits, record.phones))
            or not self.emails.isdisjoint(map(str.casefold, record.emails))
            or not self.numbers.isdisjoint(map(plain, (*_numbers(record), source_ref)))
        )

    def is_among(self, cells: Iterable[str]) -> bool:
        """Whether the cells of a row that could not be mapped hold the name, or any of the identifiers."""
        said = list(cells)
        return (
            (bool(self.name) and self.name <= words(" ".join(said)))
            or not self.phones.isdisjoint(map(digits, said))
            or not self.emails.isdisjoint(map(str.casefold, said))
            or not self.numbers.isdisjoint(map(plain, said))
        )

    def is_told_in(self, texts: Iterable[str]) -> bool:
        """Whether what somebody wrote has the name, or any of the identifiers anywhere in it."""
        said = list(texts)
        return (
            (bool(self.name) and self.name <= words(" ".join(said)))
            or any(one in re.sub(r"\D", "", text) for text in said for one in self.phones)
            or any(one in text.casefold() for text in said for one in self.emails)
            or any(one in plain(text) for text in said for one in self.numbers)
        )

    def _is_named(self, record: Record) -> bool:
        if not self.name:
            return False
        people = [person for person in record.people if self._may_be(person)]
        return any(self.name <= words(name) for name in (*_names(people), *(name.value for name in record.names)))

    def _may_be(self, person: Person) -> bool:
        theirs, sought = person.date_of_birth, self.subject.date_of_birth
        return theirs is None or sought is None or theirs == sought


def words(text: str) -> frozenset[str]:
    """The words of a name, without case and accents."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return frozenset(_WORD.findall(bare.casefold()))


def digits(text: str) -> str:
    """The last digits of a telephone number; empty where there are too few to be one."""
    found = re.sub(r"\D", "", text)[-_DIGITS_COMPARED:]
    return found if len(found) == _DIGITS_COMPARED else ""


def plain(text: str) -> str:
    """A number or reference without case, spaces and punctuation."""
    return "".join(char for char in text.casefold() if char.isalnum())


def _names(people: Iterable[Person]) -> Iterable[str]:
    return (person.name for person in people)


def _numbers(record: Record) -> Iterable[str]:
    single = (record.company_number, record.vat_number, record.charity_number)
    return (*filter(None, single), *record.licence_numbers)

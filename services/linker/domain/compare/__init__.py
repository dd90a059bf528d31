"""Comparators: each finds a level between two mentions, and can say in a sentence what it found."""

from services.linker.domain.compare.contacts import ONLINE, PHONES
from services.linker.domain.compare.finding import Comparator, Comparison, Finding
from services.linker.domain.compare.licences import LICENCES
from services.linker.domain.compare.names import NAMES
from services.linker.domain.compare.numbers import NUMBERS
from services.linker.domain.compare.people import PEOPLE
from services.linker.domain.compare.premises import PREMISES

__all__ = [
    "COMPARATORS",
    "IDENTITY",
    "LICENCES",
    "NAMES",
    "PEOPLE",
    "PHONES",
    "PREMISES",
    "Comparator",
    "Comparison",
    "Finding",
]

# Who it is, as against where it is. Branches of a chain agree in all of these.
IDENTITY = (NAMES, PHONES, ONLINE, NUMBERS, PEOPLE)

COMPARATORS = (PREMISES, LICENCES, *IDENTITY)

"""Numbers that stand for blocking keys in a store."""

from collections.abc import Iterable
from zlib import crc32

from services.linker.domain.block import MARKS

_MARKS = {mark: place for place, mark in enumerate(MARKS)}


def numbers_of(keys: Iterable[str], model_version: str) -> set[int]:
    """What stands for blocking keys: the same in every process, and another under another model. Keys of one fact lie
    together, whatever they are made of: of one postcode, of one door of a street, of one name, or of one telephone. A
    record has several of each, and each place in a store costs a page. Keys of one number have one mark, so that who
    holds the one and does not seek it does so of the other."""
    of_model = crc32(model_version.encode())
    numbers: set[int] = set()
    for key in keys:
        made_of, _, rest = key.partition(":")
        made_of, _, mark = made_of.partition("|")
        beginning, _, last = rest.rpartition(":")
        fact = last if mark and made_of == "on" else beginning or last  # the name, which such a key ends with
        place = crc32(fact.encode()) - (1 << 31)
        numbers.add((place << 32) + (crc32(key.encode(), of_model) & ~7) + _MARKS[mark])
    return numbers

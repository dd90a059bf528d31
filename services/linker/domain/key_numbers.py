"""Numbers that stand for blocking keys in a store."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from zlib import crc32

from services.linker.domain.block import MARKS

if TYPE_CHECKING:
    from mypy_extensions import i64  # compiled, 64 bits are reckoned with as the machine does

_MARKS: Final = {mark: place for place, mark in enumerate(MARKS)}


def numbers_of(keys: Iterable[str], model_version: str) -> set[int]:
    """What stands for blocking keys: the same in every process, and another under another model. Keys of one fact lie
    together, whatever they are made of: of one postcode, of one door of a street, of one name, or of one telephone. A
    record has several of each, and each place in a store costs a page. Keys of one number have one mark, so that who
    holds the one and does not seek it does so of the other."""
    checksum = crc32
    of_model = checksum(model_version.encode())
    numbers: set[int] = set()
    for key in keys:
        start, end = key.find(":"), key.rfind(":")
        bar = key.find("|", 0, start)
        mark = key[bar + 1 : start] if bar >= 0 else ""
        by_name = mark and key.startswith("on|")  # which such a key ends with
        fact = "" if by_name else key[start + 1 : end]
        place: i64 = checksum((fact or key[end + 1 :]).encode()) - (1 << 31)
        rest: i64 = checksum(key.encode(), of_model)
        told_by: i64 = _MARKS[mark]
        numbers.add((place << 32) + (rest & ~7) + told_by)
    return numbers

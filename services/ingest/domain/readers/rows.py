"""What every reader yields and refuses, and how much it will take."""

from dataclasses import dataclass
from typing import Protocol

from shared.contracts.problem import FieldProblem

CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file, in bytes or characters unless named otherwise. They bound memory, not the file's length."""

    max_row_bytes: int = 1 << 20
    max_cell: int = 32_767
    max_columns: int = 1_000
    max_depth: int = 24
    max_uncompressed: int = 1 << 30
    max_shared_strings: int = 64 << 20
    max_ratio: int = 200


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Row:
    """One row as text by column. `number` counts from 1 and leaves out the heading; blank rows keep their number."""

    number: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read, with what to do about it. What it held is not repeated."""

    number: int
    errors: tuple[FieldProblem, ...]


class Refused(Exception):
    """The file cannot be read, or not any further; rows yielded before stand. `errors` says why and what to do."""

    def __init__(self, *errors: FieldProblem) -> None:
        super().__init__(", ".join(error.code for error in errors))
        self.errors = errors


def refused(field: str, code: str, remedy: str) -> Refused:
    return Refused(FieldProblem(field=field, code=code, remedy=remedy))


class ReadableStream(Protocol):
    """What a reader needs of a stream: bytes in chunks. XLSX alone needs a seekable `BinaryIO`."""

    def read(self, size: int, /) -> bytes: ...


def bad_row(number: int, field: str, code: str, remedy: str) -> BadRow:
    return BadRow(number, (FieldProblem(field=field, code=code, remedy=remedy),))

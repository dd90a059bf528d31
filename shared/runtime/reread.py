"""A file that people change while the process runs: what it says is what it says now."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from shared.runtime.errors import Unavailable
from shared.runtime.telemetry import log

T = TypeVar("T")


class Reread(Generic[T]):
    """Read at the start, which fails if the file is faulty, and again whenever it changes."""

    def __init__(self, file: Path, parse: Callable[[str], T]) -> None:
        self._file = file
        self._parse = parse
        self._stamp = self._look()
        self._content: T | None = parse(file.read_text(encoding="utf-8"))

    def current(self) -> T:
        """The same object until the file changes. Raises Unavailable while the file is missing or faulty."""
        stamp = self._look()
        if stamp != self._stamp:
            self._stamp, self._content = stamp, self._read()
        if self._content is None:
            raise Unavailable(f"{self._file.name} cannot be read.")
        return self._content

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = os.stat(self._file)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> T | None:
        try:
            return self._parse(self._file.read_text(encoding="utf-8"))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the file, nobody may go on with the old one
            log(__name__).error("file_unreadable", file=self._file.name, error=type(error).__name__)
            return None

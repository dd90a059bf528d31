"""What a service keeps of what people write: which columns say it, whose it is, and what is left of it once erased."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, String, Table, false, null

from shared.contracts.api.duties import ItemKind
from shared.contracts.events.noted import WrittenDisposed
from shared.duties.tables import DutyTables
from shared.runtime.db import Tx

NOBODY: ColumnElement[Any] = null()
NEVER: ColumnElement[bool] = false()


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that hang on items by `of`. They are deleted with their item, or emptied to `left`.

    `attached` are the columns of a photograph: its id, media type and content.
    """

    table: Table
    of: Column[str]
    words: tuple[str, ...] = ()
    left: Mapping[str, Any] | None = None
    agency: Column[str] | None = None
    attached: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Items are of the agency that `agency` says, and may be several rows of one `id`.

    `words` say something and are searched; `left` is what stands in the columns of a destroyed item. `touched` is when
    something was last done with it, from when its time counts; an `ongoing` one has none yet.
    """

    name: ItemKind
    category: str
    table: Table
    id: Column[str]
    agency: ColumnElement[str]
    touched: ColumnElement[datetime]
    words: tuple[str, ...]
    left: Mapping[str, Any]
    noted_by: ColumnElement[Any] = NOBODY
    ongoing: ColumnElement[bool] = NEVER
    parts: tuple[Part, ...] = ()

    @property
    def free_words(self) -> frozenset[str]:
        """Those that are text and may be put right."""
        return frozenset(name for name in self.words if isinstance(self.table.c[name].type, String))


class Change(StrEnum):
    erased = "erased"
    rectified = "rectified"


Effect = Callable[[Tx, Sequence[str], Change], Awaitable[None]]
"""What else goes with a change of these items: what hangs on them, and who is told."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """What one service keeps."""

    tables: DutyTables
    kinds: Mapping[ItemKind, Kind]
    effects: Mapping[ItemKind, Effect]
    disposed: type[WrittenDisposed]

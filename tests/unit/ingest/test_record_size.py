"""A record is never larger than an event may be, however often a mapping repeats a column."""

import string

from services.ingest.domain.mapping import compile_mapping
from services.ingest.domain.readers import DEFAULT_LIMITS, Row
from services.ingest.handlers.intake import Entry, prepare
from shared.runtime.outbox import MAX_EVENT_BYTES
from tests.unit.ingest.support import make_spec

_LONGEST_CELL = "€" * DEFAULT_LIMITS.max_cell


def prepared(columns: int, readings: int) -> Entry:
    """A row of this many columns at their longest, each of them read so many times."""
    names = string.ascii_lowercase[:columns]
    lines = [name for name in names for _ in range(readings)]
    spec = make_spec(address={"lines": lines})
    values = {"ref": "1", **dict.fromkeys(names, _LONGEST_CELL)}
    return prepare(spec, compile_mapping(spec), Row(1, values))


def test_the_longest_row_that_a_reader_takes_is_stored() -> None:
    columns = DEFAULT_LIMITS.max_row_bytes // len(_LONGEST_CELL.encode())
    entry = prepared(columns, readings=1)
    assert entry.errors == ()
    assert entry.content is not None


def test_a_mapping_that_repeats_columns_is_told_and_nothing_is_stored() -> None:
    entry = prepared(columns=10, readings=5)
    assert [error.code for error in entry.errors] == ["record_too_large"]
    assert entry.content is None
    assert str(MAX_EVENT_BYTES - (64 << 10)) in entry.errors[0].remedy

"""A dry run: what a mapping makes of a sample. It asks the store for the current specification and writes nothing."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

from services.ingest.domain.feed import FeedSpec, mapped_columns
from services.ingest.domain.mapping import MapRow, Rejected, compile_mapping
from services.ingest.domain.readers import BadRow, Refused, Row, read_rows
from shared.contracts.api.ingest import Preview, PreviewRow
from shared.contracts.problem import FieldProblem

SAMPLE_ROWS = 200


def preview_file(spec: FeedSpec, file: BinaryIO) -> Preview:
    return preview(spec, read_rows(spec, file))


def preview(spec: FeedSpec, rows: Iterable[Row | BadRow]) -> Preview:
    """The first 200 rows of the sample, mapped. Blocking."""
    sample, problems = _read(iter(rows))
    map_row = compile_mapping(spec)
    present = {column for row in sample if isinstance(row, Row) for column in row.values}
    absent = tuple(column for column in mapped_columns(spec) if present and column not in present)
    return Preview(rows=tuple(_row(map_row, row) for row in sample), problems=problems, absent_columns=absent)


def _read(rows: Iterator[Row | BadRow]) -> tuple[list[Row | BadRow], tuple[FieldProblem, ...]]:
    sample: list[Row | BadRow] = []
    try:
        for row in islice(rows, SAMPLE_ROWS):
            sample.append(row)  # noqa: PERF402 - what came before a refusal is kept
    except Refused as refusal:
        return sample, refusal.errors
    return sample, ()


def _row(map_row: MapRow, row: Row | BadRow) -> PreviewRow:
    if isinstance(row, BadRow):
        return PreviewRow(row=row.number, errors=row.errors)
    mapped = map_row(row.values)
    if isinstance(mapped, Rejected):
        return PreviewRow(row=row.number, source_ref=mapped.source_ref, errors=mapped.errors)
    return PreviewRow(
        row=row.number,
        source_ref=mapped.source_ref,
        record=mapped.record,
        deleted=mapped.deleted,
        warnings=mapped.warnings,
    )

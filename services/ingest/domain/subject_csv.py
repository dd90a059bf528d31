"""Subject access as a table, a line for each version that says something: what a spreadsheet opens."""

import csv
import io

from shared.contracts.api.duties import HeldRecord, HeldVersion, SubjectAccess
from shared.contracts.record import Record

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "feed",
    "source_ref",
    "record_id",
    "category",
    "law",
    "version",
    "received_at",
    "restricted",
    "retracted",
    "source",
    "keep_until",
    "recipients",
    "names",
    "people",
    "everything",
)


def as_csv(found: SubjectAccess) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for record in found.records:
        writer.writerows(_line(record, version, said) for version in record.versions if (said := version.record))
    for row in found.rows:
        known = {"feed": row.feed, "received_at": row.received_at.isoformat(), "everything": str(row.values)}
        writer.writerow([_inert(known.get(column, "")) for column in COLUMNS])
    return out.getvalue()


def _line(record: HeldRecord, version: HeldVersion, said: Record) -> list[str]:
    values = (
        record.feed,
        record.source_ref,
        record.record_id,
        record.category,
        record.law,
        version.version,
        version.received_at.isoformat(),
        record.restricted,
        record.retracted,
        record.source or "",
        record.keep_until.isoformat(),
        "; ".join(f"{one.agency} ({one.level}, {one.statute} {one.section})" for one in record.recipients),
        "; ".join(name.value for name in said.names),
        "; ".join(person.name for person in said.people),
        said.model_dump_json(exclude_defaults=True),
    )
    return [_inert(str(value)) for value in values]


def _inert(cell: str) -> str:
    """A spreadsheet would run what begins as a formula does."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell

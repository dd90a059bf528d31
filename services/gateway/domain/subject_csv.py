"""Subject access as a table, a line for each version or item that says something: what a spreadsheet opens."""

import csv
import io
import json
from collections.abc import Iterable, Mapping

from shared.contracts.api.duties import HeldItem, HeldRecord, HeldVersion, Recipient, SubjectAccess
from shared.contracts.record import Record
from shared.contracts.spreadsheet import inert

COLUMNS = (
    "kind",
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
    "exemptions",
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
        writer.writerow(_cells({"kind": "row", **known}))
    writer.writerows(_cells(_item(item)) for item in found.items)
    missing = [one.service for one in found.services if not one.answered]
    if missing:
        writer.writerow(_cells({"kind": "NOT WHOLE", "everything": f"Not reached: {', '.join(missing)}. Ask again."}))
    return out.getvalue()


def _cells(known: Mapping[str, str]) -> list[str]:
    return [inert(known.get(column, "")) for column in COLUMNS]


def _item(item: HeldItem) -> dict[str, str]:
    photographs = [f"photograph {one.id}" for one in item.attached]
    return {
        "kind": item.kind,
        "record_id": item.id,
        "category": item.category,
        "law": item.law,
        "source": item.noted_by or "",
        "keep_until": item.keep_until.isoformat() if item.keep_until else "",
        "recipients": _recipients(item.recipients),
        "exemptions": "; ".join(f"{one.statute} {one.section}" for one in item.exemptions),
        "everything": "; ".join([json.dumps(item.says, ensure_ascii=False), *photographs]),
    }


def _recipients(told: Iterable[Recipient]) -> str:
    return "; ".join(f"{one.agency} ({one.level}, {one.statute} {one.section})" for one in told)


def _line(record: HeldRecord, version: HeldVersion, said: Record) -> list[str]:
    values = (
        "record",
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
        _recipients(record.recipients),
        "",
        "; ".join(name.value for name in said.names),
        "; ".join(person.name for person in said.people),
        said.model_dump_json(exclude_defaults=True),
    )
    return [inert(str(value)) for value in values]

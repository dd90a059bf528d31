"""A record as the store keeps it: what it says of a business, and what a partner who sees it is shown."""

from datetime import date
from typing import Any

import orjson

from services.linker.domain.naming import one_line
from services.linker.domain.normalise import Mention
from shared.contracts.events.ingest import RecordCorrected, RecordReceived
from shared.contracts.record import Record

_RARE = ("websites", "company_number", "vat_number", "charity_number", "licence_numbers")  # kept where given
_NAME_RANK = {"trading": 0, "unknown": 1, "legal": 2, "address": 3, "former": 4}


def mention_row(no: int, data: RecordReceived | RecordCorrected, mention: Mention, received_on: date) -> dict[str, Any]:
    """The columns of a record with this number; `received_on` is the day in London."""
    record, observation = data.record, data.record.observation
    return {
        "no": no,
        "record_id": data.record_id,
        "feed": data.feed,
        "agency": data.agency,
        "regime": data.regime,
        "category": data.category,
        "source_ref": data.source_ref,
        "received_on": received_on,
        "name": _display_name(mention),
        "area": mention.premises.outward or None if mention.premises else None,
        "sector": record.sector,
        "kind": observation.kind.value,
        "severity": observation.severity,
        "native_rating": observation.native_rating,
        "observed_on": observation.observed_on,
        "closed_on": observation.closed_on,
        "features": mention.to_json(),
        "details": orjson.dumps(_details(record)),
    }


def _display_name(mention: Mention) -> str | None:
    """The name a passer-by would know it by."""
    ranked = sorted(mention.names, key=lambda name: _NAME_RANK[name.kind])
    return ranked[0].text if ranked else None


def _details(record: Record) -> dict[str, Any]:
    """What a partner who sees the record is shown of it beside its observation."""
    address = record.address
    return {
        "names": list(map(vars, record.names)),
        "address": one_line(address) if address else None,
        "latitude": address.latitude if address else None,
        "longitude": address.longitude if address else None,
        "phones": record.phones,
        "emails": record.emails,
        "people": list(map(vars, record.people)),
        "sector": record.sector,
        "status": record.status,
        **{name: given for name in _RARE if (given := getattr(record, name))},
    }

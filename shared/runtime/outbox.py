"""The outbox: events wait in the service's own database until the relay has them safely in the log.

A row is deleted once it is published, so the table holds exactly what is not yet out. The relay reads whatever is
there and never `id > last`: ids are taken before commit, and a late commit would be passed by.
"""

from functools import lru_cache

import orjson
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, insert

from shared.contracts.envelope import EventData
from shared.contracts.events import BY_DATA
from shared.runtime.clock import new_id, utc_now
from shared.runtime.statement import Statement, Values
from shared.runtime.telemetry import current_traceparent

NOTIFY_CHANNEL = "joinedup_{schema}"
MAX_EVENT_BYTES = 4 << 20
"""What every log takes. A larger event would stop the relay for ever, so it fails where it is said."""


def outbox_table(metadata: MetaData) -> Table:
    """`value` is the CloudEvent in structured JSON, as it will stand in the log."""
    return Table(
        "outbox",
        metadata,
        Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
        Column("topic", String(100), nullable=False),
        Column("key", String(200), nullable=False),
        Column("value", LargeBinary, nullable=False),
        Column("created_at", String(40), nullable=False),
    )


@lru_cache
def outbox_of(schema: str) -> Table:
    """One table object a schema: SQLAlchemy caches compiled statements by it."""
    return outbox_table(MetaData(schema=schema))


@lru_cache
def insert_into(schema: str) -> Statement:
    """INSERT of (topic, key, value, created_at)."""
    return Statement(insert(outbox_of(schema)), omit=["id"])


def _parent(given: str | None) -> str | None:
    """The current span unless one is given; "" is none."""
    return current_traceparent() if given is None else given or None


class Publisher:
    """Gathers what one transaction has to say; it is stored just before the commit."""

    def __init__(self, schema: str) -> None:
        self.said: list[Values] = []
        self._schema = schema

    def publish(self, data: EventData, *, subject: str, key: str | None = None, traceparent: str | None = None) -> None:
        """Say `data` of the aggregate `subject` when (and only when) this transaction commits.

        `key` keeps events in order and is the subject unless given; `traceparent` is the current span's unless given,
        and "" leaves it out. Raises ValueError if the event is larger than MAX_EVENT_BYTES.
        """
        encoded = data.model_dump_json(serialize_as_any=True).encode()
        self.publish_encoded(type(data), encoded, subject=subject, key=key, traceparent=_parent(traceparent))

    def publish_encoded(
        self, kind: type[EventData], data: bytes, *, subject: str, key: str | None = None, traceparent: str | None
    ) -> None:
        """As `publish`, of a `kind` whose JSON the caller already has, so that a bulk load encodes a record once."""
        spec = BY_DATA[kind]
        now = utc_now()
        event = {
            "specversion": "1.0",
            "id": new_id("evt"),  # numbered ids would tell a reader how much was said to others
            "source": spec.source,
            "type": spec.type,
            "subject": subject,
            "time": now,
            "datacontenttype": "application/json",
            "partitionkey": key or subject,
            "traceparent": traceparent,
            "data": orjson.Fragment(data),
        }
        value = orjson.dumps(event, option=orjson.OPT_UTC_Z)
        if len(value) > MAX_EVENT_BYTES:
            raise ValueError(f"An event may have {MAX_EVENT_BYTES} bytes; {spec.type} has {len(value)}")
        self.said.append((spec.topic, key or subject, value, now.isoformat()))

    def shred(self, kind: type[EventData], *, key: str) -> None:
        """Destroy the keys of all that was said before of this aggregate on the sealed topic of `kind`. In turn like
        any event: what this transaction says after it is sealed anew."""
        self.said.append((BY_DATA[kind].topic, key, b"", utc_now().isoformat()))

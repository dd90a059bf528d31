"""Made-up records as the events that the linker takes in: those to load, and those held out to arrive one by one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

import yaml

from joinedup.partnership import demonstration
from joinedup.synthetic import Entry, canonical, generate
from joinedup.synthetic.agencies import AGENCIES
from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.spec_text import load_spec
from shared.contracts.envelope import Event
from shared.contracts.events import BY_DATA
from shared.contracts.events.ingest import RECORDS_TOPIC, RecordReceived
from shared.contracts.identifiers import record_id
from shared.contracts.record import Record
from shared.runtime.clock import new_id, utc_now
from shared.runtime.eventlog import Delivered
from shared.sharing import Partnership, load_partnership

_RECORDS_A_BUSINESS = 2.03  # Cornwall's: seed, Table 1
_SPECS: dict[str, FeedSpec] = {agency.feed: load_spec(agency.spec_text()) for agency in AGENCIES}
_RECEIVED = BY_DATA[RecordReceived]

Row = tuple[str, str, Record]
"""Feed, source reference, record."""


def partnership(audiences: int = 1) -> Partnership:
    """The demonstration's, where every agency of the made-up records shares all with every other; but of more than one
    audience, all but one consist of an agency that shares nothing."""
    agreed = yaml.safe_load(demonstration("bench", "Benchmark", _SPECS.values()))
    del agreed["legal_gateways"][: audiences - 1]
    return load_partnership(yaml.safe_dump(agreed))


@dataclass(frozen=True, slots=True)
class Arrivals:
    """`loaded` records that are there before, and `single` ones of the same businesses that come afterwards."""

    seed: int
    loaded: int
    single: int

    def entries(self) -> Iterator[Entry]:
        """Those to load, as their agencies export them."""
        return (entry for number, entry in enumerate(self._all()) if not self._held_out(number))

    def load(self) -> Iterator[Row]:
        return _rows(self.entries())

    def singles(self) -> list[Row]:
        """In an order of chance."""
        rows = list(_rows(entry for number, entry in enumerate(self._all()) if self._held_out(number)))
        Random(f"arrivals {self.seed}").shuffle(rows)  # noqa: S311 - repeatable is what it must be
        return rows

    def _all(self) -> Iterator[Entry]:
        total = self.loaded + self.single
        return generate(self.seed, businesses=int(total / _RECORDS_A_BUSINESS), records=total).entries()

    def _held_out(self, number: int) -> bool:
        """Evenly spread over the towns."""
        total = self.loaded + self.single
        return number * self.single // total != (number + 1) * self.single // total


def _rows(entries: Iterable[Entry]) -> Iterator[Row]:
    return ((feed, ref, record) for feed, ref, record, _ in canonical(entries))


def delivered(row: Row) -> Delivered:
    """The record as the log hands it to the linker."""
    feed, ref, record = row
    spec, id_ = _SPECS[feed], record_id(feed, ref)
    data = RecordReceived(
        record_id=id_,
        feed=feed,
        agency=spec.agency,
        regime=spec.regime,
        category=spec.category,
        source_ref=ref,
        version=1,
        received_at=utc_now(),
        record=record,
    )
    event = Event[RecordReceived](
        id=new_id("evt"),
        source=_RECEIVED.source,
        type=_RECEIVED.type,
        subject=id_,
        time=utc_now(),
        partitionkey=id_,
        data=data,
    )
    return Delivered(RECORDS_TOPIC, id_, event.model_dump_json().encode())

"""Whatever comes, in whatever order and however often: the graph is that of a rebuild from the log."""

import asyncio
from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from services.linker.handlers.learn import RecordEvent
from services.linker.handlers.rebuilding import rebuild
from shared.contracts.events.ingest import RECORDS_TOPIC
from shared.contracts.record import Record
from shared.runtime import clock
from shared.runtime.db import Database
from shared.runtime.errors import NotFound
from shared.runtime.eventlog import EventLog, Message, open_log
from tests.integration.linker.world import (
    REGIMES,
    THREE_AUDIENCES,
    World,
    assert_stream_agrees,
    id_of,
    partnership,
    received,
    record,
    retracted,
)
from tests.support.stores import sqlite_store

_RULES = (THREE_AUDIENCES, partnership())
_AGENCIES, _REFS = st.sampled_from(sorted(REGIMES)), st.sampled_from("123")
_IDS = st.builds(id_of, _AGENCIES, _REFS)
_RECORDS = st.builds(
    record,
    name=st.sampled_from(["Chicken Shop", "The Chicken Shop Ltd", "Chicken Cottage", "Golden Dragon"]),
    number=st.sampled_from([12, 14]),
    postcode=st.sampled_from(["UB1 1AA", "UB1 1AB"]),
    phone=st.sampled_from([None, "+442079460018", "+447700900123"]),
    severity=st.sampled_from([None, 1, 3]),
)


class Linker(RuleBasedStateMachine):
    """A linker's store and the log that it reads. `said` are events that the log holds, delivered or not yet."""

    said = Bundle("said")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory()
        self.versions: Counter[tuple[str, str]] = Counter()

    @initialize()
    def empty(self) -> None:
        self.runner.run(self._open(Path(self.folder.name)))

    @rule(target=said, agency=_AGENCIES, ref=_REFS, what=_RECORDS)
    def an_agency_sends_or_corrects_a_record(self, agency: str, ref: str, what: Record) -> RecordEvent:
        return self._say(received(agency, ref, what, self._next(agency, ref)))

    @rule(target=said, agency=_AGENCIES, ref=_REFS)
    def an_agency_retracts_a_record(self, agency: str, ref: str) -> RecordEvent:
        if not self.versions[agency, ref]:
            return multiple()  # type: ignore[return-value]
        return self._say(retracted(agency, ref, self._next(agency, ref)))

    @rule(events=st.lists(said, min_size=1, max_size=6), batch=st.integers(1, 6))
    def the_log_delivers_some_late_early_or_again(self, events: list[RecordEvent], batch: int) -> None:
        self.runner.run(self.world.take(*events, batch=batch))

    @rule(who=_AGENCIES, one=_IDS, other=_IDS, verdict=st.sampled_from(["same", "different", "unsure"]))
    def a_person_decides_about_two_records_that_are_there(self, who: str, one: str, other: str, verdict: str) -> None:
        if one != other:
            with suppress(NotFound):
                self.runner.run(self.world.decide(who, one, other, verdict))

    @rule(which=st.sampled_from(_RULES))
    def the_sharing_rules_change(self, which: object) -> None:
        self.runner.run(self.world.settle(which))  # type: ignore[arg-type]

    @rule()
    def the_linker_is_rebuilt(self) -> None:
        """From all that was said: what was not delivered yet counts from here on."""
        self.runner.run(rebuild(self.world.database, self.log, self.world.resolver, clock.today()))

    @invariant()
    def the_streams_tell_what_the_store_holds(self) -> None:
        self.runner.run(assert_stream_agrees(self.world))

    def teardown(self) -> None:
        """All that was said is delivered; then a rebuild changes nothing and says nothing."""
        try:
            self.runner.run(self._compare())
        finally:
            self.runner.run(self._close())
            self.runner.close()
            self.folder.cleanup()

    async def _open(self, folder: Path) -> None:
        self.world = World(Database(sqlite_store(folder, "linker"), "linker"))
        self.log: EventLog = await open_log(f"embedded://{folder}/log.db?partitions=2")
        self.events: list[RecordEvent] = []
        await self.world.settle(THREE_AUDIENCES)

    async def _compare(self) -> None:
        await self.world.take(*reversed(self.events), batch=4)
        await assert_stream_agrees(self.world)
        await self.world.forget_events()
        state = await self.world.state()
        await rebuild(self.world.database, self.log, self.world.resolver, clock.today())
        assert await self.world.state() == state
        assert await self.world.events() == []

    async def _close(self) -> None:
        await self.log.close()
        await self.world.database.close()

    def _next(self, agency: str, ref: str) -> int:
        self.versions[agency, ref] += 1
        return self.versions[agency, ref]

    def _say(self, event: RecordEvent) -> RecordEvent:
        self.events.append(event)
        text = event.model_dump_json(serialize_as_any=True).encode()
        self.runner.run(self.log.append([Message(RECORDS_TOPIC, event.partitionkey, text)]))
        return event


Linker.TestCase.settings = settings(
    max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)


class TestAnyOrder(Linker.TestCase):  # type: ignore[name-defined, misc]
    """pytest finds it by its name."""

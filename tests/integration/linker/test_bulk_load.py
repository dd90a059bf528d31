"""A store filled by `joinedup link --store` is the store that the linker would have made of the same records."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from zlib import crc32

import pytest

from joinedup.bench.arrivals import partnership
from joinedup.bulk.linkage import link_files, load_files
from joinedup.feeds import FeedFile, find_spec, gather
from joinedup.synthetic import generate, write
from services.linker.domain import key_numbers
from services.linker.domain.model import shipped_model
from services.linker.handlers.learn import RecordEvent
from services.linker.store import tables
from services.linker.store.relation_tables import trait
from shared.contracts.envelope import Event
from shared.contracts.events import BY_DATA
from shared.contracts.events.ingest import RecordReceived
from shared.contracts.identifiers import record_id
from shared.runtime import clock
from shared.runtime.db import Database
from shared.runtime.errors import Conflict
from tests.integration.linker.world import World, opened

_GRAPH = (tables.record, tables.mention, tables.posting, tables.block, tables.pair, trait)


@pytest.fixture
def exports(tmp_path: Path) -> list[FeedFile]:
    return _exports(tmp_path, businesses=200, records=420)


def _exports(folder: Path, businesses: int, records: int) -> list[FeedFile]:
    written = write(generate(3, businesses=businesses, records=records), folder / "exports")
    return [FeedFile(find_spec(str(feed.spec)), feed.data) for feed in written]


def _events(files: list[FeedFile]) -> Iterator[RecordEvent]:
    specs = {file.spec.id: file.spec for file in files}
    spec_of, number = BY_DATA[RecordReceived], count()
    for (feed, ref), record in gather(files).items():
        data = RecordReceived(
            record_id=record_id(feed, ref),
            feed=feed,
            agency=specs[feed].agency,
            regime=specs[feed].regime,
            category=specs[feed].category,
            source_ref=ref,
            version=1,
            received_at=clock.utc_now(),
            record=record,
        )
        fields = {"id": f"evt_{next(number)}", "source": spec_of.source, "type": spec_of.type, "time": clock.utc_now()}
        yield Event[RecordReceived](**fields, subject=data.record_id, partitionkey=data.record_id, data=data)


async def test_the_store_is_the_one_that_the_linker_makes(url: str, exports: list[FeedFile], tmp_path: Path) -> None:
    events = list(_events(exports))
    async with opened(url) as world:
        await world.take(*events, batch=100)
        expected = await world.contents(_GRAPH)
        await world.empty()
        loaded = await load_files(exports, shipped_model(), world.database, 2)
        assert await world.contents(_GRAPH) == expected
        assert len(loaded.businesses) == len(expected["record"]) == 420
        await world.take(*events)
        assert await world.contents(_GRAPH) == expected  # what was loaded is known, and is not taken in again


async def test_nothing_is_stored_of_a_row_that_repeats_a_reference(world: World, tmp_path: Path) -> None:
    spec, file = find_spec("ealing-pharmacies"), tmp_path / "pharmacies.csv"
    first, repeat, second = (
        f"pharmacy:{ref},{name},{door} The Broadway,UB1 1AA,\n"
        for ref, name, door in ((1, "Chemist", 1), (1, "Boots", 2), (2, "Health", 3))
    )
    stored = []
    for rows in (first + second, first + repeat + second):
        file.write_text("test,name,text,postcode,point\n" + rows)
        await world.empty()
        await load_files([FeedFile(spec, file)], shipped_model(), world.database, 1)
        stored.append(await world.contents(_GRAPH))
    assert stored[0] == stored[1]


async def test_keys_that_share_a_number_are_one_key(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_numbers, "crc32", lambda data, start=0: crc32(data, start) % 50)
    exports = _exports(tmp_path, businesses=30, records=60)
    await world.take(*_events(exports))
    expected = await world.contents(_GRAPH)
    await world.empty()
    await load_files(exports, shipped_model(), world.database, 1)
    assert await world.contents(_GRAPH) == expected


async def test_the_linker_shows_the_businesses_that_linking_the_files_gives(world: World, tmp_path: Path) -> None:
    exports = _exports(tmp_path, businesses=600, records=1260)  # so many that evidence against a link decides some
    expected = defaultdict(set)
    for feed, ref, business in link_files(exports, shipped_model(), 1).businesses:
        expected[business].add(record_id(feed, ref))
    await world.settle(partnership())
    await world.take(*reversed(list(_events(exports))), batch=30)
    shown = await world.businesses(exports[0].spec.agency)
    assert {business: set(records) for business, records in shown.items()} == expected


async def test_a_store_that_holds_records_is_left_as_it_is(world: World, exports: list[FeedFile]) -> None:
    await world.take(*list(_events(exports[:1])))
    before = await world.contents(_GRAPH)
    with pytest.raises(Conflict, match="Give an empty one"):
        await load_files(exports, shipped_model(), world.database, 1)
    assert await world.contents(_GRAPH) == before


async def test_nothing_is_stored_where_a_file_cannot_be_read_to_its_end(
    url: str, exports: list[FeedFile], tmp_path: Path
) -> None:
    broken = tmp_path / "cut.csv"
    broken.write_bytes(b"\x00\x01")
    files = [*exports, FeedFile(exports[-1].spec, broken)]
    database = Database(url, "linker")
    with pytest.raises(Exception, match="was refused"):
        await load_files(files, shipped_model(), database, 1)
    await database.close()
    async with opened(url) as world:
        assert not any((await world.contents(_GRAPH)).values())

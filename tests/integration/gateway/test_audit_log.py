"""The audit log in its store: only added to, one chain however many write, and every tampering is found."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from joinedup.__main__ import app
from services.gateway.domain.chain import hash_of
from services.gateway.handlers.anchoring import Anchoring, add, signing_key
from services.gateway.handlers.recorder import Recorder
from services.gateway.handlers.retention import remove_older
from services.gateway.handlers.verification import Verdict, verify
from services.gateway.store import audit
from services.gateway.store.audit import Wanted
from shared.runtime.db import Database
from shared.runtime.errors import Unavailable
from tests.integration.gateway.served import PARTNERSHIP
from tests.support.stores import sqlite_store
from tests.unit.gateway.test_deed import BUSINESS, DEED

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, empty_store) -> str:
    return empty_store("gateway", request.param)


@pytest.fixture
async def database(url) -> AsyncIterator[Database]:
    database = Database(url, "gateway")
    yield database
    await database.close()


def deeds(count: int, person: str = "p"):
    return [replace(DEED, entry_id=f"aud_{person}{number}", person=f"{person}-{number}") for number in range(count)]


async def filled(database: Database) -> None:
    """Ten entries, with anchors at the fifth and the ninth."""
    for start, stop, anchored in ((0, 5, True), (5, 9, True), (9, 10, False)):
        await database.run(partial(audit.append, deeds=deeds(10)[start:stop]))
        if anchored:
            assert await database.run(partial(add, key=KEY))


async def tampered(database: Database, *statements: str, **values: object) -> Verdict:
    """As somebody who owns the store would: the triggers are out of the way."""
    async with database.write_engine.begin() as connection:
        for trigger in await _triggers(database, connection):
            await connection.execute(text(trigger))
        for statement in statements:
            names = {name: value for name, value in values.items() if f":{name}" in statement}
            await connection.execute(text(statement.replace("audit_", f"{_schema(database)}audit_")), names)
    return await verify(database, PUBLIC)


def _schema(database: Database) -> str:
    return "" if database.is_sqlite else "gateway."


async def _triggers(database: Database, connection) -> list[str]:
    if not database.is_sqlite:
        return [
            f"ALTER TABLE gateway.{table} DISABLE TRIGGER ALL"
            for table in ("audit_entry", "audit_mention", "audit_anchor")
        ]
    found = await connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    return [f"DROP TRIGGER {row.name}" for row in found]


async def test_a_log_as_it_was_written_is_said_to_be(database):
    assert await verify(database, PUBLIC) == Verdict(0, 0, 0, ())
    await filled(database)
    assert await verify(database, PUBLIC) == Verdict(10, 9, 0, ())


@pytest.mark.parametrize("change", ["UPDATE {} SET seq = seq + 100", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["audit_entry", "audit_mention", "audit_anchor"])
async def test_the_store_refuses_to_change_or_delete_anything(database, table, change):
    await filled(database)
    with pytest.raises(DBAPIError, match="only added to"):
        async with database.write_engine.begin() as connection:
            await connection.execute(text(change.format(_schema(database) + table)))
    assert await verify(database, PUBLIC) == Verdict(10, 9, 0, ())


def places(verdict: Verdict) -> set[int]:
    return {fault.seq for fault in verdict.faults}


async def test_one_changed_byte_of_an_entry_is_found(database):
    await filled(database)
    body = deeds(10)[3].canonical().replace(b'"status":200', b'"status":201')
    verdict = await tampered(database, "UPDATE audit_entry SET body = :body WHERE seq = 4", body=body)
    assert places(verdict) == {4}


async def test_an_entry_rewritten_with_a_good_hash_is_found_at_the_next(database):
    await filled(database)
    async with database.read() as connection:
        links = [link async for page, _ in audit.pages(connection) for link in page]
    body = links[3].body.replace(b"fire", b"firx")
    forged = hash_of(links[2].hash, 4, body)
    verdict = await tampered(
        database, "UPDATE audit_entry SET body = :body, hash = :hash WHERE seq = 4", body=body, hash=forged
    )
    assert 5 in places(verdict)


async def test_a_log_rewritten_from_one_entry_to_its_end_does_not_fit_its_anchors(database):
    await filled(database)
    await tampered(database, "DELETE FROM audit_entry WHERE seq > 3", "DELETE FROM audit_mention WHERE seq > 3")
    await database.run(partial(audit.append, deeds=deeds(7, "forged")))
    await audit.index_all(database)
    verdict = await verify(database, PUBLIC)
    assert [(fault.seq, "vouches for another" in fault.what) for fault in verdict.faults] == [(5, True), (9, True)]


async def test_a_deleted_entry_is_found(database):
    await filled(database)
    verdict = await tampered(
        database, "DELETE FROM audit_entry WHERE seq = 4", "DELETE FROM audit_mention WHERE seq = 4"
    )
    assert places(verdict) == {4}


async def test_entries_that_changed_places_are_found(database):
    await filled(database)
    steps = ("UPDATE audit_entry SET seq = 99 WHERE seq = 4", "UPDATE audit_entry SET seq = 4 WHERE seq = 5")
    verdict = await tampered(database, *steps, "UPDATE audit_entry SET seq = 5 WHERE seq = 99")
    assert {4, 5} <= places(verdict)


async def test_a_cut_before_the_last_anchor_is_found(database):
    await filled(database)
    cut = ("DELETE FROM audit_entry WHERE seq > 7", "DELETE FROM audit_mention WHERE seq > 7")
    assert places(await tampered(database, *cut)) == {8}


async def test_a_cut_together_with_its_anchors_is_found_by_one_that_was_kept_outside(database):
    await filled(database)
    async with database.read() as connection:
        kept = await audit.anchors(connection)
    cut = ("DELETE FROM audit_entry WHERE seq > 7", "DELETE FROM audit_mention WHERE seq > 7")
    assert places(await tampered(database, *cut, "DELETE FROM audit_anchor WHERE seq > 7")) == set()
    assert places(await verify(database, PUBLIC, kept)) == {8}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_mention SET value = 'p-x' WHERE seq = 4 AND kind = 'person'",
        "DELETE FROM audit_mention WHERE seq = 4 AND kind = 'shown'",
        "UPDATE audit_mention SET agency = 'police' WHERE seq = 4",
    ],
)
async def test_an_index_that_does_not_say_what_the_entry_says_is_found(database, change):
    await filled(database)
    assert places(await tampered(database, change)) == {4}


async def test_an_index_entry_of_no_entry_is_found(database):
    await filled(database)
    add_one = "INSERT INTO audit_mention (agency, kind, value, seq) VALUES ('fire', 'person', 'p', 77)"
    assert places(await tampered(database, add_one)) == {77}


async def test_an_anchor_made_with_another_key_is_found(database):
    await filled(database)
    other = Ed25519PrivateKey.generate()
    await tampered(database, "DELETE FROM audit_anchor WHERE seq = 9")
    await database.run(partial(add, key=other))
    assert places(await verify(database, PUBLIC)) == {10}


async def test_two_writers_make_one_chain_and_lose_nothing(url, database):
    other = Database(url, "gateway")
    try:
        mine, theirs = Recorder(database), Recorder(other)
        await asyncio.gather(
            *(mine.record(deed) for deed in deeds(60, "a")), *(theirs.record(deed) for deed in deeds(60, "b"))
        )
        for late in deeds(5, "c"):
            await mine.record(late)
            await theirs.record(replace(late, person="late"))
    finally:
        await other.close()
    assert await verify(database, PUBLIC) == Verdict(130, 0, 0, ())
    async with database.read() as connection:
        found = [row.body async for page, _ in audit.pages(connection) for row in page]
    assert len(set(found)) == 130


async def test_those_who_wait_together_are_written_together(database, monkeypatch):
    batches = []
    append = audit.append

    def counted(session, deeds):
        batches.append(len(deeds))
        append(session, deeds)

    monkeypatch.setattr(audit, "append", counted)
    recorder = Recorder(database)
    await asyncio.gather(*(recorder.record(deed) for deed in deeds(50)))
    assert sum(batches) == 50
    assert len(batches) <= 2


async def test_whoever_hangs_up_while_it_is_written_takes_nobody_elses_entry_along(database):
    recorder = Recorder(database)
    hanging_up, waiting = (asyncio.create_task(recorder.record(deed)) for deed in deeds(2))
    await asyncio.sleep(0)
    hanging_up.cancel()
    await waiting
    assert (await verify(database, PUBLIC)).last == 2


async def test_a_failed_batch_tells_all_its_callers_and_the_next_goes_through(database):
    recorder = Recorder(database)
    unwritable = replace(DEED, agency=object())
    told = await asyncio.gather(*(recorder.record(deed) for deed in (DEED, unwritable)), return_exceptions=True)
    assert [type(error) for error in told] == [Unavailable, Unavailable]
    await recorder.record(DEED)
    assert (await verify(database, PUBLIC)).last == 1


async def test_an_anchor_comes_after_so_many_entries_after_a_while_and_at_the_end(database):
    recorder, stop = Recorder(database), asyncio.Event()
    running = asyncio.create_task(Anchoring(database, recorder, KEY, entries=3, seconds=3600).run(stop))
    await asyncio.sleep(0)
    for deed in deeds(3):
        await recorder.record(deed)
    while (await verify(database, PUBLIC)).anchored < 3:
        await asyncio.sleep(0.05)
    await recorder.record(DEED)
    stop.set()
    await running
    assert (await verify(database, PUBLIC)).anchored == 4


async def test_a_page_is_found_by_each_kind_of_mention_and_is_of_one_agency(database):
    await database.run(partial(audit.append, deeds=[*deeds(3), replace(DEED, agency="police")]))
    await audit.index_all(database)
    async with database.read() as connection:
        find = partial(audit.found, connection, before=None, limit=10)
        assert [link.seq for link in await find(Wanted(("fire",), ("asked", "shown"), BUSINESS))] == [3, 2, 1]
        assert [link.seq for link in await find(Wanted(("police", "fire"), ("shown",), BUSINESS))] == [4, 3, 2, 1]
        assert await find(Wanted(("police", "fire"), ("asked",), BUSINESS)) == []
        assert [link.seq for link in await find(Wanted(("police",), ("gateway",), "lg-1"))] == [4]
        assert [link.seq for link in await find(Wanted(("fire",), ("person",), "p-1"))] == [2]
        assert await find(Wanted(("police",), ("person",), "p-1")) == []


@pytest.fixture
async def aged(database) -> Database:
    """Nine entries of long ago and one of today."""
    old = {5: "2018-05-01", 9: "2020-05-01"}
    for start, stop in ((0, 5), (5, 9)):
        await database.run(partial(audit.append, deeds=deeds(10)[start:stop]))
        with time_machine.travel(f"{old[stop]}T12:00:00Z", tick=False):
            await database.run(partial(add, key=KEY))
    await database.run(partial(audit.append, deeds=deeds(10)[9:]))
    return database


def removing(years: int, key: Ed25519PrivateKey = KEY):
    return partial(remove_older, years=years, key=key)


async def test_what_is_older_than_its_term_is_removed_and_the_rest_is_still_proved(aged):
    with time_machine.travel("2025-01-01T12:00:00Z", tick=False):
        assert await aged.run(removing(7)) is None
    with time_machine.travel("2026-01-01T12:00:00Z", tick=False):
        assert (await aged.run(removing(7))).seq == 5
        assert await aged.run(removing(7)) is None
    await audit.index_all(aged)
    assert await verify(aged, PUBLIC) == Verdict(10, 9, 5, ())
    async with aged.read() as connection:
        assert [
            link.seq for link in await audit.found(connection, Wanted(("fire",), ("agency",), "fire"), None, 20)
        ] == [
            10,
            9,
            8,
            7,
            6,
        ]


async def test_a_log_of_which_all_was_removed_goes_on_where_it_was(aged):
    await aged.run(partial(add, key=KEY))
    with time_machine.travel("2040-01-01T12:00:00Z", tick=False):
        assert (await aged.run(removing(7))).seq == 10
    assert await verify(aged, PUBLIC) == Verdict(10, 10, 10, ())
    await aged.run(partial(audit.append, deeds=deeds(1, "new")))
    assert await verify(aged, PUBLIC) == Verdict(11, 10, 10, ())


async def test_a_removal_that_the_gateways_key_did_not_sign_excuses_nothing(aged):
    with time_machine.travel("2026-01-01T12:00:00Z", tick=False):
        await aged.run(removing(7, Ed25519PrivateKey.generate()))
    assert places(await verify(aged, PUBLIC)) == {1}


async def test_tampering_after_a_removal_is_found_as_before(aged):
    with time_machine.travel("2026-01-01T12:00:00Z", tick=False):
        await aged.run(removing(7))
    verdict = await tampered(aged, "DELETE FROM audit_entry WHERE seq = 6", "DELETE FROM audit_mention WHERE seq = 6")
    assert places(verdict) == {6}


async def test_a_day_that_its_year_does_not_have_is_the_last_of_february(aged):
    with time_machine.travel("2028-02-29T12:00:00Z", tick=False):
        assert (await aged.run(removing(9))).seq == 5


def test_the_command_says_what_it_found_and_its_exit_code_too(tmp_path):
    public = signing_key(tmp_path)
    asyncio.run(_command_world(tmp_path, public))
    run = partial(CliRunner().invoke, app)
    where = ["--data-dir", str(tmp_path)]
    good = run(["audit", "verify", *where])
    assert (good.exit_code, "10 entries" in good.output) == (0, True)
    kept = tmp_path / "kept.jsonl"
    kept.write_text(run(["audit", "anchors", *where]).output)
    assert len(kept.read_text().splitlines()) == 1
    asyncio.run(_cut(tmp_path))
    assert run(["audit", "verify", *where]).exit_code == 0
    bad = run(["audit", "verify", *where, "--anchors", str(kept)])
    assert (bad.exit_code, "entry 8" in bad.output) == (1, True)
    assert run(["audit", "verify", *where, "--key", str(kept)]).exit_code == 1


def test_entries_are_removed_only_under_a_term_that_has_begun(tmp_path):
    asyncio.run(_command_world(tmp_path, signing_key(tmp_path)))
    file, run = tmp_path / "partnership.yaml", partial(CliRunner().invoke, app)
    where = ["audit", "prune", "--data-dir", str(tmp_path), "--partnership", str(file)]
    for terms, exit_code, said in (
        ("[]", 1, "kept for ever"),
        ("[{starts: 2999-01-01, years: 1}]", 1, "kept for ever"),
        ("[{starts: 2020-01-01, years: 1}, {starts: 2021-01-01, years: 7}]", 0, "older than 7 years"),
    ):
        file.write_text(f"{PARTNERSHIP}audit_terms: {terms}\n")
        done = run(where)
        assert (done.exit_code, said in " ".join(done.output.split())) == (exit_code, True)
    elsewhere = run([*where[:3], str(tmp_path / "elsewhere"), *where[4:]])
    assert (elsewhere.exit_code, list(tmp_path.glob("elsewhere/*"))) == (1, [])
    with time_machine.travel("2040-01-01T12:00:00Z", tick=False):
        assert "up to number 10 were removed" in run(where).output
    assert run(["audit", "verify", "--data-dir", str(tmp_path)]).exit_code == 0


async def _command_world(folder, key: Ed25519PrivateKey) -> None:
    database = Database(sqlite_store(folder, "gateway"), "gateway")
    await database.run(partial(audit.append, deeds=deeds(10)))
    await database.run(partial(add, key=key))
    await database.close()


async def _cut(folder) -> None:
    database = Database(f"sqlite:///{folder}/gateway.db", "gateway")
    gone = [f"DELETE FROM audit_{table} WHERE seq > 7" for table in ("entry", "mention", "anchor")]
    await tampered(database, *gone)
    await database.close()


async def test_who_reads_waits_for_the_entry_alone_and_what_is_anchored_is_in_the_index(database):
    await database.run(partial(audit.append, deeds=deeds(120)))
    assert await mentioned(database) == 0
    assert await verify(database, PUBLIC) == Verdict(120, 0, 0, ())
    await asyncio.gather(*(audit.index_all(database) for _ in range(3)))
    assert await mentioned(database) == 120
    await database.run(partial(audit.append, deeds=deeds(1)))
    await database.run(partial(add, key=KEY))
    assert await mentioned(database) == 121
    verdict = await tampered(database, "DELETE FROM audit_mention WHERE seq = 121")
    assert [fault.seq for fault in verdict.faults] == [121], "it is anchored, so it was in the index"


async def mentioned(database: Database) -> int:
    """How many entries are in the index."""
    async with database.read() as connection:
        return len({seq for _, index in [page async for page in audit.pages(connection)] for seq in index})

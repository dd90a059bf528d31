"""Digests by e-mail, over a real SMTP server: how many wait, never what; none lost, and none to who may not have it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from pydantic import ValidationError

from services.referrals import bootstrap
from services.referrals.clients.mail import Mail, Server
from services.referrals.handlers import letters
from services.referrals.handlers.clock import ring_due
from services.referrals.handlers.ruling import Ruling
from services.referrals.settings import ReferralsSettings, Tls
from shared.runtime.clock import utc_now
from tests.integration.referrals.beat import Beat
from tests.integration.referrals.test_outcomes import tell
from tests.support.processes import free_port

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Box:
    """What an SMTP server was given. It answers `says` to a recipient, once each where there are several."""

    port: int = field(default_factory=free_port)
    messages: list[Message] = field(default_factory=list)
    says: list[str] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return self.says.pop(0) if self.says else "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.messages.append(message_from_bytes(envelope.content))
        return "250 OK"

    @property
    def mail(self) -> Mail:
        return Mail(Server("127.0.0.1", self.port, "joinedup@example.org", tls=False, starttls=False))

    def texts(self) -> dict[str, str]:
        return {str(one["To"]): str(one.get_payload()) for one in self.messages}


@pytest.fixture
def box() -> Iterator[Box]:
    made = Box()
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    yield made
    controller.stop()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


async def write(beat: Beat) -> None:
    await letters.write(beat.database, bootstrap.rules(beat.settings).current(), HOUR)


async def two_cards(beat: Beat) -> list[str]:
    """At the fire service, whose desk has one of its people; the officer who filed them is in the contacts too."""
    fire = await beat.adopt("fire")
    person = await beat.officer("fire", "Holly", email="holly@fire.example")
    await beat.post("fire", "/v1/contacts", {"role": "Protection", "people": [person], "mailbox": "desk@fire.example"})
    await beat.officer("council", "ann", email="ann@council.example")
    await write(beat)
    return [(await beat.file("council/ann", fire["blocked-exits"]))["has_it"][0]["referral_id"] for _ in range(2)]


async def test_a_digest_says_how_many_wait_and_are_late_and_nothing_of_them(
    beat: Beat, clock: time_machine.Traveller, box: Box
) -> None:
    first, second = await two_cards(beat)
    clock.shift(timedelta(days=4))
    await beat.step("fire/bob", second, "accept", 1)
    await ring_due(beat.database)
    clock.shift(2 * HOUR)
    await asyncio.gather(*(write(beat) for _ in range(3)))
    await asyncio.gather(*(letters.send(beat.database, box.mail) for _ in range(3)))
    assert sorted(str(one["To"]) for one in box.messages) == ["ann@council.example", "holly@fire.example"]
    told = box.texts()
    assert told["holly@fire.example"].splitlines()[:2] == [
        "2 referrals for your desk wait for you.",
        "1 referral is past its clock.",
    ]
    assert told["ann@council.example"].splitlines()[0] == "There is news of 2 cards of yours."
    said = "".join(str(one) for one in box.messages)
    assert not any(word in said for word in ("Dragon", "Mattresses", "High Street", "council/", first, "exits"))
    clock.shift(2 * HOUR)
    await write(beat)
    assert await letters.send(beat.database, box.mail) == 0


async def test_a_letter_outlives_a_server_that_is_away_and_a_process_that_dies_before_it_notes_that_it_was_sent(
    beat: Beat, clock: time_machine.Traveller, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_cards(beat)
    clock.shift(2 * HOUR)
    await write(beat)
    box.says = ["451 not now"]
    await letters.send(beat.database, box.mail)
    assert (len(box.messages), await letters.send(beat.database, box.mail)) == (0, 0)
    clock.shift(HOUR)
    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(letters.store, "remove", _dies)
        await letters.send(beat.database, box.mail)
    clock.shift(HOUR)
    await letters.send(beat.database, box.mail)
    clock.shift(HOUR)
    assert await letters.send(beat.database, box.mail) == 0
    assert len(box.messages) == 2
    assert len({one["Message-ID"] for one in box.messages}) == 1


async def _dies(*_: Any) -> None:
    raise KeyboardInterrupt


async def test_an_address_that_is_refused_for_good_is_not_tried_again(
    beat: Beat, clock: time_machine.Traveller, box: Box
) -> None:
    await two_cards(beat)
    clock.shift(2 * HOUR)
    await write(beat)
    box.says = ["550 no such mailbox"]
    assert await letters.send(beat.database, box.mail) == 1
    clock.shift(HOUR)
    assert (await letters.send(beat.database, box.mail), box.messages) == (0, [])


async def test_who_may_not_have_a_referral_or_an_outcome_is_not_told_that_there_is_one(
    beat: Beat, clock: time_machine.Traveller, box: Box
) -> None:
    referral, _ = await two_cards(beat)
    await tell(beat, referral, "revenue", at=MONDAY + HOUR)
    beat.rules("council-to-fire")
    clock.shift(2 * HOUR)
    await write(beat)
    assert await letters.send(beat.database, box.mail) == 0
    await Ruling(beat.database, bootstrap.rules(beat.settings)).look()
    clock.shift(2 * HOUR)
    await write(beat)
    await letters.send(beat.database, box.mail)
    assert list(box.texts()) == ["ann@council.example"]


async def test_the_role_consume_sends_what_is_due(beat: Beat, box: Box) -> None:
    counts = {"waiting": 1, "late": 0, "news": 0, "made_at": utc_now(), "due_at": utc_now()}
    async with beat.database.transaction() as tx:
        await letters.store.add(tx.connection, [{"id": "let_1", "address": "holly@fire.example", **counts}])
    mail = {"smtp_host": "127.0.0.1", "smtp_port": box.port, "smtp_tls": Tls.none, "smtp_sender": "j@example.org"}
    stop = asyncio.Event()
    role = bootstrap.consume(beat.settings.model_copy(update=mail | {"clock_seconds": 0.05}))
    running = asyncio.create_task(role(stop))
    async with asyncio.timeout(20):
        while not box.messages and not running.done():
            await asyncio.sleep(0.05)
    stop.set()
    await running
    assert box.texts()["holly@fire.example"].startswith("1 referral for your desk waits for you.")


def test_mail_without_tls_stays_on_this_machine(beat_settings: dict[str, Any]) -> None:
    ReferralsSettings(**beat_settings, smtp_host="localhost", smtp_tls="none")
    with pytest.raises(ValidationError, match="SMTP_TLS"):
        ReferralsSettings(**beat_settings, smtp_host="mail.example.org", smtp_tls="none")


@pytest.fixture
def beat_settings(tmp_path: Any) -> dict[str, Any]:
    urls = {"database_url": "sqlite:///x", "log_url": "x", "keys_url": "x", "linker_url": "x"}
    return urls | {"smtp_sender": "a@b.example", "partnership_file": tmp_path}

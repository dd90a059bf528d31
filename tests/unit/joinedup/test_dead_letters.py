"""`joinedup log dead-letters`: what was set aside is told of without its content, and put back once."""

import asyncio
from pathlib import Path

from typer.testing import CliRunner

from joinedup.__main__ import app
from shared.runtime.dead_letter import dead_letter
from shared.runtime.eventlog import Delivered, Message, open_log

TOPIC = "linker.businesses"


def test_what_one_group_set_aside_is_listed_without_content_and_put_back_once(tmp_path: Path) -> None:
    event = Delivered(TOPIC, "biz_1", b"the name of somebody")
    asyncio.run(_append(tmp_path, *(dead_letter(event, ValueError("somebody"), 5, group) for group in ("a", "b"))))
    listed = _run(tmp_path)
    assert "Set aside of linker.businesses: 2" in listed
    assert "ValueError" in listed
    assert "somebody" not in listed
    assert [_run(tmp_path, "--group", "a", "--replay") for _ in range(2)] == [
        f"{count} put back on {TOPIC}.\n" for count in (1, 0)
    ]
    assert asyncio.run(_held(tmp_path)) == [event.value]


def _run(folder: Path, *more: str) -> str:
    done = CliRunner().invoke(app, ["log", "dead-letters", "--topic", TOPIC, "--data-dir", str(folder), *more])
    assert done.exit_code == 0, done.output
    return done.output


async def _append(folder: Path, *messages: Message) -> None:
    log = await open_log(f"embedded://{folder}/log.db")
    await log.append(messages)
    await log.close()


async def _held(folder: Path) -> list[bytes]:
    log = await open_log(f"embedded://{folder}/log.db")
    found = await log.fetch(TOPIC, {}, 10, 1.0)
    await log.close()
    return [message.value for message in found]

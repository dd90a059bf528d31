"""`joinedup model` on the store of a linker, as an operator uses it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from joinedup.__main__ import app
from services.linker.domain.model import default_model
from tests.integration.linker.switching import STRICT, until_done
from tests.integration.linker.world import THREE_AUDIENCES, World, opened, received, record

SWITCHBOARD = "0208 825 5000"
EVENTS = (
    received("council", "1", record()),
    received("fire", "1", record()),
    received("hmrc", "2", record("Southall Tyres", 240, postcode="UB2 4XX")),
)


def joinedup(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["model", *arguments], env={"COLUMNS": "200"})


def in_world(url: str, work: Callable[[World], Awaitable[None]]) -> None:
    async def go() -> None:
        async with opened(url) as world:
            await work(world)

    asyncio.run(go())


async def fill(world: World) -> None:
    await world.settle(THREE_AUDIENCES)
    await world.take(*EVENTS)


@pytest.fixture
def strict(tmp_path: Path) -> str:
    path = tmp_path / "strict.json"
    path.write_bytes(STRICT)
    return str(path)


def test_publish_compare_switch_and_list(url: str, strict: str) -> None:
    in_world(url, fill)
    assert joinedup("publish", strict, "--store", url).exit_code == 0
    compared = joinedup("compare", default_model().version, "strict", "--store", url)
    assert compared.exit_code == 3, compared.output
    assert "2 businesses would be 3: 0 merges, 1 splits" in compared.output
    assert "strict" in joinedup("list", "--store", url).output
    assert joinedup("switch", "strict", "--store", url).exit_code == 0
    assert "being linked by" in joinedup("list", "--store", url).output
    in_world(url, until_done)
    listed = {line.split()[1]: line for line in joinedup("list", "--store", url).output.splitlines() if "2026" in line}
    assert "in force" in listed["strict"]
    assert "in force" not in listed[default_model().version]


async def one_switchboard(world: World) -> None:
    await world.settle(THREE_AUDIENCES)
    names = ("Anchor", "Bridge", "Crown", "Dolphin", "Eagle", "Fox", "Globe", "Harp", "Ivy", "Jolly", "Kings", "Lamb")
    shops = (record(f"{name} Inn", door, phone=SWITCHBOARD) for door, name in enumerate(names, start=1))
    await world.take(*(received("council", str(place), shop) for place, shop in enumerate(shops)))


def test_what_is_common_is_counted_on_the_model_in_force_and_counts_no_more(
    url: str, strict: str, tmp_path: Path
) -> None:
    in_world(url, one_switchboard)
    joinedup("publish", strict, "--store", url)
    joinedup("switch", "strict", "--store", url)
    in_world(url, until_done)
    out = tmp_path / "counted.json"
    done = joinedup("count", "--store", url, "--version", "counted", "--out", str(out))
    assert (done.exit_code, "too common to be evidence: 1." in done.output) == (0, True), done.output
    assert "Weights as in strict" in out.with_suffix(".md").read_text()
    assert orjson.loads(out.read_bytes())["clustering"]["threshold"] == 60.0
    assert joinedup("publish", str(out), "--store", url).exit_code == 0


def test_where_there_are_no_records_nothing_is_counted_and_nothing_written(url: str, tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    refused = joinedup("count", "--store", url, "--version", "counted", "--out", str(out))
    assert (refused.exit_code, "no records to count" in refused.output) == (1, True)
    assert not out.exists()


def test_a_version_that_is_no_name_is_refused_before_anything_is_done(url: str, tmp_path: Path) -> None:
    refused = joinedup("count", "--store", url, "--version", "a b", "--out", str(tmp_path / "x.json"))
    assert (refused.exit_code, "up to 63 letters" in refused.output) == (2, True)


def test_what_cannot_be_done_is_refused_with_the_reason(url: str, strict: str) -> None:
    in_world(url, fill)
    unknown = joinedup("switch", "nobody", "--store", url)
    assert (unknown.exit_code, "not published" in unknown.output) == (1, True)
    joinedup("publish", strict, "--store", url)
    raw = orjson.loads(Path(strict).read_bytes())
    Path(strict).write_bytes(orjson.dumps(raw | {"identity_ceilings": {}}))
    again = joinedup("publish", strict, "--store", url)
    assert (again.exit_code, "another name" in again.output) == (1, True)


def test_what_is_no_store_is_refused_and_not_made(tmp_path: Path) -> None:
    nowhere = tmp_path / "none.db"
    for command in (["list"], ["switch", "x"], ["compare", "shipped", "shipped"]):
        refused = joinedup(*command, "--store", f"sqlite:///{nowhere}")
        assert (refused.exit_code, "no linker's store" in " ".join(refused.output.split())) == (1, True)
    assert not nowhere.exists()


def test_compare_needs_records_from_one_place(url: str, strict: str) -> None:
    neither = joinedup("compare", "shipped", strict)
    assert neither.exit_code == 1
    assert "--feed" in neither.output
    assert "--store" in neither.output

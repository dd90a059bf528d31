"""Which businesses another model would merge, split or change; told by name, by feed, and by exit code."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from joinedup.__main__ import app
from joinedup.model.difference import difference
from joinedup.model.material import Material
from services.linker.domain.model import Model, default_model, shipped_model
from services.linker.domain.normalise import normalise
from shared.contracts.record import Address, Name, Record

MODEL = default_model()
NOTHING = replace(MODEL, clustering=replace(MODEL.clustering, threshold=60.0))
RUN = CliRunner()


def material(**records: tuple[str, str, int]) -> Material:
    """By id: feed, name, number."""
    mentions = {
        id_: normalise(
            Record(
                names=(Name(value=name),),
                address=Address(lines=(f"{number} The Broadway",), town="Southall", postcode="UB1 1AA"),
            )
        )
        for id_, (_, name, number) in records.items()
    }
    return Material(mentions, {id_: feed for id_, (feed, _, _) in records.items()})


SHOPS = material(
    a=("food", "Chicken Shop", 12), b=("fire", "Chicken Shop", 12), c=("food", "Quux Tyres", 40), d=("tax", "Zed", 7)
)


def kinds(now: Model, then: Model) -> Mapping[str, int]:
    found = difference(SHOPS, now, then)
    return {kind: found.count(kind) for kind in ("merge", "split", "change")}


def test_what_one_model_joins_and_the_other_does_not_is_a_split_or_a_merge() -> None:
    assert kinds(MODEL, NOTHING) == {"merge": 0, "split": 1, "change": 0}
    assert kinds(NOTHING, MODEL) == {"merge": 1, "split": 0, "change": 0}
    assert kinds(MODEL, MODEL) == {"merge": 0, "split": 0, "change": 0}


def test_it_says_which_records_and_of_which_feeds() -> None:
    found = difference(SHOPS, NOTHING, MODEL)
    assert (found.businesses_before, found.businesses_after) == (4, 3)
    assert found.changes[0].before == (("a",), ("b",))
    assert found.changes[0].after == (("a", "b"),)
    assert found.records == {"fire": 1, "food": 1}


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    rows = "id,name,address,postcode\n1,Chicken Shop,12 The Broadway,UB1 1AA\n"
    spec = Path(__file__).with_name("shops.yaml").read_text(encoding="utf-8")
    arguments = []
    for feed in ("food", "fire"):
        (tmp_path / f"{feed}.csv").write_text(rows, encoding="utf-8")
        (tmp_path / f"{feed}.yaml").write_text(spec.replace("FEED", feed), encoding="utf-8")
        arguments += ["--feed", f"{tmp_path}/{feed}.yaml={tmp_path}/{feed}.csv"]
    return arguments


@pytest.fixture
def strict(tmp_path: Path) -> str:
    raw = orjson.loads(shipped_model())
    raw["version"] = "strict"
    raw["clustering"].update(threshold=60.0, upper=60.0)
    path = tmp_path / "strict.json"
    path.write_bytes(orjson.dumps(raw))
    return str(path)


def test_the_command_names_the_businesses_and_ends_with_three(files: list[str], strict: str) -> None:
    ended = RUN.invoke(app, ["model", "compare", "shipped", strict, *files])
    assert ended.exit_code == 3, ended.output
    assert "1 splits" in ended.output
    assert "Chicken Shop" in ended.output


def test_the_command_ends_with_nought_where_nothing_differs(files: list[str]) -> None:
    assert RUN.invoke(app, ["model", "compare", "shipped", "shipped", *files]).exit_code == 0


def test_the_command_gives_json_alone(files: list[str], strict: str) -> None:
    ended = RUN.invoke(app, ["model", "compare", strict, "shipped", *files, "--json"])
    found = orjson.loads(ended.stdout[ended.stdout.index("{") :])
    assert found["changes"] == {"merge": 1, "split": 0, "change": 0}
    assert found["records_moved_by_feed"] == {"fire": 1, "food": 1}


def test_a_file_that_is_no_model_is_refused_by_field(files: list[str], tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    ended = RUN.invoke(app, ["model", "compare", "shipped", str(tmp_path / "bad.json"), *files])
    assert ended.exit_code == 1
    assert "terms: Field required" in ended.output

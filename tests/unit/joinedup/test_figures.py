"""The figures of a demonstration."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console

from joinedup.figures import KEYS, Figures, judge, table, write_json

FIGURES = Figures(
    records_sent=10,
    records_accepted=9,
    records_quarantined=1,
    businesses=4,
    known_to_two_or_more=2,
    known_to_three_or_more=1,
    concerns_in_two_or_more_regimes=1,
    concerns_in_three_or_more_regimes=0,
    risk_events=3,
    seconds=1.5,
)
TRUTH = {("food", "1"): "A", ("fire", "1"): "A", ("food", "2"): "B"}


async def graph(businesses: Mapping[tuple[str, str], str]) -> AsyncIterator[dict[str, Any]]:
    for (feed, source_ref), business in businesses.items():
        yield {"feed": feed, "source_ref": source_ref, "business_id": business}


async def test_a_graph_that_agrees_with_the_truth_is_perfect() -> None:
    scores = await judge(graph({("food", "1"): "x", ("fire", "1"): "x", ("food", "2"): "y"}), TRUTH)
    assert scores["pairs"]["f1"] == scores["clusters"]["f1"] == 1.0


async def test_a_record_that_never_arrived_costs_recall() -> None:
    scores = await judge(graph({("food", "1"): "x", ("food", "2"): "y"}), TRUTH)
    assert scores["pairs"]["recall"] == 0.0
    assert scores["clusters"]["recall"] == 0.5


async def test_merging_two_businesses_costs_precision() -> None:
    scores = await judge(graph(dict.fromkeys(TRUTH, "x")), TRUTH)
    assert scores["pairs"]["precision"] < 0.5
    assert scores["pairs"]["recall"] == 1.0


def test_every_number_is_shown_with_its_definition_and_share() -> None:
    console = Console(width=100, record=True, file=None)
    with console.capture() as shown:
        console.print(table(FIGURES, {key: f"Meaning of {key}." for key in KEYS}))
    text = shown.get()
    assert all(f"Meaning of {key}." in text for key in KEYS)
    assert "50 %" in text
    assert "Of 10 sent; 1 wait in quarantine" in text


def test_a_few_of_thousands_are_not_said_to_be_none() -> None:
    many = Figures(**_as_dict() | {"businesses": 3491, "known_to_three_or_more": 4, "known_to_two_or_more": 93})
    console = Console(width=100, record=True, file=None)
    with console.capture() as shown:
        console.print(table(many, dict.fromkeys(KEYS, "")))
    text = shown.get()
    assert "3 %" in text
    assert "< 1 %" in text


def test_the_written_figures_have_the_agreed_keys(tmp_path: Path) -> None:
    scores = {"precision": 0.98765, "recall": 1.0, "f1": 0.99, "predicted": 1.0, "true": 1.0, "correct": 1.0}
    write_json(tmp_path / "f.json", FIGURES, {"pairs": scores, "clusters": scores})
    written = orjson.loads((tmp_path / "f.json").read_bytes())
    assert written["truth"]["pairs"] == {"precision": 0.9877, "recall": 1.0, "f1": 0.99}
    assert written["records_sent"] == 10


def test_rows_that_are_nowhere_are_noticed() -> None:
    assert FIGURES.accounted_for
    assert not Figures(**{**_as_dict(), "records_accepted": 8}).accounted_for


def _as_dict() -> dict[str, Any]:
    return {name: getattr(FIGURES, name) for name in Figures.__dataclass_fields__}

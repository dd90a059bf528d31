"""The figures of a demonstration, as the seed's Table 1 gives them, and how they are shown and written."""

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
from rich.table import Table

from joinedup.linking import evaluate
from joinedup.source import Truth
from shared.contracts.identifiers import record_id

Graph = AsyncIterator[dict[str, Any]]

KEYS = (
    "businesses",
    "known_to_two_or_more",
    "known_to_three_or_more",
    "concerns_in_two_or_more_regimes",
    "concerns_in_three_or_more_regimes",
)


@dataclass(frozen=True, slots=True)
class Statistics:
    """The linker's figures for one agency's view, with its definitions of them. `at`: on the monotonic clock."""

    records: int
    businesses: int
    known_to_two_or_more: int
    known_to_three_or_more: int
    concerns_in_two_or_more_regimes: int
    concerns_in_three_or_more_regimes: int
    definitions: dict[str, str]
    at: float

    @classmethod
    def read(cls, answer: dict[str, Any]) -> "Statistics":
        numbers = {name: answer[name]["value"] for name in ("records", *KEYS)}
        return cls(**numbers, definitions={name: answer[name]["definition"] for name in KEYS}, at=monotonic())


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run counted. `definitions` are the linker's own words for its numbers."""

    records_sent: int
    records_accepted: int
    records_quarantined: int
    businesses: int
    known_to_two_or_more: int
    known_to_three_or_more: int
    concerns_in_two_or_more_regimes: int
    concerns_in_three_or_more_regimes: int
    risk_events: int
    seconds: float

    @property
    def accounted_for(self) -> bool:
        return self.records_sent == self.records_accepted + self.records_quarantined


async def judge(graph: Graph, truth: Truth) -> dict[str, dict[str, float]]:
    """Pairs and clusters of the graph against the truth. A record that is not in the graph stands alone."""
    found = {(row["feed"], row["source_ref"]): row["business_id"] async for row in graph}
    ids = {key: record_id(*key) for key in truth}
    predicted = {ids[key]: found.get(key, f"absent {ids[key]}") for key in truth}
    return evaluate(predicted, {ids[key]: business for key, business in truth.items()})


def write_json(path: Path, figures: Figures, truth: dict[str, dict[str, float]] | None) -> None:
    content: dict[str, Any] = asdict(figures)
    if truth:
        content["truth"] = {name: _rounded(scores) for name, scores in truth.items()}
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))


def _rounded(scores: dict[str, float]) -> dict[str, float]:
    return {key: round(scores[key], 4) for key in ("precision", "recall", "f1")}


def table(figures: Figures, definitions: dict[str, str]) -> Table:
    """Each number with its share of the businesses, and what it means underneath."""
    shown = Table(title="What the agencies know together", title_justify="left", show_lines=True, min_width=76)
    shown.add_column("")
    shown.add_column("Number", justify="right")
    shown.add_column("%", justify="right")
    for label, number, share, meaning in _rows(figures, definitions):
        shown.add_row(f"{label}\n[dim]{meaning}[/]", number, share)
    return shown


def _rows(figures: Figures, definitions: dict[str, str]) -> list[tuple[str, str, str, str]]:
    rows = [
        ("Records compared", figures.records_accepted, None, _compared(figures)),
        ("Individual businesses", figures.businesses, None, definitions["businesses"]),
        *((_LABELS[key], getattr(figures, key), figures.businesses, definitions[key]) for key in KEYS[1:]),
        ("Risk changes on the stream", figures.risk_events, None, "Events that arrived at a subscriber meanwhile."),
    ]
    shown = [(label, f"{number:,}", _percent(number, whole), meaning) for label, number, whole, meaning in rows]
    took = "From the first file sent to the last risk change received; nobody compared anything by hand."
    return [*shown, ("Time taken", f"{figures.seconds:.1f} s", "", took)]


_LABELS = {
    "known_to_two_or_more": "Known to two or more agencies",
    "known_to_three_or_more": "Known to three or more agencies",
    "concerns_in_two_or_more_regimes": "With concerns in two or more regimes",
    "concerns_in_three_or_more_regimes": "With concerns in three or more regimes",
}


def _compared(figures: Figures) -> str:
    return f"Of {figures.records_sent:,} sent; {figures.records_quarantined:,} wait in quarantine with their reasons."


def _percent(number: int, whole: int | None) -> str:
    if not whole:
        return ""
    return "< 1 %" if 0 < number < whole / 100 else f"{100 * number / whole:.0f} %"


def truth_line(truth: dict[str, dict[str, float]]) -> str:
    pairs, clusters = truth["pairs"], truth["clusters"]
    return (
        f"Against the known truth: pairs of records F1 {pairs['f1']:.3f} (precision {pairs['precision']:.3f}, recall "
        f"{pairs['recall']:.3f}); businesses found exactly F1 {clusters['f1']:.3f} (precision "
        f"{clusters['precision']:.3f}, recall {clusters['recall']:.3f})."
    )

"""`joinedup demo` as a newcomer runs it, in small."""

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import ROOT

pytestmark = pytest.mark.slow

KEYS = {
    "records_sent",
    "records_accepted",
    "records_quarantined",
    "businesses",
    "known_to_two_or_more",
    "known_to_three_or_more",
    "concerns_in_two_or_more_regimes",
    "concerns_in_three_or_more_regimes",
    "risk_events",
    "seconds",
}
SPEC = """
id: {feed}
title: Register
agency: {feed}-office
regime: {feed}
category: inspections
format: {{kind: csv}}
mode: snapshot
retention_days: 365
expected_every_hours: 24
mapping:
  source_ref: ref
  names: [{{column: name}}]
  address: {{text: address, postcode: postcode}}
  observation: {{rating: rating, outcomes: {{bad: 4, good: nothing_found}}, observed_on: seen}}
"""
FOOD = """ref,name,address,postcode,rating,seen
F1,The Chicken Shop,12 The Broadway,ZA1 1AA,bad,2026-10-01
F2,Blue Anchor,3 Fore Street,ZA1 2BB,good,2026-10-01
F3,Harbour Fish Bar,8 Quay Road,ZA1 3CC,bad,31/02/2026
"""
FIRE = """ref,name,address,postcode,rating,seen
A1,Chicken Shop,12 Broadway,ZA1 1AA,bad,2026-09-01
"""


def test_the_made_up_partnership_ends_in_figures_that_agree_with_each_other_and_with_the_truth(tmp_path: Path) -> None:
    figures = _demo(tmp_path, "--businesses", "150", "--records", "320")
    assert figures.keys() == {*KEYS, "truth"}
    assert figures["records_sent"] == 320 == figures["records_accepted"] + figures["records_quarantined"]
    assert 110 <= figures["businesses"] <= 190
    assert figures["businesses"] >= figures["known_to_two_or_more"] >= figures["known_to_three_or_more"] > 0
    assert figures["known_to_two_or_more"] >= figures["concerns_in_two_or_more_regimes"]
    assert figures["risk_events"] == _told(tmp_path) > 0
    assert figures["truth"].keys() == {"pairs", "clusters"}
    assert figures["truth"]["pairs"].keys() == {"precision", "recall", "f1"}
    assert figures["truth"]["pairs"]["f1"] > 0.85


def test_a_folder_of_registers_with_their_specifications_is_accounted_for_row_by_row(tmp_path: Path) -> None:
    folder = tmp_path / "registers"
    folder.mkdir()
    for feed, rows in (("food", FOOD), ("fire", FIRE)):
        (folder / f"{feed}.yaml").write_text(SPEC.format(feed=feed))
        (folder / f"{feed}.csv").write_text(rows)
    figures = _demo(tmp_path, "--real", str(folder))
    assert figures.keys() == KEYS
    assert (figures["records_sent"], figures["records_accepted"], figures["records_quarantined"]) == (4, 3, 1)
    assert (figures["businesses"], figures["known_to_two_or_more"]) == (2, 1)
    assert figures["concerns_in_two_or_more_regimes"] == 1


def test_the_picture_in_the_readme_and_its_figures_are_those_that_the_demonstration_prints(tmp_path: Path) -> None:
    """Those that vary neither from run to run nor from day to day. `make picture` draws it again."""
    picture = tmp_path / "demo.svg"
    _demo(tmp_path, "--picture", str(picture))
    assert _lasting(_drawn(ROOT / "docs/demo.svg")) == _lasting(_drawn(picture))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    scores = re.findall(r"F1 ([\d.]+) \(precision ([\d.]+), recall ([\d.]+)\)", " ".join(_drawn(picture)))
    assert len(scores) == 2
    for f1, precision, recall in scores:
        assert f"precision {precision}, recall {recall}, F1 {f1}" in readme


def _drawn(picture: Path) -> list[str]:
    """The lines of a terminal."""
    lines: dict[str, str] = {}
    for height, text in re.findall(r'<text class="[^"]*-r\d+"[^>]* y="([^"]+)"[^>]*>(.*?)</text>', picture.read_text()):
        lines[height] = lines.get(height, "") + unescape(text).replace("\xa0", " ")
    return [line.strip() for line in lines.values()]


def _lasting(lines: list[str]) -> list[str]:
    """What was taken of each feed, the numbers of businesses, and how they compare with the truth."""
    said = ("taken, 0 in", "Records compared", "Individual businesses", "Known to", "known truth", "found exactly")
    return [line for line in lines if any(words in line for words in said)]


def _told(folder: Path) -> int:
    """Of risk, to the one audience that there is."""
    with closing(sqlite3.connect(f"file:{folder / 'data' / 'log.db'}?mode=ro", uri=True)) as log:
        return int(log.execute("SELECT sum(next) FROM partition WHERE topic = 'linker.risk'").fetchone()[0])


def _demo(folder: Path, *options: str) -> dict[str, Any]:
    written = folder / "figures.json"
    where = ("--data-dir", str(folder / "data"), "--port", "0", "--json", str(written))
    command = [sys.executable, "-m", "joinedup", "demo", "--once", *where, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    figures: dict[str, Any] = json.loads(written.read_bytes())
    return figures

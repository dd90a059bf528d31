"""The impact assessment and the transparency record say what the configuration says, and mark what people must say."""

import re
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from joinedup.__main__ import app
from joinedup.duties.commands import DOCUMENTS, filled
from joinedup.stack import DEFAULT_PARTNERSHIP, ROOT

DAY = date(2026, 11, 22)
RULES = """
retention: [{category: licensing, longest_days: 90, starts: 2026-01-01, review_on: 2027-01-01, source: our schedule}]
law_enforcement:
- {agencies: [food-safety], categories: [inspection-ratings, concern-cards], purposes: [crime], starts: 2026-01-01,
   review_on: 2027-01-01, source: the Act}
"""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_shipped_document_is_what_the_configuration_gives_today(name: str) -> None:
    shipped = (ROOT / "docs" / "duties" / name).read_text(encoding="utf-8")
    said = re.search(r"as of (\d{4}-\d\d-\d\d)", shipped)
    assert said
    remedy = f"joinedup duties documents --out docs/duties --day {said[1]}"
    assert filled(DEFAULT_PARTNERSHIP, [], date.fromisoformat(said[1]))[name] == shipped, remedy


def test_what_the_partnership_changes_the_document_says(tmp_path: Path) -> None:
    file = tmp_path / "partnership.yaml"
    file.write_text(DEFAULT_PARTNERSHIP.read_text() + RULES)
    text = filled(file, [], DAY)["dpia.md"]
    assert "| home-office-sponsors | licensing | 90 | category | our schedule | 2027-01-01 |" in text
    assert re.search(r"\| food-safety \| decisions, licensing, .*joint-compliance", text), "no longer its ratings"
    assert "| ealing-food-hygiene | food-safety | inspection-ratings | part_3 |" in text
    assert "| card | concern-cards | part_3 for food-safety, else uk_gdpr |" in text
    revoked = file.read_text().replace("status: active", "status: revoked")
    file.write_text(revoked)
    text = filled(file, [], DAY)["dpia.md"]
    assert "Nobody receives anything." in text
    assert "- `demonstration-food-safety` for food-safety: Its status is revoked, not active." in text


def test_the_documents_are_of_the_feeds_that_are_given(tmp_path: Path) -> None:
    spec = ROOT / "services" / "ingest" / "catalogue" / "ealing-food-hygiene.yaml"
    said = CliRunner().invoke(app, ["duties", "documents", "--out", str(tmp_path), "--feed", str(spec)])
    assert said.exit_code == 0, said.output
    text = (tmp_path / "atrs.md").read_text()
    assert "ealing-food-hygiene" in text
    assert "fhrs-api" not in text
    assert "**[officer" in text


def test_a_faulty_partnership_is_refused_with_what_to_mend(tmp_path: Path) -> None:
    file = tmp_path / "partnership.yaml"
    file.write_text("id: x")
    said = CliRunner().invoke(app, ["duties", "documents", "--out", str(tmp_path), "--partnership", str(file)])
    assert said.exit_code == 1

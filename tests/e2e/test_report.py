"""The report's page and its paper can be read by everybody: WCAG 2.2 AA by axe-core, PDF/UA-1 by veraPDF."""

from pathlib import Path

import pytest

from services.calendar.handlers.printing import as_html, as_pdf
from tests.e2e.for_everybody import is_accessible
from tests.e2e.pages import SCREEN
from tests.support.chromium import Chromium
from tests.support.verapdf import VeraPdf
from tests.unit.calendar.test_evaluation import printed

pytestmark = pytest.mark.slow


def test_axe_finds_nothing_on_the_reports_page_on_a_small_screen(chromium: Chromium) -> None:
    page = chromium.browser.new_page(viewport=SCREEN)
    page.set_content(as_html(printed()))
    is_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"]
    page.close()


def test_verapdf_finds_that_the_paper_keeps_to_pdf_ua(verapdf: VeraPdf, tmp_path: Path) -> None:
    paper = tmp_path / "report.pdf"
    paper.write_bytes(as_pdf(printed()))
    assert verapdf.says(paper) == "PASS  ua1"
    paper.write_bytes(paper.read_bytes().replace(b"/Marked true", b"/Marked null"))
    assert verapdf.says(paper).startswith("FAIL"), "what is not tagged does not pass"

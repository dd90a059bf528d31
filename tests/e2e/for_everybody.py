"""Whether everybody can use a page: WCAG 2.2 AA as far as axe-core can tell, in the light and in the dark, on a small
screen."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_LEVEL_AA = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def fits_and_is_accessible(page: Page, path: str) -> None:
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    for scheme, rules in (("light", _LEVEL_AA), ("dark", _COLOURS)):
        page.emulate_media(color_scheme=scheme)
        is_accessible(page, rules)


def is_accessible(page: Page, rules: dict[str, Any] = _LEVEL_AA) -> None:
    """What it shows now."""
    found = Axe().run(page, options=rules)
    assert not found.response["violations"], f"{page.url}: {found.generate_report()}"

"""The report on paper: an accessible page, and PDF/UA-1 by Typst."""

import base64
import hashlib
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import typst
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from shared.contracts.api.calendar.reports import BalanceFigure, Figure, PartnershipReport, Unit

_FOLDER = Path(__file__).parent.parent / "catalogue"
_NOTHING = "–"


def as_html(report: PartnershipReport) -> str:
    return _page().render(report=report, style=_style())


def page_policy() -> str:
    """What the page may do, for its Content-Security-Policy: nothing but look as it should."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"


def as_pdf(report: PartnershipReport) -> bytes:
    """Tagged, with its title and language set: ISO 14289-1. The same report is the same file."""
    said = orjson.dumps(_for_paper(report)).decode()
    made: Any = typst.compile(
        (_FOLDER / "report.typ").read_bytes(),
        format="pdf",
        sys_inputs={"report": said},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=int(datetime.combine(report.made_on, time.min, UTC).timestamp()),
    )
    return bytes(made)


@cache
def _style() -> str:
    return (_FOLDER / "report.css").read_text(encoding="utf-8")


@cache
def _page() -> Template:
    folder = FileSystemLoader(_FOLDER)
    environment = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters |= {"day": _day, "amount": amount, "money": _money, "words": _words}
    return environment.get_template("report.html")


def _for_paper(report: PartnershipReport) -> dict[str, Any]:
    """Nothing but text."""
    first = report.columns[0].figures
    return {
        "title": report.title,
        "agency": report.agency,
        "made_on": _day(report.made_on),
        "source": report.source,
        "columns": [
            {"title": one.title, "period": f"{_day(one.since)} to {_day(one.until)} {one.area or ''}".strip()}
            for one in report.columns
        ],
        "rows": [
            {
                "title": figure.title,
                "definition": figure.definition,
                "values": [amount(column.figures[number]) for column in report.columns],
            }
            for number, figure in enumerate(first)
        ],
        "outcomes": [
            {
                "agency": one.agency,
                "kind": _words(one.kind),
                "outcomes": str(one.outcomes),
                "number": str(one.number or _NOTHING),
                "money": _money(one.value_pence),
            }
            for one in report.outcomes
        ],
        "balances": [
            {"agency": one.agency, "warning": one.warning, "figures": [_balance(figure) for figure in one.figures]}
            for one in report.balances
        ],
        "confounders": [one.sentence for one in report.confounders],
    }


def _balance(figure: BalanceFigure) -> str:
    return f"{'Gives' if figure.gives else 'Gets'}: {figure.definition} {figure.value:g}"


def amount(figure: Figure) -> str:
    """The number as a person reads it."""
    if figure.value is None:
        return _NOTHING
    return f"{figure.value:.0%}" if figure.unit is Unit.share else f"{figure.value:g}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _money(pence: int) -> str:
    return f"£{pence / 100:,.2f}" if pence else _NOTHING


def _words(word: str) -> str:
    return word.replace("_", " ")

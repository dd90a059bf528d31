"""`joinedup duties`: for the people who answer for data protection."""

from datetime import date
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from joinedup.console import console, refuse
from joinedup.duties.facts import facts
from joinedup.stack import DEFAULT_PARTNERSHIP, ROOT
from joinedup.up import PartnershipFile
from services.ingest.domain.catalogue import catalogue
from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.spec_text import BadSpec, load_spec
from shared.runtime.clock import today
from shared.sharing import RulesUnreadable, load_partnership

TEMPLATES = Path(__file__).parent
DOCUMENTS = ("dpia.md", "atrs.md")
QUALITY = ROOT / "docs" / "linking-quality.md"

Folder = Annotated[Path, typer.Option("--out", help="Where to write dpia.md and atrs.md.", file_okay=False)]
Specs = Annotated[
    list[Path] | None,
    typer.Option("--feed", help="A feed's specification; the shipped ones unless given.", exists=True),
]
Day = Annotated[
    date | None,
    typer.Option("--day", parser=date.fromisoformat, metavar="YYYY-MM-DD", help="As of this day; else today."),
]

app = typer.Typer(help="What data protection law asks of a partnership.", no_args_is_help=True)


@app.callback()
def duties() -> None:
    """What data protection law asks of a partnership."""


@app.command()
def documents(
    out: Folder, partnership: PartnershipFile = DEFAULT_PARTNERSHIP, feed: Specs = None, day: Day = None
) -> None:
    """Fill the impact assessment and the algorithmic transparency record as far as the software can."""
    try:
        written = filled(partnership, feed or [], day or today())
    except (RulesUnreadable, BadSpec) as error:
        refuse(str(error))
    out.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (out / name).write_text(text, encoding="utf-8")
        console.print(f"{out / name}: {text.count('[officer')} places are left for the officer.", markup=False)


def filled(partnership: Path, feeds: list[Path], day: date) -> dict[str, str]:
    """Each document by its name. Raises RulesUnreadable or BadSpec."""
    rules = load_partnership(partnership.read_text(encoding="utf-8"))
    known = facts(rules, _specs(feeds), day, QUALITY)
    return {name: Template((TEMPLATES / name).read_text(encoding="utf-8")).substitute(known) for name in DOCUMENTS}


def _specs(files: list[Path]) -> list[FeedSpec]:
    found = [load_spec(file.read_text(encoding="utf-8")) for file in files]
    return sorted(found or catalogue().values(), key=lambda spec: spec.id)

"""Feed specifications that ship with the project: official open registers, ready to use or to copy."""

from functools import cache
from pathlib import Path

from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.spec_text import load_spec

FOLDER = Path(__file__).parent.parent / "catalogue"


@cache
def catalogue() -> dict[str, FeedSpec]:
    """Every shipped specification by its id."""
    specs = [load_spec(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
    return {spec.id: spec for spec in specs}

"""The indicators that ship with the project: dated files, each with its source, for agencies to adopt."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from shared.contracts.api.referrals.indicators import Pack, PackIndicator
from shared.contracts.identifiers import derived_id

FOLDER = Path(__file__).parent.parent / "catalogue" / "packs"


@cache
def packs() -> dict[str, Pack]:
    """Every pack by its id."""
    found = [Pack.model_validate(yaml.safe_load(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.yaml"))]
    return {pack.id: pack for pack in found}


def written_for(pack: Pack, classes: tuple[str, ...]) -> Iterator[PackIndicator]:
    """The pack's indicators that an agency of these classes may adopt unnamed."""
    return (one for one in pack.indicators if not set(one.for_).isdisjoint(classes))


def indicator_id(agency: str, slug: str) -> str:
    return derived_id("ind", agency, slug)

"""The grounds on which a request may be decided: dated data that ship with the project, for a lawyer to read."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from shared.contracts.api.duties import Ground, Outcome, Right
from shared.contracts.law import Law

FILE = Path(__file__).with_name("grounds.yaml")


@cache
def grounds() -> tuple[Ground, ...]:
    return TypeAdapter(tuple[Ground, ...]).validate_python(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def fitting(right: Right, law: Law, outcome: Outcome) -> dict[str, Ground]:
    """By id, those on which a request of this kind about records under this law may have this outcome."""
    return {one.id: one for one in grounds() if right in one.rights and (one.law, one.outcome) == (law, outcome)}

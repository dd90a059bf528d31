"""The grounds on which a request may be decided: dated data that ship with the project, for a lawyer to read."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from shared.contracts.api.duties import Ground, NewDataRequest
from shared.contracts.law import Law
from shared.contracts.problem import FieldProblem
from shared.runtime.errors import Invalid

FILE = Path(__file__).with_name("grounds.yaml")


@cache
def grounds() -> tuple[Ground, ...]:
    return TypeAdapter(tuple[Ground, ...]).validate_python(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def ground_for(asked: NewDataRequest, law: Law) -> Ground:
    """Of the grounds that the request gives, the one for things processed under this law. Raises Invalid."""
    possible = {
        one.id: one for one in grounds() if asked.right in one.rights and (one.law, one.outcome) == (law, asked.outcome)
    }
    for given in (asked.ground, asked.second_ground):
        if given in possible:
            return possible[given]
    remedy = f"Choose one that fits the law, {law}: {', '.join(possible) or 'there is none for this outcome'}."
    raise Invalid(errors=[FieldProblem(field="ground", code="does_not_fit", remedy=remedy)])

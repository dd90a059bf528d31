"""What may keep an item from being told to whom it is of. Dated data; it is pointed out, and a person decides."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import TypeAdapter

from shared.contracts.api.duties import Exemption, ItemKind
from shared.contracts.law import Law

FILE = Path(__file__).with_name("exemptions.yaml")
_INTELLIGENCE = (ItemKind.intelligence, ItemKind.sanitised)


class _Shipped(Exemption):
    when: Literal["always", "ongoing", "intelligence"]

    def could_apply(self, kind: ItemKind, law: Law, *, ongoing: bool) -> bool:
        here = {"always": True, "ongoing": ongoing, "intelligence": kind in _INTELLIGENCE}
        return self.law is law and here[self.when]


@cache
def _shipped() -> tuple[_Shipped, ...]:
    return TypeAdapter(tuple[_Shipped, ...]).validate_python(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def exemptions(kind: ItemKind, law: Law, *, ongoing: bool) -> tuple[Exemption, ...]:
    found = (one for one in _shipped() if one.could_apply(kind, law, ongoing=ongoing))
    return tuple(Exemption(**one.model_dump(exclude={"when"})) for one in found)

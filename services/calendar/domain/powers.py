"""The powers catalogue as it ships: dated data for a lawyer to read, and what follows from it.

Source: evaluation ¶45, ¶50 to ¶52 (the partnerships chose who leads by power of entry and by the sanction that fits).
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from shared.contracts.api.calendar.powers import Power, PowerKind

FILE = Path(__file__).parent.parent / "catalogue" / "powers.yaml"
CAUTION = (
    "Written down from statutes and guidance by people without a legal qualification: legal review needed. "
    "Each entry says what was read and what is uncertain."
)


@cache
def catalogue() -> tuple[Power, ...]:
    return TypeAdapter(tuple[Power, ...]).validate_python(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def powers_on(day: date, kinds: Iterable[PowerKind] = PowerKind) -> tuple[Power, ...]:
    wanted = frozenset(kinds)
    return tuple(power for power in catalogue() if power.kind in wanted and power.counts_on(day))

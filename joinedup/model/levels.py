"""What Splink's conditions call: the level that our own comparators find between two mentions."""

from collections.abc import Callable
from functools import lru_cache

from services.linker.domain.compare import COMPARATORS, Finding
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention

_REMEMBERED = 1 << 17

LevelOf = Callable[[str, str, str], str | None]


def level_of(model: Model) -> LevelOf:
    """(comparison, a mention as JSON, another) → the level, or None where one of the two does not say.

    A condition is asked once for every level that it is not, so answers are remembered for a while.
    """
    measures = {comparator.name: comparator.measure for comparator in COMPARATORS}
    read = lru_cache(_REMEMBERED)(Mention.from_json)

    @lru_cache(_REMEMBERED)
    def found(comparison: str, left: str, right: str) -> str | None:
        finding = measures[comparison](read(left), read(right), model)
        return finding.level if finding else None

    return found


def findings(a: Mention, b: Mention, model: Model) -> dict[str, Finding]:
    """What each comparison finds to which both have something to say."""
    found = {comparator.name: comparator.measure(a, b, model) for comparator in COMPARATORS}
    return {name: finding for name, finding in found.items() if finding}

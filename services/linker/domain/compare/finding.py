"""What a comparison finds, and how it says so."""

from collections.abc import Callable
from dataclasses import dataclass

from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention


@dataclass(slots=True, init=False)
class Finding:
    """The level reached, its bits of evidence, and the two values that decided, for the sentence."""

    level: str
    bits: float
    left: str
    right: str

    def __init__(self, level: str, bits: float, left: str = "", right: str = "") -> None:
        self.level = level
        self.bits = bits
        self.left = left
        self.right = right


@dataclass(frozen=True, slots=True)
class Comparator:
    """`measure` finds a level, or None where one of the two does not say; `describe` is one plain sentence about it."""

    name: str
    measure: Callable[[Mention, Mention, Model], Finding | None]
    describe: Callable[[Finding], str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of an explanation. `weight_key` is comparison/level as in the model; `bits` what it adds."""

    name: str
    level: str
    weight_key: str
    bits: float
    sentence: str

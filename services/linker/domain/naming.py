"""What to call a business of which several records give a name, and how to write an address down."""

from collections import Counter
from collections.abc import Iterable

from services.linker.domain.normalise.words import fold, split_words
from shared.contracts.record import Address


def common_name(names: Iterable[str | None]) -> str | None:
    """The name that most of them give, whatever its capitals and signs, in its best spelling; None where none is given.

    Ties go to the first in the order of the alphabet, so that the order of arrival cannot matter.
    """
    spellings = Counter(name for name in names if name)
    if len(spellings) < 2:
        return next(iter(spellings), None)
    alike = {name: _heard(name) for name in spellings}
    times: Counter[str] = Counter()
    for name, count in spellings.items():
        times[alike[name]] += count
    chosen = min(times, key=lambda heard: (-times[heard], heard))
    return min((name for name in spellings if alike[name] == chosen), key=lambda name: _worse(name, spellings[name]))


def _heard(name: str) -> str:
    return "".join(split_words(fold(name))) or name


def _worse(name: str, count: int) -> tuple[bool, int, str]:
    """CAPITALS throughout are a system's habit, seldom a name's."""
    return name.isupper() or name.islower(), -count, name


def one_line(address: Address) -> str | None:
    """As a person would write it on one line; None where the agency gave none."""
    parts = [*address.lines, address.town, address.county, address.postcode]
    said = list(dict.fromkeys(part for part in parts if part))
    return ", ".join(said) or None

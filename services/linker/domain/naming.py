"""What to call a business of which several records give a name, and where it is; how to write an address down."""

import re
from collections import Counter
from collections.abc import Callable, Iterable

from services.linker.domain.normalise.words import fold, split_words
from shared.contracts.record import Address

_DIGIT = re.compile("[0-9]")


def common_name(names: Iterable[str | None]) -> str | None:
    """The name that most of them give, whatever its capitals and signs, in its best spelling; None where none is given.

    Ties go to the first in the order of the alphabet, so that the order of arrival cannot matter.
    """
    return _commonest(names, lambda _: 0)


def common_address(addresses: Iterable[str | None]) -> str | None:
    """The address that most give, of those with a number or a postcode if there are any; the fullest of as many."""
    given = [address for address in addresses if address]
    return _commonest([address for address in given if _DIGIT.search(address)] or given, len)


def _commonest(texts: Iterable[str | None], worth: Callable[[str], int]) -> str | None:
    """Of those that as many give, the one that is worth most."""
    spellings = Counter(text for text in texts if text)
    if len(spellings) < 2:
        return next(iter(spellings), None)
    alike = {text: _heard(text) for text in spellings}
    times: Counter[str] = Counter()
    for text, count in spellings.items():
        times[alike[text]] += count
    chosen = min(times, key=lambda heard: (-times[heard], -worth(heard), heard))
    return min((text for text in spellings if alike[text] == chosen), key=lambda text: _worse(text, spellings[text]))


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

"""Numbers that look real and belong to nobody: telephone, company and reference numbers.

Telephone numbers come from the ranges that Ofcom keeps for drama
(https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama). When a large partnership has used them
up, landlines go on in the rest of 01632, an area code that Ofcom has given to nobody, and there are no more mobiles.
Company numbers start with 9: Companies House is far from issuing those. Postcode areas: see `places`.
"""

from math import gcd
from random import Random

_DRAMA_AREAS = (
    "01632960", "02079460", "01134960", "01144960", "01154960", "01164960", "01174960", "01184960", "01214960",
    "01314960", "01414960", "01514960", "01614960", "01914980", "02896496", "02920180",
)  # fmt: skip
_DRAMA_MOBILE = "07700900"
_DRAMA_UK_WIDE = "03069990"
_SPARE_FIRST, _SPARE_LAST = 200_000, 899_999  # of 01632, clear of its own drama range


class Series:
    """The numbers 0 … size − 1 in a shuffled order that needs no memory; starts again when used up."""

    def __init__(self, random: Random, size: int) -> None:
        self._size = size
        self._step = random.randrange(size // 3, size) | 1
        while gcd(self._step, size) != 1:
            self._step += 2
        self._at = random.randrange(size)
        self.used = 0

    def next(self) -> int:
        self.used += 1
        self._at = (self._at + self._step) % self._size
        return self._at

    @property
    def exhausted(self) -> bool:
        return self.used >= self._size


class PhoneBook:
    """Hands out each national number once (11 digits, no spaces) while the ranges last."""

    def __init__(self, random: Random) -> None:
        self._drama = Series(random, len(_DRAMA_AREAS) * 1000)
        self._spare = Series(random, _SPARE_LAST - _SPARE_FIRST + 1)
        self._mobiles = Series(random, 1000)
        self._uk_wide = Series(random, 1000)

    def landline(self) -> str:
        if self._drama.exhausted:
            return f"01632{_SPARE_FIRST + self._spare.next()}"
        area, subscriber = divmod(self._drama.next(), 1000)
        return f"{_DRAMA_AREAS[area]}{subscriber:03d}"

    def mobile(self) -> str:
        if self._mobiles.exhausted:
            return self.landline()
        return f"{_DRAMA_MOBILE}{self._mobiles.next():03d}"

    def switchboard(self) -> str:
        if self._uk_wide.exhausted:
            return self.landline()
        return f"{_DRAMA_UK_WIDE}{self._uk_wide.next():03d}"


class Register:
    """Hands out company numbers, each once."""

    def __init__(self, random: Random) -> None:
        self._series = Series(random, 10_000_000)

    def company_number(self) -> str:
        return f"9{self._series.next():07d}"

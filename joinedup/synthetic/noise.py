"""How one clerk's writing of a thing differs from another's: each function makes one kind of difference.

`chance` is a function that gives a float in [0, 1): a bound `Random.random`, since this code runs for every field.
"""

from collections.abc import Callable
from datetime import date

Chance = Callable[[], float]

_BESIDE = dict(zip("abcdefghijklmnopqrstuvwxyz", "svvfrghjoklknmpowtayibezuu", strict=True))
_SHORT_STREETS = {
    "Road": "Rd", "Street": "St", "Lane": "Ln", "Avenue": "Ave", "Terrace": "Terr", "Place": "Pl", "Square": "Sq",
    "Crescent": "Cres", "Gardens": "Gdns", "Grove": "Gr", "Drive": "Dr", "Close": "Cl", "Parade": "Pde",
}  # fmt: skip
_SHORT_BUILDINGS = {
    "Industrial Estate": "Ind Est", "Business Park": "Bus Pk", "Business Centre": "Bus Ctr", "Retail Park": "Retail Pk",
    "Trading Estate": "Trdg Est", "Shopping Centre": "Shopping Ctr", "Enterprise Centre": "Ent. Centre",
}  # fmt: skip
_SHORT_NAMES = {
    "Takeaway": "T/A", "Restaurant": "Rest.", "Convenience Store": "Conv Store", "Guest House": "G/H", "Limited": "Ltd",
    "Supermarket": "S/Market", "Off Licence": "Off-Licence", "Fish & Chips": "Fish and Chip Shop", "Café": "Cafe",
    "Barbers": "Barber Shop", "Crêpe": "Crepe", "Kebab": "Kebabs",
}  # fmt: skip
_SOUNDS_ALIKE = {
    "Mohammed": "Muhammad", "Hussain": "Hussein", "Choudhury": "Chowdhury", "Rahman": "Rehman", "Stephen": "Steven",
    "Philip": "Phillip", "Clarke": "Clark", "Davies": "Davis", "Katarzyna": "Kasia", "Ahmed": "Ahmad", "Piotr": "Peter",
    "Michael": "Mike", "Christopher": "Chris", "Robert": "Bob", "Elizabeth": "Liz", "Andrew": "Andy",
}  # fmt: skip
_PHONE_STYLES = (
    lambda n: n,
    lambda n: f"{n[:5]} {n[5:]}",
    lambda n: f"({n[:5]}) {n[5:]}",
    lambda n: f"+44 {n[1:5]} {n[5:]}",
    lambda n: f"{n[:5]}-{n[5:8]}-{n[8:]}",
    lambda n: f"{n[:5]} {n[5:8]} {n[8:]}",
    lambda n: f"0044{n[1:]}",
)


def typo(chance: Chance, text: str) -> str:
    """One slip of the finger: a letter dropped, doubled, swapped with the next, or hit beside its key."""
    if len(text) < 4:
        return text
    at, kind = 1 + int((len(text) - 2) * chance()), chance()
    if kind < 0.3:
        return text[:at] + text[at + 1 :]
    if kind < 0.5:
        return text[:at] + text[at] + text[at:]
    if kind < 0.75:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + _BESIDE.get(text[at].lower(), text[at]) + text[at + 1 :]


def transposed(chance: Chance, digits: str) -> str:
    """Two neighbouring characters changed places."""
    if len(digits) < 2:
        return digits
    at = int((len(digits) - 1) * chance())
    return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]


def short_street(street: str) -> str:
    head, _, last = street.rpartition(" ")
    return f"{head} {_SHORT_STREETS[last]}" if head and last in _SHORT_STREETS else street


def short_building(building: str) -> str:
    for long, short in _SHORT_BUILDINGS.items():
        if building.endswith(long):
            return building.replace(long, short)
    return building


def varied_name(chance: Chance, name: str, town: str, sector: str) -> str:
    """The same business named otherwise: article, ampersand, apostrophe, short form, a word less or a word more."""
    kind = chance()
    if kind < 0.16:
        return name[4:] if name.startswith("The ") else f"The {name}"
    if kind < 0.34:
        return name.replace(" & ", " and ") if " & " in name else name.replace("'", "")
    if kind < 0.5:
        return _shortened(name)
    if kind < 0.72:
        return _without_a_word(chance, name)
    if kind < 0.86:
        return f"{name} {sector}"
    return f"{name}, {town}" if kind < 0.93 else f"{name} ({town})"


def miswritten_postcode(chance: Chance, postcode: str) -> str:
    """A letter O for a zero, the neighbour's postcode, the spaces gone, the outward half alone."""
    kind = chance()
    if kind < 0.2:
        return postcode.replace("0", "O") if "0" in postcode else postcode.replace("1", "I")
    if kind < 0.45:
        return postcode[:-1] + "ABDEFGHJLN"[int(10 * chance())]
    if kind < 0.6:
        return postcode.replace(" ", "")
    if kind < 0.75:
        return postcode.split(" ")[0]
    return transposed(chance, postcode) if kind < 0.9 else postcode.lower()


def phone_format(chance: Chance, number: str) -> str:
    """National digits as one of seven ways to write them."""
    return _PHONE_STYLES[int(len(_PHONE_STYLES) * chance())](number)


def misdialled(chance: Chance, number: str) -> str:
    """Another number in the same thousand, so that it stays in a range that belongs to nobody."""
    return f"{number[:-3]}{int(1000 * chance()):03d}"


def misremembered_birthday(chance: Chance, born: date) -> date:
    """Day and month swapped where that is a date, else the year next door."""
    if chance() < 0.6 and born.day <= 12:
        return born.replace(month=born.day, day=born.month)
    return born.replace(year=born.year + (1 if chance() < 0.5 else -10), day=min(born.day, 28))


def person_name(chance: Chance, forename: str, surname: str, slip: float) -> str:
    """One of the ways in which an officer writes a person down; with probability `slip` misspelt."""
    if chance() < slip:
        forename, surname = _SOUNDS_ALIKE.get(forename, forename), _SOUNDS_ALIKE.get(surname) or typo(chance, surname)
    style = chance()
    if style < 0.55:
        return f"{forename} {surname}"
    if style < 0.72:
        return f"{forename[0]} {surname}"
    if style < 0.84:
        return f"{surname.upper()}, {forename}"
    return f"Mr {forename} {surname}" if style < 0.92 else f"{surname} {forename}"


def _shortened(name: str) -> str:
    for long, short in _SHORT_NAMES.items():
        if long in name:
            return name.replace(long, short)
    return name


def _without_a_word(chance: Chance, name: str) -> str:
    parts = name.split(" ")
    if len(parts) < 2:
        return name
    if len(parts) > 2 or chance() < 0.5:
        del parts[-1]
    return " ".join(parts)

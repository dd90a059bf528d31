"""Blocking keys: two mentions are compared when the one holds a key that the other seeks.

Keys are compound, so that each is specific by construction: a postcode with a door, a door with a street and an area, a
telephone number with any of them. One value that two records share never suffices: a head office's telephone stands on
hundreds. Spelling is blurred where hands slip: the beginning of a word, the digits of a door in order.

What is common in a partnership's records is known from the model's version, never counted live; so whether two records
are compared depends on these two and the model alone. A hub value gives no key. A key whose block is overfull gives way
to finer ones, itself with each other fact of the record, so that two records that agree in anything else still meet.

A record seeks the keys that it holds, but for keys without an area: those are for two records of which one leaves out
what the other says of its area, since where both say it and agree, they meet by it. A record holds such a key with the
kinds of area that it says, and seeks it with those that it does not. So a like-named shop in each of a hundred towns
costs nothing, and one without a town finds all of them. A rare name is a key by itself where one of two records says
nothing at all of where it is: a private address, a country.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from hashlib import blake2b
from math import floor
from typing import Final, NamedTuple

from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention, NameForm, Premises
from services.linker.domain.normalise.contacts import rings_anywhere

_STEM: Final = 4
_STREET_BEGINNING: Final = 2
_NAMES: Final = 3
_TELLING_NUMBER = 300  # a building number so high that it tells a street without a name or an area
_NUMBER_OF_A_ZIP = 1000  # tells a door within a ZIP, however its street is spelt
_DEPTH = 2
_LONGEST_KEY: Final = 200
_SQUARE, _MARGIN = 0.02, 0.001  # degrees
_NUMBERS = ("company_number", "vat_number", "charity_number")
_NOWHERE: Final = Premises()
_BESIDE_THE_NAME = frozenset({"north", "south", "east", "west", "upper", "lower", "old", "new", "great", "little"})


# By kinds of area (o: outward code, p: place, w: anything of where it is): how a key without an area is marked by who
# says of them what, and whom such a record seeks: those that say nothing that it says.
_SEEKS: Final = {
    "o": {"-": ("-", "o"), "o": ("-",)},
    "w": {"-": ("-", "w"), "w": ("-",)},
    "op": {"--": ("--", "o-", "-p", "op"), "o-": ("--", "-p"), "-p": ("--", "o-"), "op": ("--",)},
}
MARKS = ("", *_SEEKS["o"], *_SEEKS["op"], "w")
# By what kinds of area a record says: its mark among each of these.
_MARKS: Final = {
    said: {kinds: "".join(kind if kind in said else "-" for kind in kinds) for kinds in _SEEKS}
    for said in ("", "w", "ow", "pw", "opw")
}


class Keys(NamedTuple):
    """`shared` are both held and sought; `held` and `sought` only the one. a seeks a key that b holds exactly where b
    seeks one that a holds. A key begins with what it is made of and, if it has no area, one of `MARKS`: door:…, far|o:…
    """

    shared: Collection[str]
    held: Collection[str]
    sought: Collection[str]


class _Name:
    """Stems of one name: its first word and its rarest, its two rarest together, and those again where they are so
    rare that they tell the business without an area."""

    def __init__(self, words: set[str], first: str, pair: str, rare: str) -> None:
        self.words = words
        self.first = first
        self.pair = pair
        self.rare = rare


class _Facts:
    """What keys are made of. `areas` are outward code, places and squares of the map; `said` the kinds of area that
    there are (o, p, w); `street` is one word, empty where it is a hub; `values` are numbers and addresses that several
    may share, `own` those of them that are one business's: licences, and telephones that ring at a place."""

    def __init__(self, mention: Mention, place: Premises, model: Model) -> None:
        outward = [_coarse(place.outward)] if place.outward else []
        self.areas = [*outward, *sorted(place.places), *_squares(mention, place)]
        self.said = _said(place)
        self.doors = _doors(place)
        self.common_street = _one_word(place.street)
        self.street = "" if model.is_hub("street", place.street) else self.common_street
        self.names = [_stems(name, model) for name in mention.names[:_NAMES]]
        self.values = _values(mention, model)
        self.own = list(filter(_is_own, self.values))


def block_keys(mention: Mention, model: Model) -> Keys:
    """Each without repeats; empty only where the record gives nothing to find it by."""
    place = mention.premises or _NOWHERE
    facts = _Facts(mention, place, model)
    shared = {
        *_door_keys(place, facts),
        *_name_keys(place, facts),
        *_value_keys(facts),
        *_people_keys(mention, facts, model),
        *_gap_keys(place, facts),
    }
    held: set[str] = set()
    sought: set[str] = set()
    marks = _MARKS[facts.said]
    for made_of, key, kinds in _keys_without_area(place, facts):
        said = marks[kinds]
        held.add(f"{made_of}|{said}:{key}")
        sought.update(f"{made_of}|{other}:{key}" for other in _SEEKS[kinds][said])
    shared |= held & sought
    keys = Keys(_all_bounded(shared), _all_bounded(held - shared), _all_bounded(sought - shared))
    return _finer(keys, _facets(facts), model) if model.capped else keys


def _finer(keys: Keys, facets: Sequence[str], model: Model) -> Keys:
    return Keys(*({finer for key in some for finer in _spread(key, facets, model, _DEPTH)} for some in keys))


def _spread(key: str, facets: Sequence[str], model: Model, depth: int) -> Iterator[str]:
    """The key, or where its block is overfull the key with each facet, in an order that both records share."""
    if not model.is_capped(key):
        yield key
    elif depth:
        for i, facet in enumerate(facets):
            yield from _spread(_bounded(f"{key}:{facet}"), facets[i + 1 :], model, depth - 1)


def _said(place: Premises) -> str:
    areas = ("o" if place.outward else "") + ("p" if place.places else "")
    return f"{areas}w" if areas or place.street else ""


def _squares(mention: Mention, place: Premises) -> list[str]:
    """Squares of the map within some hundred metres, one or a few: for who gives a position and no full postcode."""
    if mention.position is None or place.postcode:
        return []
    north, east = mention.position
    rows, columns = ({floor((value + edge) / _SQUARE) for edge in (-_MARGIN, _MARGIN)} for value in (north, east))
    return [f"@{row},{column}" for row in sorted(rows) for column in sorted(columns)]


def _coarse(outward: str) -> str:
    """Of a ZIP the digits in order: 6302 is 6320 misread."""
    return "".join(sorted(outward)) if outward.isdigit() else outward


def _one_word(street: str) -> str:
    """South King → king, Van Buren → vanburen, South → south."""
    words = street.split()
    return "".join(word for word in words if word not in _BESIDE_THE_NAME) or "".join(words)


def _doors(place: Premises) -> list[str]:
    """Numbers and unit in one namespace: unit 3B may be number 3B. Digits in order: 21 is 12 misread."""
    doors = {place.unit, str(place.low or ""), str(place.high or ""), place.suffix and f"{place.low}{place.suffix}"}
    return ["".join(sorted(door)) for door in doors - {""}]


def _stems(name: NameForm, model: Model) -> _Name:
    telling = _rarest(name.tokens, model)
    first, rarest = name.tokens[0][:_STEM], _stemmed(telling)
    pair = _pair(rarest)
    rare = len(telling) > 1 and sum(map(model.rarity, telling)) >= model.names.reference_bits
    return _Name({first, rarest[0]}, first, pair, pair if rare else "")


def _rarest(words: Iterable[str], model: Model) -> list[str]:
    """The two words that tell most: of words equally rare, the longer."""
    terms, unseen = model.terms, model.unseen_term
    ranked = sorted([(-terms.get(word, unseen), -len(word), word) for word in words])
    return [word for _, _, word in ranked[:2]]


def _stemmed(words: Iterable[str]) -> list[str]:
    return [word[:_STEM] for word in words]


def _pair(stems: list[str]) -> str:
    return "-".join(sorted(stems))


def _values(mention: Mention, model: Model) -> list[str]:
    """What a head office, an agent or an owner of several shops puts on many records: never a key alone."""
    values = [("phone", phone) for phone in mention.phones] + [("email", email) for email in mention.emails]
    values += [(kind, number) for kind in _NUMBERS if (number := getattr(mention, kind))]
    licences = [f"lic:{licence}" for licence in mention.licence_numbers]
    return licences + [f"{kind}:{value}" for kind, value in values if not model.is_hub(kind, value)]


def _is_own(value: str) -> bool:
    kind, _, number = value.partition(":")
    return kind == "lic" or (kind == "phone" and not rings_anywhere(number))


def _door_keys(place: Premises, facts: _Facts) -> list[str]:
    keys = [f"uprn:{place.uprn}"] if place.uprn else []
    if place.postcode:
        keys += [f"door:{place.postcode}:{door}" for door in facts.doors]
    elif place.low >= _NUMBER_OF_A_ZIP and place.outward.isdigit():
        keys.append(f"door:{_coarse(place.outward)}:{place.low}")
    if beginning := facts.common_street[:_STREET_BEGINNING]:
        doors = [f"{beginning}:{door}" for door in facts.doors]
        keys += [f"street:{door}:{area}" for door in doors for area in facts.areas]
        keys += [f"far:{door}:{name.pair}" for door in doors for name in facts.names if "-" in name.pair]
    return keys


def _keys_without_area(place: Premises, facts: _Facts) -> Iterator[tuple[str, str, str]]:
    """(what it is made of, key, kinds of area of which no two may say the same). Who has no postcode may name a part
    of a town, so with a door to compare, towns need not agree."""
    beginning = facts.common_street[:_STREET_BEGINNING]
    for name in facts.names:
        if beginning and facts.street:  # every town has a High Street
            yield from (("far", f"{beginning}:{door}:{word}", "o") for door in facts.doors for word in name.words)
        if facts.street:
            yield from (("on", f"{facts.street}:{word}", "op") for word in name.words)
        if name.rare:
            yield "called", f"{name.rare}:", "w"
    if place.low >= _TELLING_NUMBER and facts.street:
        yield "far", f"{place.low}:{facts.street[:_STEM]}", "o"


def _name_keys(place: Premises, facts: _Facts) -> list[str]:
    keys: list[str] = []
    street = facts.common_street[:_STEM]
    for name in facts.names:
        keys += [f"name:{name.pair}:{area}" for area in facts.areas]
        if place.postcode:
            keys.append(f"at:{place.postcode}:{name.first}")
        if street:
            keys += [f"on:{street}:{name.first}:{area}" for area in facts.areas]
    return keys


def _value_keys(facts: _Facts) -> list[str]:
    if not facts.values:
        return []
    where = facts.areas + _streets_or_doors(facts) or [name.pair for name in facts.names]
    words = {f"~{word}" for name in facts.names for word in (*name.words, *name.pair.split("-"))}
    keys = [f"{value}:{second}" for value in facts.values for second in where]
    return keys + [f"{value}:{word}" for value in facts.own for word in words]


def _streets_or_doors(facts: _Facts) -> list[str]:
    """The street says more than its number, and fewer records leave it out."""
    return _street_facets(facts) or [f"#{door}" for door in facts.doors]


def _people_keys(mention: Mention, facts: _Facts, model: Model) -> list[str]:
    """A person is looked for as a name too: sole traders trade under their own."""
    keys: list[str] = []
    for person in mention.people:
        if len(person.tokens) > 1:
            pair = _pair(_stemmed(_rarest(person.tokens, model)))
            keys += [f"name:{pair}:{area}" for area in facts.areas]
        if person.born:
            year, *month_and_day = person.born.split("-")
            born = "-".join([year, *sorted(month_and_day)])
            keys += [f"born:{born}:{word[:3]}" for word in person.tokens]
            keys += [f"born:{born}:{second}" for second in (*mention.licence_numbers, *facts.areas)]
    return keys


def _gap_keys(place: Premises, facts: _Facts) -> list[str]:
    """The one without its number and the one without its name meet here: few records lack either. Not a nameless flat
    of a block without number."""
    if facts.doors and (facts.names or not place.low):
        return []
    keys = [f"gap:{place.street}:{area}" for area in place.places] if place.street else []
    return [*keys, f"gap:{place.postcode}"] if place.postcode else keys


def _facets(facts: _Facts) -> list[str]:
    """Every fact that can make an overfull key finer."""
    words = {word for name in facts.names for word in (*name.words, *name.pair.split("-"))}
    doors = (f"#{door}" for door in facts.doors)
    return sorted([*(f"~{word}" for word in words), *doors, *_street_facets(facts), *facts.values])


def _street_facets(facts: _Facts) -> list[str]:
    return [f"/{facts.common_street[:_STEM]}"] if facts.common_street else []


def _all_bounded(keys: set[str]) -> set[str]:
    return set(map(_bounded, keys)) if any(len(key) > _LONGEST_KEY for key in keys) else keys


def _bounded(key: str) -> str:
    """A long key is told apart by its hash: an index takes a few hundred characters, and cells hold thousands."""
    if len(key) <= _LONGEST_KEY:
        return key
    return f"{key[:_LONGEST_KEY]}:{blake2b(key.encode(), digest_size=16).hexdigest()}"

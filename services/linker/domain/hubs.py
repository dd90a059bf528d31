"""What is common in a partnership's records, for a model to be published: hub values and overfull blocking keys.

A hub value is given by many businesses (a switchboard, an accountant's e-mail, a serviced office, Station Road), so it
is no evidence. An overfull key would have too many records compared with each other. `mentions` is gone through more
than once, and may be read from a store each time.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain

from services.linker.domain.block import block_keys
from services.linker.domain.model import Model, digest
from services.linker.domain.normalise import Mention

DOORS = NAMES = 10  # no business has more, even where every agency writes it differently
OCCUPIERS = 25
DISTRICTS = 40
CAP = 50
_SLOTS = 1 << 22

_Value = tuple[str, str]


def hub_values(mentions: Iterable[Mention]) -> frozenset[str]:
    """ "kind:value" as `Model.is_hub` asks for them.

    phone, email, domain and person ("words in order|date of birth"): at more than `DOORS` doors or under more than
    `NAMES` names. company_number, vat_number, charity_number: under more than `NAMES` names; a chain is one
    organisation, however many its doors. premises ("postcode:number:unit"): with more than `OCCUPIERS` names.
    street: in more than `DISTRICTS` postcode districts or towns.
    """
    frequent = {value for value, count in _tally(mentions).items() if count > NAMES}
    doors: defaultdict[_Value, set[str]] = defaultdict(set)
    names: defaultdict[_Value, set[str]] = defaultdict(set)
    for mention in mentions:
        door, name = _door(mention), _name(mention)
        for value in _values(mention):
            if value in frequent:
                doors[value].update(door)
                names[value].update(name)
    return frozenset(
        f"{kind}:{value}" for kind, value in frequent if _is_hub(kind, doors[kind, value], names[kind, value])
    )


def _tally(mentions: Iterable[Mention]) -> Counter[_Value]:
    return Counter(value for mention in mentions for value in _values(mention))


def _is_hub(kind: str, doors: set[str], names: set[str]) -> bool:
    if kind == "street":
        return len({door.partition(" ")[0] for door in doors}) > DISTRICTS
    if kind == "premises":
        return len(names) > OCCUPIERS
    many_names = len(names) > NAMES
    return many_names if kind.endswith("_number") else many_names or len(doors) > DOORS


def _values(mention: Mention) -> Iterator[_Value]:
    for kind, values in (("phone", mention.phones), ("email", mention.emails), ("domain", mention.domains)):
        yield from ((kind, value) for value in values)
    for kind, number in (
        ("company_number", mention.company_number),
        ("vat_number", mention.vat_number),
        ("charity_number", mention.charity_number),
    ):
        if number:
            yield kind, number
    for person in mention.people:
        yield "person", f"{' '.join(sorted(person.tokens))}|{person.born}"
    if place := mention.premises:
        if place.street:
            yield "street", place.street
        if place.postcode and (place.low or place.unit):
            yield "premises", f"{place.postcode}:{place.low or ''}:{place.unit}"


def _door(mention: Mention) -> list[str]:
    """District or town, number or unit: one text per door, spelling blurred; none where the record has no address."""
    place = mention.premises
    if place is None:
        return []
    district = place.outward or min(place.places, default="")
    return [f"{district.replace(' ', '')} {place.low or place.unit} {place.street[:2]}"]


def _name(mention: Mention) -> list[str]:
    return [mention.names[0].tokens[0]] if mention.names else []


def capped_keys(mentions: Iterable[Mention], model: Model, cap: int = CAP) -> frozenset[str]:
    """Keys with more than `cap` records under `model`, and those of the finer keys that take their place."""
    capped: set[str] = set()
    while True:
        finer = replace(model, capped=frozenset(digest(model.version, key) for key in capped))
        found = overfull(partial(_keys, mentions, finer), cap)
        if not found:
            return frozenset(capped)
        capped |= found


def _keys(mentions: Iterable[Mention], model: Model) -> Iterator[Iterable[str]]:
    """Those that each record holds."""
    keys = (block_keys(mention, model) for mention in mentions)
    return (chain(each.shared, each.held) for each in keys)


def overfull(keys_by_record: Callable[[], Iterable[Iterable[str]]], cap: int) -> set[str]:
    """Keys that more than `cap` records have. Memory grows with these alone, so the records are gone through twice."""
    slots = array("I", bytes(4 * _SLOTS))
    for keys in keys_by_record():
        for key in keys:
            slots[hash(key) % _SLOTS] += 1
    counts = Counter(key for keys in keys_by_record() for key in keys if slots[hash(key) % _SLOTS] > cap)
    return {key for key, count in counts.items() if count > cap}

"""Where a visit goes: what partners may clash with, and what the visit itself is compared by."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shared.contracts.api.calendar.words import How
from shared.contracts.api.linker.businesses import Business, Member
from shared.contracts.api.linker.relations import RelationType
from shared.contracts.api.linker.traits import Trait
from shared.contracts.record import Address, Name, Record

_AREA = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)(?:\s*[0-9][A-Z]{2})?")
_FULL = re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?) ?[0-9][A-Z]{2}\b")
_HOW = {
    RelationType.organisation: How.same_organisation,
    RelationType.premises: How.linked_premises,
    RelationType.building: How.linked_premises,
    RelationType.landlord: How.linked_premises,
}
_NEAREST = tuple(How)


@dataclass(frozen=True, slots=True)
class Spot:
    """As picked. `business_id` and `record_id` are of the picking agency's view: the visit goes with the record."""

    name: str | None
    address: Address | None
    business_id: str | None = None
    record_id: str | None = None

    @property
    def area(self) -> str | None:
        """Outward postcode."""
        if self.address is None:
            return None
        if self.address.postcode and (found := _AREA.fullmatch(self.address.postcode.upper().strip())):
            return found[1]
        found = _FULL.search(" ".join(self.address.lines).upper())
        return found[1] if found else None

    @property
    def described(self) -> Record:
        """As a record that says no more than what was picked."""
        return Record(names=(Name(value=self.name),) if self.name else (), address=self.address)


def picked(business: Business, agency: str, name: str | None, address: Address | None) -> Spot:
    """`name` and `address` go before what the agency's own records say, which add the position that an address lacks.
    Others' records say nothing here, since the visit is told to agencies that may not see them; where it is stays open
    then."""
    members = sorted(business.members, key=lambda one: (one.agency != agency, one.record_id))
    own = [one for one in members if one.agency == agency]
    line = next((one.address for one in own if one.address), None)
    sign = next((one.names[0].value for one in own if one.names), None)
    where = address or (Address(lines=(line,)) if line else None)
    return Spot(name or sign, _positioned(where, own), business.business_id, members[0].record_id)


def _positioned(address: Address | None, own: Iterable[Member]) -> Address | None:
    placed = next((one for one in own if one.latitude is not None), None)
    if address is None or placed is None or address.latitude is not None:
        return address
    return address.model_copy(update={"latitude": placed.latitude, "longitude": placed.longitude})


def exposed(traits: Iterable[Trait]) -> frozenset[str]:
    """Keys of the place itself."""
    return frozenset(one.key for one in traits if one.through is None and one.kind in _PLACE)


_PLACE = (RelationType.premises, RelationType.building)


def reached(traits: Iterable[Trait]) -> dict[str, How]:
    """Keys of places that concern a visit, each with the nearest way in which it does."""
    found: dict[str, How] = {}
    for one in traits:
        if how := _how(one):
            found[one.key] = min(found.get(one.key, how), how, key=_NEAREST.index)
    return found


def _how(trait: Trait) -> How | None:
    """Another unit in the building of a related business is nobody's concern."""
    if trait.kind is RelationType.premises:
        return _HOW.get(trait.through, How.network) if trait.through else How.same_premises
    if trait.kind is RelationType.building and trait.through is None:
        return How.linked_premises
    return None

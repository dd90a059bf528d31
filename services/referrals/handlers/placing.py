"""Where it is: the business that the officer picked, in the officer's own view, and the place as others are told."""

from typing import NamedTuple

from services.referrals.clients.linker import Linker
from services.referrals.domain.place import area_of, own_place, record_of
from shared.contracts.api.linker.businesses import Business
from shared.contracts.api.linker.traits import Trait
from shared.contracts.api.referrals.cards import NewCard, Place
from shared.contracts.problem import FieldProblem
from shared.contracts.record import Observation, ObservationKind
from shared.runtime.errors import AppError, Invalid, Unavailable
from shared.runtime.peer import Caller
from shared.runtime.telemetry import log

_PRESENT = Observation(kind=ObservationKind.presence)


class Placed(NamedTuple):
    """`business_id`, `picked` and `records` are of the officer's agency's view; all else goes with the card.

    `traits` are None while they cannot be known.
    """

    place: Place
    area: str | None
    business_id: str | None = None
    picked: str | None = None
    records: tuple[str, ...] = ()
    traits: tuple[Trait, ...] | None = ()


async def place(linker: Linker, caller: Caller, agency: str, card: NewCard) -> Placed:
    """Raises Invalid where nothing can be told to others, and Unavailable where only the linker knows the place."""
    business = await _picked(linker, caller, card)
    said = card.place or (own_place(business.members, agency) if business else None)
    if said is None:
        remedy = "Say the name or the address as you saw it: others may not see the business that you picked."
        raise Invalid(errors=[FieldProblem(field="place", code="missing", remedy=remedy)])
    traits = await traits_of(linker, caller, said)
    if business is None:
        return Placed(said, area_of(said), traits=traits)
    records = tuple(one.record_id for one in business.members)
    return Placed(said, area_of(said), business.business_id, business.name, records, traits)


async def _picked(linker: Linker, caller: Caller, card: NewCard) -> Business | None:
    """A card that says its place itself is filed whatever the linker says."""
    if card.business_id is None:
        return None
    try:
        return await linker.business(caller, card.business_id)
    except AppError as error:
        if card.place is None:
            raise Unavailable(error.detail, headers=error.headers) from error
        log(__name__).warning("filed_unplaced", error=type(error).__name__)
        return None


async def traits_of(linker: Linker, caller: Caller, said: Place) -> tuple[Trait, ...] | None:
    """Without them the card is filed all the same; until they are known it is not shown beside others of its place."""
    try:
        return await linker.traits(caller, record_of(said, _PRESENT))
    except AppError as error:
        log(__name__).warning("traits_wait", error=type(error).__name__)
        return None

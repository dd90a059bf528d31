"""What a shared telephone says of two addresses: it rings at one place, so their areas agree where they do not say.

A guide gives a corner house on the one street, another on the other; a register of one city leaves out the city. A
mobile goes about with its owner, and a number of no area rings at a head office, so these say nothing.
"""

from services.linker.domain.compare.names import NAMES
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention
from services.linker.domain.normalise.contacts import rings_at_a_place

ONE_TELEPHONE = "one_telephone"
_ONE_NAME = frozenset({"same", "spelling"})
_UNSAID = frozenset({"unsaid", "other_town"})  # towns that differ may be the city and its part


def as_it_rings(level: str, a: Mention, b: Mention, model: Model) -> str:
    """The level of two premises (`door.area`), given what telephones the two share."""
    if not any(rings_at_a_place(phone) and not model.is_hub("phone", phone) for phone in a.phones & b.phones):
        return level
    door, _, area = level.partition(".")
    if level == "other_street.unsaid" and _one_name(a, b, model):
        return ONE_TELEPHONE
    return f"{door}.telephone" if area in _UNSAID else level


def _one_name(a: Mention, b: Mention, model: Model) -> bool:
    names = NAMES.measure(a, b, model)
    return names is not None and names.level in _ONE_NAME

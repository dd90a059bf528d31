"""Which parts of a card a grant gives: all of it, or the parts that its groups of fields name."""

from dataclasses import dataclass

from shared.contracts.api.referrals.cards import Place
from shared.contracts.api.sharing import Level
from shared.sharing import Grant


@dataclass(frozen=True, slots=True)
class Shown:
    """`words` is the free text, the photographs and how to reach the officer: a grant of parts never gives them."""

    identity: bool
    address: bool
    contacts: bool
    observation: bool
    words: bool

    def place(self, place: Place) -> Place | None:
        """As much of it as is shown; None where that is nothing."""
        kept = {
            "name": self.identity,
            "address": self.address,
            "postcode": self.address,
            "latitude": self.address,
            "longitude": self.address,
            "phone": self.contacts,
        }
        values = {name: getattr(place, name) for name, is_shown in kept.items() if is_shown}
        if not any(values.get(name) for name in ("name", "address", "postcode", "latitude")):
            return None
        return Place(**values)


_ALL = Shown(*(True,) * 5)


def shown(grant: Grant | None) -> Shown:
    if grant and grant.level is Level.full:
        return _ALL
    groups = set(grant.field_groups) if grant else set()
    return Shown("identity" in groups, "address" in groups, "contacts" in groups, "observation" in groups, False)

"""People of one name: no proof that they are one person, and telling where something else is shared as well."""

from collections.abc import Iterator

from services.linker.domain.normalise.mention import PersonForm
from services.linker.domain.relate.party import Party, Profile
from services.linker.domain.relate.traits import is_landlord

_SHORTEST = 3


def namesakes(a: Party, b: Party) -> Iterator[tuple[PersonForm, Profile, PersonForm, Profile]]:
    """Whoever of `a` and of `b` may be one person by name, landlords left out, with the records that name them."""
    for mine, of_a in _people(a):
        yield from ((mine, of_a, theirs, of_b) for theirs, of_b in _people(b) if may_be_one(mine, theirs))


def may_be_one(a: PersonForm, b: PersonForm) -> bool:
    """H Yilmaz may be Hasan Yilmaz; two birth dates that differ are two people."""
    if a.born and b.born and a.born != b.born:
        return False
    common = a.tokens & b.tokens
    if len(common) > 1:
        return True
    surname = any(len(word) >= _SHORTEST for word in common)
    return surname and any(_initial(x, y) for x in a.tokens - common for y in b.tokens - common)


def _initial(x: str, y: str) -> bool:
    return min(len(x), len(y)) == 1 and x[0] == y[0]


def _people(party: Party) -> Iterator[tuple[PersonForm, Profile]]:
    for profile in party.profiles:
        for person in profile.mention.people:
            if len(person.tokens) > 1 and not is_landlord(person.role):
                yield person, profile

"""As whom somebody acts on a day: worked out from the register, default deny."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.gateway.domain.register import ClaimMapping, Client, Issuer, Person, Post, Register, found
from shared.contracts.roles import READERS, Role


@dataclass(frozen=True, slots=True)
class Standing:
    """What a token says of its bearer."""

    subject: str
    agency: str
    roles: frozenset[Role]
    purposes: frozenset[str]

    @property
    def whose(self) -> tuple[str, str]:
        return self.agency, self.subject


def of_client(client: Client) -> Standing:
    return Standing(client.id, client.agency, frozenset(client.roles), frozenset(client.purposes))


def of_person(person: Person, register: Register, day: date) -> Standing | None:
    """None for a person who has no post on this day."""
    held = (post for post in register.posts if acts_in(post, person.id, register, day))
    return _in_posts(person.id, held)


def of_claims(claims: Mapping[str, Any], issuer: Issuer, register: Register, day: date) -> Standing | None:
    """Of whom `issuer` vouches for: the posts that they hold by name, and those that their claims are mapped to.

    None for nobody of one of its agencies, and for posts in two agencies, since one of them would get the other's.
    """
    person = named(str(claims["sub"]), issuer, register)
    if person and (not person.covers(day) or is_away(person.id, register, day)):
        return None
    mapped = {mapping.post for mapping in issuer.mappings if mapping.covers(day) and _has(claims, mapping)}
    posts = [
        post for post in register.posts if post.id in mapped or (person and acts_in(post, person.id, register, day))
    ]
    standing = _in_posts(person.id if person else f"{issuer.id}:{claims['sub']}", posts)
    return standing if standing and (person is None or person.agency == standing.agency) else None


def still_stands(subject: str, agency: str, register: Register, day: date) -> bool:
    """Whether somebody of the agency who once read what partners share, as `subject`, could do so on this day. Of those
    whom only an issuer's claims put in a post, that the issuer still vouches for the agency is all that is known."""
    issuers = (f"{issuer.id}:" for issuer in register.issuers if agency in issuer.agencies)
    if any(subject.startswith(one) for one in issuers):
        return True
    person = found(register.people, subject, day)
    client = found(register.clients, subject, day)
    standings = (of_person(person, register, day) if person else None, of_client(client) if client else None)
    return any(one and one.agency == agency and not READERS.isdisjoint(one.roles) for one in standings)


def acts_in(post: Post, person: str, register: Register, day: date) -> bool:
    """Holders act while they are there; deputies on the days on which no holder is."""
    if is_away(person, register, day):
        return False
    present = {held.person for held in post.holders if held.covers(day) and not is_away(held.person, register, day)}
    deputies = {held.person for held in post.deputies if held.covers(day)}
    return person in (present or deputies)


def is_away(person: str, register: Register, day: date) -> bool:
    """Absent, or no longer (or not yet) of the agency."""
    if found(register.people, person, day) is None:
        return True
    return any(absence.person == person and absence.covers(day) for absence in register.absences)


def named(subject: str, issuer: Issuer, register: Register) -> Person | None:
    """The person of the register whom `issuer` means by `subject`, whether or not they are with their agency today."""
    return next((one for one in register.people if (one.issuer, one.subject) == (issuer.id, subject)), None)


def _in_posts(subject: str, posts: Iterable[Post]) -> Standing | None:
    posts = tuple(posts)
    agencies = {post.agency for post in posts}
    if len(agencies) != 1:
        return None
    roles = frozenset(role for post in posts for role in post.roles)
    purposes = frozenset(purpose for post in posts for purpose in post.purposes)
    return Standing(subject, agencies.pop(), roles, purposes)


def _has(claims: Mapping[str, Any], wanted: ClaimMapping) -> bool:
    value: Any = claims
    for name in wanted.claim.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value == wanted.value or (isinstance(value, list) and wanted.value in value)

"""Who may sign in: dated data that an agency's administrator can read and change, never code.

Posts have roles and people have posts, so that staff come and go without a change of what anybody may do. An issuer
(OpenID Connect) vouches for the people of its own agencies only. Secrets are here as Argon2id hashes, keys as public
JSON Web Keys.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, TypeVar

import yaml
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import Field, model_validator

from shared.contracts.api.sharing import SLUG
from shared.contracts.envelope import Contract
from shared.contracts.roles import Role

Slug = Annotated[str, Field(pattern=SLUG, max_length=63)]
SecretHash = Annotated[str, Field(pattern=r"^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$")]
_PRIVATE_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class Dated(Contract):
    """From `starts` to `ends`, both days included."""

    starts: date
    ends: date | None = None

    def covers(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day <= self.ends)


class Holding(Dated):
    """A person in a post, or its deputy."""

    person: Slug


class Post(Contract):
    """What somebody does for an agency, with the roles and purposes that go with it."""

    id: Slug
    agency: Slug
    title: str
    roles: tuple[Role, ...] = Field(min_length=1)
    purposes: tuple[Slug, ...] = Field(min_length=1)
    holders: tuple[Holding, ...] = ()
    deputies: tuple[Holding, ...] = Field(default=(), description="Act on days on which every holder is away")


class Member(Dated):
    """Somebody or something of an agency. `secret` is an Argon2id hash, made by `joinedup people secret`."""

    id: Slug
    agency: Slug
    secret: SecretHash | None = None

    @property
    def whose(self) -> tuple[str, str]:
        return self.agency, self.id


class Person(Member):
    """`issuer` and `subject` say by whom they are vouched for, and under which `sub`."""

    issuer: Slug | None = None
    subject: str | None = None


class Client(Member):
    """An agency's own system."""

    roles: tuple[Role, ...] = (Role.agency_system,)
    purposes: tuple[Slug, ...] = Field(min_length=1)
    keys: tuple[dict[str, Any], ...] = Field(default=(), description="Public JSON Web Keys")

    @model_validator(mode="after")
    def _keys_are_keys_and_public(self) -> "Client":
        if any(key.get("kty") == "oct" or _PRIVATE_PARTS & key.keys() for key in self.keys):
            raise ValueError(f"client {self.id} has a private key in it: make a new pair and put the public half here")
        try:
            for key in self.keys:
                KeySet.import_key_set({"keys": [key]})
        except (JoseError, KeyError, TypeError, ValueError):
            raise ValueError(f"client {self.id} has something among its keys that is no JSON Web Key") from None
        return self


class ClaimMapping(Dated):
    """People whose token has `value` in its claim (a dotted path such as realm_access.roles) are in `post`."""

    claim: str
    value: str
    post: Slug


class Issuer(Contract):
    """An OpenID Connect issuer, found by discovery at `url`, and the agencies that it may vouch for.

    Without TLS only at a name without dots, or one that ends in .localhost (RFC 6761, section 6.3): this machine, or a
    container beside us. With a `title` people may sign in
    to our pages with it, under that title; `audience` is then our client id there, and `scope` what the pages ask for.
    """

    id: Slug
    url: str = Field(pattern=r"^(https://|http://([a-z0-9-]+(\.localhost)?|127\.0\.0\.1)[:/])[^@]*$")
    audience: str = Field(min_length=1)
    title: str | None = Field(default=None, min_length=1, max_length=80)
    scope: str = "openid"
    agencies: tuple[Slug, ...] = Field(min_length=1)
    mappings: tuple[ClaimMapping, ...] = ()


class Register(Contract):
    """Everybody and everything that may sign in. Empty: nobody may."""

    issuers: tuple[Issuer, ...] = ()
    posts: tuple[Post, ...] = ()
    people: tuple[Person, ...] = ()
    absences: tuple[Holding, ...] = ()
    clients: tuple[Client, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Register":
        for ids in (self.issuers, self.posts, (*self.people, *self.clients)):
            if twice := [id_ for id_, times in Counter(one.id for one in ids).items() if times > 1]:
                raise ValueError(f"{twice[0]} stands there twice; give each its own id")
        if len({issuer.url for issuer in self.issuers}) < len(self.issuers):
            raise ValueError("two issuers have one url: put their agencies and mappings together")
        return self

    @model_validator(mode="after")
    def _nobody_is_two(self) -> "Register":
        """Or the entry of somebody who has left could be passed by for another of theirs."""
        subjects = Counter((person.issuer, person.subject) for person in self.people if person.subject)
        if any(times > 1 for times in subjects.values()):
            raise ValueError("two people have one subject of one issuer: make them one")
        return self

    @model_validator(mode="after")
    def _nobody_acts_for_another_agency(self) -> "Register":
        agency_of = {person.id: person.agency for person in self.people}
        for post in self.posts:
            if any(agency_of.get(held.person) != post.agency for held in (*post.holders, *post.deputies)):
                raise ValueError(f"post {post.id} names somebody who is no person of {post.agency}")
        if any(absence.person not in agency_of for absence in self.absences):
            raise ValueError("an absence names somebody who is not among the people")
        return self

    @model_validator(mode="after")
    def _issuers_vouch_for_their_own(self) -> "Register":
        agency_of = {post.id: post.agency for post in self.posts}
        vouched = {issuer.id: issuer.agencies for issuer in self.issuers}
        for issuer in self.issuers:
            if any(agency_of.get(mapping.post) not in issuer.agencies for mapping in issuer.mappings):
                raise ValueError(f"issuer {issuer.id} is mapped to a post of an agency that it may not vouch for")
        for person in self.people:
            if person.issuer and person.agency not in vouched.get(person.issuer, ()):
                raise ValueError(f"person {person.id} is vouched for by an issuer that may not vouch for their agency")
        return self


One = TypeVar("One", Person, Client)


def found(members: Iterable[One], id_: str, day: date) -> One | None:
    """The member of this id, on a day on which it is one."""
    return next((member for member in members if member.id == id_ and member.covers(day)), None)


def load_register(text: str) -> Register:
    """Raises ValueError or yaml.YAMLError, which name the place and the fault and repeat nothing of the file."""
    return Register.model_validate(yaml.safe_load(text) or {})

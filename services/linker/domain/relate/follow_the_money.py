"""Businesses as FollowTheMoney entities, so that investigators' own tools (OpenAleph, yente …) can take them in.

Source: the schema of followthemoney 4 (Company, Organization, Person, LegalEntity, Address, Directorship, UnknownLink).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.linker.domain.normalise.mention import Mention, NameForm, PersonForm
from services.linker.domain.normalise.names import name_form
from services.linker.domain.relate.party import Party, Profile
from services.linker.domain.relate.traits import identity
from shared.contracts.identifiers import derived_id
from shared.contracts.record import NameKind, Person

Entity = dict[str, Any]


def entities(party: Party, consent: Iterable[str] = ()) -> list[Entity]:
    """The business first, then its addresses, its people and what ties them to it; in order of id, without repeats.
    `consent` are the agencies without whose consent it may not be passed on."""
    addresses = {adr["id"]: adr for profile in party.profiles if (adr := _address(profile))}
    people = {entity["id"]: entity for entity in _people(party)}
    return [_business(party, addresses, consent), *_in_order(addresses), *_in_order(people)]


def _id(ours: str) -> str:
    """FollowTheMoney's ids know no underscore."""
    return ours.replace("_", "-")


def _in_order(found: Mapping[str, Entity]) -> Iterator[Entity]:
    return (found[id_] for id_ in sorted(found))


def _entity(id_: str, schema: str, **properties: Iterable[str | None]) -> Entity:
    """Properties are lists of distinct texts in FollowTheMoney; empty ones are left out."""
    said = {name: sorted({value for value in values if value}) for name, values in properties.items()}
    return {"id": id_, "schema": schema, "properties": {name: values for name, values in said.items() if values}}


def _business(party: Party, addresses: Iterable[str], consent: Iterable[str]) -> Entity:
    mentions = [profile.mention for profile in party.profiles]
    names = [name for mention in mentions for name in mention.names]
    companies = {mention.company_number for mention in mentions} - {""}
    closing = party.closing
    return _entity(
        _id(party.business_id),
        "Company" if companies else "Organization",
        name=[party.name],
        alias=[name.text for name in names if name.kind != NameKind.former and name.text != party.name],
        previousName=[name.text for name in names if name.kind == NameKind.former],
        registrationNumber=companies,
        idNumber=[mention.charity_number for mention in mentions],
        vatCode=[mention.vat_number for mention in mentions],
        phone=[f"+{phone}" for mention in mentions for phone in mention.phones],
        email=[email for mention in mentions for email in mention.emails],
        website=[f"http://{domain}/" for mention in mentions for domain in _of_the_web(mention)],
        sector=[profile.sector for profile in party.profiles],
        address=[profile.address for profile in party.profiles],
        addressEntity=addresses,
        dissolutionDate=[closing.on.isoformat() if closing else None],
        notes=[f"Not to be passed on, or used for anything else, without the consent of {one}." for one in consent],
        summary=[concern.reason for concern in party.concerns],
        modifiedAt=[party.last_seen.isoformat()],
        publisher=[profile.agency for profile in party.profiles],
    )


def _of_the_web(mention: Mention) -> frozenset[str]:
    """Without the domains of its e-mail: behind those there may be no page."""
    return mention.domains - {email.rpartition("@")[2] for email in mention.emails}


def _address(profile: Profile) -> Entity | None:
    premises = profile.mention.premises
    if profile.address is None or premises is None:
        return None
    postcode = f"{premises.postcode[:-3]} {premises.postcode[-3:]}" if premises.postcode else None
    return _entity(
        _id(derived_id("adr", profile.address.casefold())),
        "Address",
        full=[profile.address],
        postalCode=[postcode],
        country=["gb" if postcode else None],
    )


def _people(party: Party) -> Iterator[Entity]:
    for profile in party.profiles:
        for person in profile.people:
            yield from _person(party, profile, person)


def _person(party: Party, profile: Profile, person: Person) -> Iterator[Entity]:
    born = person.date_of_birth.isoformat() if person.date_of_birth else None
    form = PersonForm(person.name, frozenset(name_form("", person.name).tokens), born or "")
    # Without a birth date nobody can say that it is the same person as elsewhere.
    who = identity(form) or f"{party.business_id} {' '.join(sorted(form.tokens))}"
    id_, business = _id(derived_id("per", who)), _id(party.business_id)
    yield _entity(id_, _schema_of(person), name=[person.name], birthDate=[born])
    director = "director" in (person.role or "").lower()
    yield _entity(
        _id(derived_id("lnk", id_, business, person.role or "")),
        "Directorship" if director else "UnknownLink",
        **{"director" if director else "subject": [id_], "organization" if director else "object": [business]},
        role=[person.role],
        startDate=[person.since.isoformat() if person.since else None],
        endDate=[person.until.isoformat() if person.until else None],
        publisher=[profile.agency],
    )


def _schema_of(person: Person) -> str:
    """Landlords often are companies: a name with a legal form is no Person."""
    form: NameForm = name_form(NameKind.unknown, person.name)
    is_company = form.kind == NameKind.legal.value and person.date_of_birth is None
    return "LegalEntity" if is_company else "Person"

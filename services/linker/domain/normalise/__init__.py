"""Record → mention: the canonical record made comparable, from that record alone."""

from services.linker.domain.normalise.address import premises_of
from services.linker.domain.normalise.contacts import (
    charity_number,
    company_number,
    domain_set,
    email_set,
    phone_set,
    plain_number,
    vat_number,
)
from services.linker.domain.normalise.door import ABOVE, both_units, is_rooms_above
from services.linker.domain.normalise.mention import NAME_FROM_ADDRESS, Mention, NameForm, PersonForm, Point, Premises
from services.linker.domain.normalise.names import has_legal_form, name_form, name_forms, person_forms
from shared.contracts.record import Address, Record

__all__ = ["NAME_FROM_ADDRESS", "Mention", "NameForm", "PersonForm", "Point", "Premises", "has_legal_form", "normalise"]


def normalise(record: Record) -> Mention:
    """Pure and total: what cannot be understood is left out, never guessed and never an error."""
    names = name_forms(record.names)
    premises, leading = premises_of(record.address, {name.joined for name in names})
    if not names and leading:
        names = tuple(form for form in [name_form(NAME_FROM_ADDRESS, leading)] if form.tokens)
    if premises and any(is_rooms_above(name.text) for name in names):
        premises.unit = both_units(premises.unit, ABOVE)
    emails = email_set(record.emails)
    return Mention(
        names=names,
        premises=premises,
        phones=phone_set(record.phones),
        emails=emails,
        domains=domain_set(emails, record.websites),
        company_number=company_number(record.company_number),
        vat_number=vat_number(record.vat_number),
        charity_number=charity_number(record.charity_number),
        licence_numbers=frozenset(filter(None, map(plain_number, record.licence_numbers))),
        people=person_forms(record.people),
        position=_position(record.address),
    )


def _position(address: Address | None) -> Point | None:
    """Nobody trades at 0, 0: registers write it for what they have not looked up."""
    if address is None or address.latitude is None or address.longitude is None:
        return None
    return Point(address.latitude, address.longitude) if address.latitude or address.longitude else None

"""The roles that have what comes to agencies, who answers there today, and what a sender may expect."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.contacts import Contact, who_has
from services.referrals.domain.policy import says
from services.referrals.store import contacts
from shared.contracts.api.referrals.cards import Desk
from shared.runtime.clock import today, utc_now

_EVERYBODY = "All its people"


@dataclass(frozen=True, slots=True)
class Desks:
    """Of some agencies, as they stand today."""

    contacts: tuple[Contact, ...]

    def roles(self, agency: str) -> tuple[Contact, ...]:
        return tuple(one for one in self.contacts if one.agency == agency and one.counts_on(today()))

    def role(self, agency: str, regime: str | None, area: str | None) -> Contact | None:
        return who_has(self.contacts, agency, regime, area, today())

    def desk(self, agency: str, regime: str | None, area: str | None) -> Desk:
        role = self.role(agency, regime, area)
        person = role.on_duty(today()) if role else None
        return Desk(
            contact_id=role.id if role else None,
            role=role.role if role else _EVERYBODY,
            mailbox=role.mailbox if role else None,
            hours=role.hours if role else None,
            person=person.name if person else None,
            phone=(person.phone if person else None) or (role.phone if role else None),
            says=says(utc_now(), role),
        )


async def desks(connection: AsyncConnection, agencies: Collection[str]) -> Desks:
    return Desks(await contacts.contacts(connection, agencies))

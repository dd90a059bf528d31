"""Who may have an agency's records of a category, and under what: out of the rules alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shared.sharing.legal_gateway import LegalGateway
from shared.sharing.rules import Partnership
from shared.sharing.words import names


@dataclass(frozen=True, slots=True)
class Receipt:
    """`agency` may have them under the gateway, for `purposes`."""

    agency: str
    gateway: LegalGateway
    purposes: tuple[str, ...]


def recipients(owner: str, category: str, on_date: date, partnership: Partnership) -> Iterator[Receipt]:
    """Each agency that a gateway in force that day lets have them, for each such gateway; in order of their ids."""
    discloser = partnership.agency(owner)
    if discloser is None:
        return
    others = sorted((agency for agency in partnership.agencies if agency.id != owner), key=lambda agency: agency.id)
    for agency in others:
        for gateway in sorted(partnership.legal_gateways, key=lambda one: one.id):
            if gateway.joins(discloser, agency) and names(gateway.categories, category):
                purposes = tuple(
                    p for p in gateway.purposes if partnership.permits(gateway, owner, category, p, on_date)
                )
                if purposes and gateway.in_force(owner, on_date):
                    yield Receipt(agency.id, gateway, purposes)

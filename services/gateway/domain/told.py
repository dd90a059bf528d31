"""What the owner of a record or an item may know of who was shown it: not what others share with the viewer."""

from datetime import datetime
from zoneinfo import ZoneInfo

from services.gateway.domain.deed import Deed
from shared.contracts.api.audit import Disclosure
from shared.sharing import Partnership, recipients

_LONDON = ZoneInfo("Europe/London")


def told(deed: Deed, owner: str, partnership: Partnership, category: str | None = None) -> Disclosure:
    """Under the powers that the log says. Where it says none of the owner's for a `category`, those by which the rules
    let the viewer have it that day."""
    agency = partnership.agency(owner)
    from_owner = {one.id for one in partnership.legal_gateways if agency and agency.is_in(one.from_)}
    under = tuple(one for one in deed.legal_gateways if one in from_owner)
    return Disclosure(
        at=deed.at,
        agency=deed.agency,
        person=deed.person,
        roles=deed.roles,
        purpose=deed.purpose,
        legal_gateways=under or (_by_the_rules(deed, owner, partnership, category) if category else ()),
    )


def _by_the_rules(deed: Deed, owner: str, partnership: Partnership, category: str) -> tuple[str, ...]:
    day = datetime.fromisoformat(deed.at).astimezone(_LONDON).date()
    found = recipients(owner, category, day, partnership)
    return tuple(one.gateway.id for one in found if one.agency == deed.agency and deed.purpose in one.purposes)

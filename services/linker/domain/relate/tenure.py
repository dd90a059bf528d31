"""Whether two occupiers of one premises were there at the same time or one after the other."""

from services.linker.domain.relate.party import Party
from services.linker.domain.relate.wording import day
from shared.contracts.api.linker.relations import Tenure


def tenure_of(a: Party, b: Party) -> tuple[Tenure, str]:
    """With a sentence. Only a record that says "closed" ends a business: not to be seen is not to be gone."""
    first, second = sorted((a, b), key=lambda party: (party.began, party.business_id))
    closing = first.closing
    if closing and closing.on <= second.began:
        return Tenure.successive, (
            f"One after the other: {first.name}, last seen on {day(closing.on)}, is recorded as closed; "
            f"{second.name} was there from {day(second.began)}."
        )
    if second.began <= first.last_seen:
        return Tenure.overlapping, (
            f"At the same time: {first.name} was there {_stay(first)}, {second.name} from {day(second.began)}."
        )
    return Tenure.unclear, (
        f"{first.name} was last seen on {day(first.last_seen)} and {second.name} first on {day(second.began)}; no "
        f"record says whether {first.name} had closed."
    )


def _stay(party: Party) -> str:
    if party.began == party.last_seen:
        return f"on {day(party.began)}"
    return f"from {day(party.began)} to {day(party.last_seen)} at least"

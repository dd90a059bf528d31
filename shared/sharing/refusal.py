"""What is said to whoever reads for a purpose that views are not worked out for: which powers there are or are not.

Out of the rules alone, so it tells nothing of what there is to share; and of powers to the reader's agency only.
"""

from collections.abc import Iterator
from datetime import date

from shared.sharing.legal_gateway import Agency, LegalGateway
from shared.sharing.rules import Partnership
from shared.sharing.wording import HELD_FOR_ENFORCEMENT
from shared.sharing.words import names


def not_for_this_purpose(viewer: str, purpose: str, on_date: date, partnership: Partnership) -> str:
    """In sentences that do not repeat `purpose`."""
    return " ".join(_sentences(viewer, purpose, on_date, partnership))


def _sentences(viewer: str, purpose: str, on_date: date, partnership: Partnership) -> Iterator[str]:
    yield f"Businesses, figures and streams are shown for {partnership.stream_purpose} only."
    without = []
    for owner in partnership.agencies:
        written = _written(owner, viewer, purpose, partnership)
        yield from (_on(owner, one, _obstacles(owner, one, purpose, on_date, partnership)) for one in written)
        if not written and owner.id != viewer:
            without.append(owner.title)
    if without:
        yield f"For the purpose that you state, no power to share with your agency is written by {', '.join(without)}."
    yield "POST /v1/sharing/dry-run says for each category what is missing and who can help."


def _written(owner: Agency, viewer: str, purpose: str, partnership: Partnership) -> list[LegalGateway]:
    recipient = partnership.agency(viewer)
    if recipient is None or recipient == owner:
        return []
    return [one for one in partnership.legal_gateways if purpose in one.purposes and one.joins(owner, recipient)]


def _obstacles(
    owner: Agency, gateway: LegalGateway, purpose: str, on_date: date, partnership: Partnership
) -> tuple[str, ...]:
    """Why it counts for none of the categories that it is written for; nothing where it counts for one."""
    categories = [one for one in partnership.every_category if names(gateway.categories, one)]
    permitted = any(partnership.permits(gateway, owner.id, one, purpose, on_date) for one in categories)
    return (*gateway.obstacles(owner.id, on_date), *(() if permitted else (HELD_FOR_ENFORCEMENT,)))


def _on(owner: Agency, gateway: LegalGateway, obstacles: tuple[str, ...]) -> str:
    power = f"the {gateway.statute}, {gateway.section}"
    if obstacles:
        return f"{owner.title} could share for it under {power}, which does not count: {' '.join(obstacles)}"
    return f"{owner.title} may share for it under {power}, by single request."

"""What one agency may see of what another made, today, for the purpose for which it asks."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.shown import shown
from services.referrals.store import referrals as store
from services.referrals.store.referrals import Sight
from shared.contracts.api.sharing import ConditionKind, Level, SharingQuestion
from shared.runtime.auth import Principal
from shared.runtime.clock import today
from shared.runtime.errors import Forbidden
from shared.sharing import CARDS, Grant, Partnership, answer, catalogue, decide


def purpose_of(principal: Principal, partnership: Partnership) -> str:
    """What the caller acts for. Raises Forbidden for an agency that is no partner."""
    if partnership.agency(principal.agency) is None:
        raise Forbidden("Your agency is not in this partnership.")
    return principal.purpose or partnership.stream_purpose


def grant(viewer: str, purpose: str, owner: str, met: str, partnership: Partnership) -> Grant | None:
    """What the viewer may have of a card of `owner` that was addressed to it, with these conditions met; None where
    that would not even name the business."""
    given = decide(viewer, purpose, owner, CARDS, today(), partnership, conditions(met))
    return given if given and (given.level is Level.full or {"identity", "address"} & set(given.field_groups)) else None


def may_have(viewer: str, purpose: str, owner: str, category: str, partnership: Partnership) -> bool:
    """Whether the viewer may have what `owner` makes of this category whole, without a condition."""
    given = decide(viewer, purpose, owner, category, today(), partnership)
    return given is not None and given.level is Level.full


async def sight_of(connection: AsyncConnection, principal: Principal, partnership: Partnership) -> Sight:
    """The agency's own, and what may be seen today of what others sent it."""
    purpose, viewer = purpose_of(principal, partnership), principal.agency
    found = {one: grant(viewer, purpose, *one, partnership) for one in await store.sources(connection, viewer)}
    sees = {one: shown(given) for one, given in found.items() if given}
    return Sight(
        agency=viewer,
        sources=tuple(sees),
        addressed=tuple(one for one, parts in sees.items() if parts.address),
        observed=tuple(one for one, parts in sees.items() if parts.observation),
    )


def missing(viewer: str, purpose: str, owner: str, met: str, partnership: Partnership) -> tuple[str, ...]:
    """Why the viewer gets no card of `owner`, and who can help; out of the rules alone."""
    asked = SharingQuestion(
        owner=owner, viewer=viewer, category=CARDS, purpose=purpose, met=tuple(sorted(conditions(met)))
    )
    return answer(asked, today(), partnership, catalogue()).says


def conditions(met: str) -> frozenset[ConditionKind]:
    return frozenset(ConditionKind(one) for one in met.split(",") if one)


def as_met(given: Iterable[ConditionKind]) -> str:
    return ",".join(sorted(set(given)))


def title_of(agency: str, partnership: Partnership) -> str:
    found = partnership.agency(agency)
    return found.title if found else agency

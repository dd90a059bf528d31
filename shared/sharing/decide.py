"""May this viewer have this, for this purpose, today? Default deny; an agency's own records in full."""

from dataclasses import dataclass
from datetime import date

from shared.contracts.identifiers import derived_id
from shared.sharing.rules import DECISIONS, LegalGateway, Level, Partnership

OWN = "own-records"
_STRENGTH = {Level.full: 3, Level.fields: 2, Level.known: 1}


@dataclass(frozen=True, slots=True)
class Grant:
    """What may be had, and the power that allows it: the legal gateway's id, or `own-records`."""

    level: Level
    gateway: str
    fields: tuple[str, ...] = ()
    contact: str | None = None


def decide(
    viewer: str, purpose: str, owner: str, category: str, on_date: date, partnership: Partnership
) -> Grant | None:
    """The strongest grant in force, or None. The same arguments always give the same answer."""
    members = {agency.id for agency in partnership.agencies}
    if viewer not in members or owner not in members:
        return None
    if viewer == owner:
        return Grant(Level.full, OWN)
    granting = [
        gateway
        for gateway in partnership.legal_gateways
        if gateway.in_force(on_date) and gateway.covers(owner, viewer, category, purpose)
    ]
    return _grant(max(granting, key=lambda gateway: (_STRENGTH[gateway.grant], gateway.id))) if granting else None


def _grant(gateway: LegalGateway) -> Grant:
    return Grant(gateway.grant, gateway.id, gateway.fields, gateway.contact)


@dataclass(frozen=True, slots=True)
class View:
    """The agencies that may see exactly the same records and decisions in full, and whose those are.

    `visible` holds (owner, category) pairs. `id` is derived from `visible` alone.
    """

    id: str
    agencies: tuple[str, ...]
    visible: frozenset[tuple[str, str]]

    def sees(self, owner: str, category: str) -> bool:
        return (owner, category) in self.visible


def views(partnership: Partnership, on_date: date) -> tuple[View, ...]:
    """Every audience of the partnership on a day, for the purpose of its streams; sorted by id.

    Only `full` grants enter a view: a business is computed from records its audience may see whole.
    """
    by_visible: dict[frozenset[tuple[str, str]], list[str]] = {}
    for agency in sorted(agency.id for agency in partnership.agencies):
        by_visible.setdefault(_visible(agency, partnership, on_date), []).append(agency)
    found = [
        View(
            derived_id("aud", *(f"{owner}/{category}" for owner, category in sorted(visible))), tuple(agencies), visible
        )
        for visible, agencies in by_visible.items()
    ]
    return tuple(sorted(found, key=lambda view: view.id))


def _visible(viewer: str, partnership: Partnership, on_date: date) -> frozenset[tuple[str, str]]:
    return frozenset(
        (owner.id, category)
        for owner in partnership.agencies
        for category in (*partnership.categories, DECISIONS)
        if (grant := decide(viewer, partnership.stream_purpose, owner.id, category, on_date, partnership))
        and grant.level is Level.full
    )

"""May this viewer have this, for this purpose, that day? Default deny; an agency's own records in full."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from shared.contracts.api.sharing import ConditionKind, Level
from shared.contracts.identifiers import derived_id
from shared.sharing.legal_gateway import LegalGateway
from shared.sharing.rules import Partnership
from shared.sharing.words import field_groups

NOTHING_MET: frozenset[ConditionKind] = frozenset()
KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Grant:
    """What may be had, and the legal gateways that allow it; none for an agency's own records.

    `field_groups` are those of a `fields` grant: several gateways together may give more than each.
    """

    level: Level
    under: tuple[LegalGateway, ...] = ()
    field_groups: tuple[str, ...] = ()
    contact: str | None = None

    @property
    def no_onward_sharing(self) -> bool:
        """Whether whoever has it so may not pass it on."""
        return any(one.kind is ConditionKind.no_onward_sharing for gateway in self.under for one in gateway.conditions)

    @property
    def reach(self) -> frozenset[str]:
        """What it opens: `known`, and groups of fields. Of two grants, one is more than the other if this is."""
        groups = field_groups() if self.level is Level.full else self.field_groups
        return frozenset((KNOWN, *groups, *((Level.full,) if self.level is Level.full else ())))


def decide(
    viewer: str,
    purpose: str,
    owner: str,
    category: str,
    on_date: date,
    partnership: Partnership,
    met: AbstractSet[ConditionKind] = NOTHING_MET,
) -> Grant | None:
    """The most that the gateways in force give, or None. The same arguments always give the same answer.

    `met` are the conditions that are met for one single disclosure. What is standing (a view, a stream, a list) meets
    none, so that a gateway that asks for any never opens it.
    """
    if viewer == owner:
        return Grant(Level.full) if partnership.agency(owner) else None
    written = covering(viewer, purpose, owner, category, partnership)
    lawful = [one for one in written if partnership.permits(one, owner, category, purpose, on_date)]
    return granted([one for one in lawful if one.in_force(owner, on_date) and one.asks_first <= met])


def covering(
    viewer: str, purpose: str, owner: str, category: str, partnership: Partnership
) -> tuple[LegalGateway, ...]:
    """The gateways written for this disclosure, in force or not: those with fewest conditions first, then by id."""
    discloser, recipient = partnership.agency(owner), partnership.agency(viewer)
    if discloser is None or recipient is None or viewer == owner:
        return ()
    found = [one for one in partnership.legal_gateways if one.covers(discloser, recipient, category, purpose)]
    return tuple(sorted(found, key=lambda one: (len(one.conditions), one.id)))


def granted(gateways: Sequence[LegalGateway]) -> Grant | None:
    """What gateways give together, under as few of them as it takes: the earlier goes before the later."""
    by_level = {level: [one for one in gateways if one.grant is level] for level in Level}
    if full := by_level[Level.full]:
        return Grant(Level.full, (full[0],), contact=full[0].contact)
    if parts := by_level[Level.fields]:
        return _together(parts)
    if known := by_level[Level.known]:
        return Grant(Level.known, (known[0],), contact=known[0].contact)
    return None


def _together(parts: Sequence[LegalGateway]) -> Grant:
    used: list[LegalGateway] = []
    groups: set[str] = set()
    for gateway in parts:
        if not groups.issuperset(gateway.field_groups):
            used.append(gateway)
            groups.update(gateway.field_groups)
    ordered = tuple(group for group in field_groups() if group in groups)
    return Grant(Level.fields, tuple(used), ordered, next((one.contact for one in used if one.contact), None))


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

    Only `full` grants without conditions enter a view: a business is computed from records its audience may see whole.
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
        for category in partnership.graph_categories
        if is_standing(viewer, owner.id, category, on_date, partnership)
    )


def is_standing(viewer: str, owner: str, category: str, on_date: date, partnership: Partnership) -> bool:
    """Whether the viewer's views, and so its dashboards, search and streams, hold these records."""
    grant = decide(viewer, partnership.stream_purpose, owner, category, on_date, partnership)
    return grant is not None and grant.level is Level.full

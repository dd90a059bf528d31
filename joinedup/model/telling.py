"""What would change from model to model, for an operator to read or a program."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from joinedup.console import console
from joinedup.model.difference import Change, Difference
from joinedup.model.material import Material
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention


def as_json_of(found: Difference, material: Material, models: list[Model], first: int) -> dict[str, Any]:
    return {
        "now": models[0].version,
        "then": models[1].version,
        "records": len(material.mentions),
        "businesses": {"now": found.businesses_before, "then": found.businesses_after},
        "changes": {kind: found.count(kind) for kind in ("merge", "split", "change")},
        "records_moved_by_feed": found.records,
        "first": [_named(change, material.mentions) for change in found.changes[:first]],
    }


def _named(change: Change, mentions: Mapping[str, Mention]) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "now": [[_name(mentions[id_]) for id_ in business] for business in change.before],
        "then": [[_name(mentions[id_]) for id_ in business] for business in change.after],
    }


def _name(mention: Mention) -> str:
    where = mention.premises.text if mention.premises else ""
    return ", ".join(part for part in (mention.names[0].text if mention.names else "(no name)", where) if part)


def show(found: Difference, material: Material, first: int) -> None:
    counts = {kind: found.count(kind) for kind in ("merge", "split", "change")}
    console.print(
        f"{found.businesses_before:,} businesses would be {found.businesses_after:,}: "
        f"{counts['merge']:,} merges, {counts['split']:,} splits, {counts['change']:,} other changes."
    )
    if not found.changes:
        return
    table = Table("feed", "records", "of them moved")
    for feed, moved in found.records.items():
        table.add_row(feed, f"{sum(each == feed for each in material.feeds.values()):,}", f"{moved:,}")
    console.print(table)
    for change in found.changes[:first]:
        console.print(f"\n{change.kind.capitalize()}:", markup=False)
        for when, businesses in (("now", change.before), ("then", change.after)):
            _show_side(when, businesses, material.mentions)


def _show_side(when: str, businesses: tuple[tuple[str, ...], ...], mentions: Mapping[str, Mention]) -> None:
    for business in businesses:
        console.print(f"  {when:>4}: {' | '.join(_name(mentions[id_]) for id_ in business)}", markup=False)
